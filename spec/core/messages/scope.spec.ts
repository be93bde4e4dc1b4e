import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad, vmap } from '../../../autodiff/index.ts'
import {
  add,
  fail,
  mul,
  programOf,
  scoped,
  scopePath,
  sin,
  sum,
  type Tensor,
  tensor,
} from '../../../core/index.ts'
import { scopeHere } from '../../../core/messages/scope.ts'
import { simplified } from '../../../core/programs/simplify.ts'

const x = tensor([1, 2])
const pathsOf = (f: (x: Tensor) => unknown): readonly string[] =>
  programOf(f)(x).equations.map((eq) =>
    scopePath(eq.scope)
      .map(({ name }) => name)
      .join('/'),
  )

describe('scoped', () => {
  it('names the parts around each equation, however deep they are', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,4}$/), { maxLength: 6 }), (names) => {
        const inner = names.reduceRight<(x: Tensor) => Tensor>(
          (f, name) => (y) => scoped(name, () => f(y)),
          (y) => sin(y),
        )
        expect(pathsOf((y) => add(inner(y), y))).toEqual([names.join('/'), ''])
      }),
    )
  })

  it('tells two applications of a part from each other', () => {
    const part = (y: Tensor): Tensor => scoped('part', () => sin(y))
    const [a, b] = programOf((y: Tensor) => part(part(y)))(x).equations
    expect(a?.scope?.name).toBe('part')
    expect(a?.scope).not.toBe(b?.scope)
  })

  it('stays with the equations of derivatives and of batches', () => {
    const f = (y: Tensor): Tensor => sum(scoped('part', () => mul(y, sin(y))))
    const within = pathsOf(grad(f))
    expect(within.filter((path) => path === 'part').length).toBeGreaterThan(3)
    expect(pathsOf((y) => vmap((z: Tensor) => scoped('part', () => sin(z)))(y))).toEqual(['part'])
  })

  it('is left by an error, which it names', () => {
    const wrong = (): never => fail('ShapeError', 'here', 'no.')
    expect(() => scoped('outer', () => scoped('inner', wrong))).toThrow('outer/inner/here')
    expect(() => scoped('plain', () => JSON.parse('{'))).toThrow(SyntaxError)
    expect(scopeHere()).toBeUndefined()
  })

  it('does not keep equal values from being computed once', () => {
    const f = (y: Tensor): Tensor =>
      add(
        scoped('a', () => sin(y)),
        scoped('b', () => sin(y)),
      )
    expect(simplified(programOf(f)(x)).equations.map((eq) => eq.primitive)).toEqual(['sin', 'add'])
  })
})
