import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad } from '../../../autodiff/index.ts'
import {
  add,
  bind,
  dataOf,
  evaluate,
  mul,
  type Program,
  programOf,
  reshape,
  sin,
  sum,
  type Tensor,
  tensor,
  transpose,
} from '../../../core/index.ts'
import { simplified } from '../../../core/programs/simplify.ts'
import { expression } from '../../expressions.ts'

const names = (program: Program): string[] => program.equations.map((eq) => eq.primitive)

describe('simplified', () => {
  it('computes the same values bit for bit, with no more equations, and is idempotent', () => {
    fc.assert(
      fc.property(expression, ({ f, x }) => {
        const slope = programOf(grad((y: Tensor) => sum(f(y))))(x)
        for (const program of [programOf(f)(x), slope]) {
          const simple = simplified(program)
          expect(simple.equations.length).toBeLessThanOrEqual(program.equations.length)
          expect(evaluate(simple, [x]).map(dataOf)).toEqual(evaluate(program, [x]).map(dataOf))
          expect(simplified(simple)).toEqual(simple)
        }
      }),
    )
  })

  it('leaves no two equal equations: a twice-written function is computed once', () => {
    fc.assert(
      fc.property(expression, ({ f, x }) => {
        const once = simplified(programOf((y: Tensor) => ({ a: f(y) }))(x))
        const twice = simplified(programOf((y: Tensor) => ({ a: f(y), b: f(y) }))(x))
        expect(twice.equations).toEqual(once.equations)
      }),
    )
  })

  it('drops views that change nothing, and keeps those that do', () => {
    const x = tensor([1, 2, 3, 4], [2, 2])
    const idle = programOf((y: Tensor) => transpose(reshape(y, [2, 2]), [0, 1]))(x)
    expect(names(simplified(idle))).toEqual([])
    const busy = programOf((y: Tensor) => reshape(transpose(y), [4]))(x)
    expect(names(simplified(busy))).toEqual(['transpose', 'reshape'])
  })

  it('tells exponents apart that JSON writes alike', () => {
    const powers = (x: Tensor): Tensor[] =>
      [Infinity, -Infinity, Number.NaN, 0, -0].map((p) => bind('power', { exponent: p }, [x]))
    expect(names(simplified(programOf(powers)(tensor(2)))).length).toBe(5)
  })

  it('tells parameters and constants apart, −0 from 0 included', () => {
    const x = tensor([1, 2])
    const f = (y: Tensor): Tensor =>
      add(mul(y, tensor([0, 1])), add(mul(y, tensor([-0, 1])), mul(sin(y), tensor([0, 2]))))
    expect(names(simplified(programOf(f)(x))).filter((n) => n === 'constant')).toHaveLength(3)
  })
})
