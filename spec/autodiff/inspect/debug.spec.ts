import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import {
  announce,
  checkGradient,
  grad,
  hessian,
  inspect,
  jvp,
  stopAtNonFinite,
  vmap,
} from '../../../autodiff/index.ts'
import {
  add,
  type Concrete,
  compile,
  equalTensors,
  log,
  mul,
  programOf,
  sin,
  sum,
  type Tensor,
  tensor,
} from '../../../core/index.ts'
import { problemOf } from '../../expectations.ts'
import { expression } from '../../expressions.ts'

const RUNS = { numRuns: 25 }

const recorder = () => {
  const lines: string[] = []
  return { lines, note: announce('h', (line) => lines.push(line)) }
}

describe('announce', () => {
  it('changes no value and no derivative of a random program', () => {
    fc.assert(
      fc.property(expression, expression, ({ f, x }, { f: g }) => {
        const { lines, note } = recorder()
        const plain = (y: Tensor): Tensor => sum(g(f(y)))
        const noted = (y: Tensor): Tensor => sum(g(note(f(y))))
        expect(equalTensors(grad(noted)(x) as Concrete, grad(plain)(x) as Concrete)).toBe(true)
        expect(lines[0]).toMatch(/^h: value \[3, 3\] /)
        const [a, b] = [plain, noted].map((of) => jvp(of)([x], [x]).tangent as Concrete)
        expect(equalTensors(a!, b!)).toBe(true)
      }),
      RUNS,
    )
  })

  it('writes a line for the value and a line for its cotangent', () => {
    const { lines, note } = recorder()
    note(tensor([1, 2]))
    expect(lines).toEqual(['h: value [2] 1 … 2'])
    grad((x: Tensor) => sum(mul(3, note(mul(x, x)))))(tensor([1, 2]))
    expect(lines.slice(1)).toEqual(['h: value [2] 1 … 4', 'h: cotangent [2] 3'])
  })

  it('works in maps and in second derivatives, and leaves checks alone', () => {
    const { lines, note } = recorder()
    const f = (x: Tensor): Tensor => sum(sin(note(mul(x, x))))
    vmap(f)(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    )
    expect(lines).toEqual(['h: value [2, 2] 1 … 16'])
    hessian(f)(tensor([1, 2]))
    expect(lines.length).toBeGreaterThan(1)
    expect(E.isRight(checkGradient(f)(tensor([0.3, 0.4])))).toBe(true)
  })

  it('is refused by compile, with its name', () => {
    const { note } = recorder()
    const { problem } = problemOf(() => compile((x: Tensor) => note(x), ['perSample'])(tensor([1])))
    expect(problem.kind).toBe('TraceError')
    expect(problem.what).toContain("'h, value' watches a value")
  })
})

describe('stopAtNonFinite', () => {
  const stops = (f: (x: Tensor) => Tensor, x: Tensor) => problemOf(() => grad(f)(x)).problem

  it('lets finite numbers pass', () => {
    fc.assert(
      fc.property(expression, ({ f, x }) => {
        const watched = (y: Tensor): Tensor => sum(stopAtNonFinite('h')(f(y)))
        const plain = (y: Tensor): Tensor => sum(f(y))
        expect(equalTensors(grad(watched)(x) as Concrete, grad(plain)(x) as Concrete)).toBe(true)
      }),
      RUNS,
    )
  })

  it('stops at a value, and names the operation, the line and the entry', () => {
    const problem = stops((x) => sum(stopAtNonFinite('logs')(log(x))), tensor([1, 0]))
    expect(problem).toMatchObject({
      kind: 'NonFinite',
      where: 'logs',
      what: 'its value has 1 infinite of 2.',
      operands: [
        expect.stringMatching(/^watched at debug\.spec\.ts:\d+$/),
        'the value is that of log',
        'value [2], the first at entry 1: -Infinity',
      ],
    })
    expect(problem.data).toMatchObject({ part: 'value', first: 1 })
  })

  it('stops at a cotangent, where the value was finite', () => {
    const f = (x: Tensor): Tensor => sum(log(add(1, stopAtNonFinite('h')(x))))
    expect(stops(f, tensor([-1])).what).toBe('its cotangent has 1 infinite.')
  })

  it('is passed over by inspect, which finds the place', () => {
    const f = (x: Tensor): Tensor => sum(stopAtNonFinite('logs')(log(x)))
    expect(inspect(f)(tensor([0])).nonFinite.forward[0]?.what).toContain('b = log made')
    expect(programOf(f)(tensor([0])).equations).toHaveLength(3)
  })
})
