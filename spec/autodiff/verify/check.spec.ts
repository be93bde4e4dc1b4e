// Finds faults in autodiff/verify/{blame, slopes}.ts.

import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { afterEach, describe, expect, it } from 'vitest'
import {
  checkGradient,
  customVjp,
  derivativeAtZero,
  type GradientReport,
  jvpRules,
  vjpRules,
} from '../../../autodiff/index.ts'
import {
  add,
  bind,
  type Checked,
  cos,
  exp,
  gather,
  mul,
  neg,
  type PrimitiveName,
  primitives,
  showProblem,
  sin,
  square,
  stopGradient,
  sum,
  type Tensor,
  tanh,
  tensor,
} from '../../../core/index.ts'
import { noise } from '../../arbitraries.ts'
import { type Case, cases } from '../../cases.ts'

// checkGradient must find every wrong rule and blame the right one: the tables are made wrong, one
// entry at a time, and put right again.

type AnyPull = (...args: unknown[]) => Tensor | null
type AnyRule = AnyPull[] | { operand: (k: number) => AnyPull } | { program: unknown }
type AnyTable = Record<PrimitiveName, AnyRule>
const tables = {
  vjp: vjpRules as unknown as AnyTable,
  jvp: jvpRules as unknown as AnyTable,
}
const right = { vjp: { ...tables.vjp }, jvp: { ...tables.jvp } }
afterEach(() => {
  Object.assign(tables.vjp, right.vjp)
  Object.assign(tables.jvp, right.jvp)
})

const reversed = (x: Tensor): Tensor => {
  const n = x.shape[0]!
  return gather(
    x,
    Array.from({ length: n }, (_, i) => n - 1 - i),
  )
}
/** Typical mistakes in a derivative. */
const slips: Readonly<Record<string, (bar: Tensor) => Tensor | null>> = {
  sign: (bar) => neg(bar),
  'factor 2': (bar) => mul(2, bar),
  nothing: () => null,
  order: (bar) => (bar.shape.length > 0 ? reversed(bar) : mul(3, bar)),
}

/** The rule with its operand k slipped; a derivative that is zero becomes 1. */
const slipped = (rule: AnyRule, k: number, slip: (bar: Tensor) => Tensor | null): AnyRule => {
  const pullOf = (i: number): AnyPull =>
    'operand' in rule ? rule.operand(i) : (rule as AnyPull[])[i]!
  return {
    operand: (i) => {
      if (i !== k) return pullOf(i)
      return (...args) => {
        const bar = pullOf(i)(...args)
        return bar === null ? (args[0] as Tensor) : slip(bar)
      }
    },
  }
}

/** Points to differentiate at: no axis of length 0, at least two positions on the first axes. */
const samplesOf = (name: PrimitiveName): Case[] => {
  const wide = cases[name].filter(
    ({ operands, params }) =>
      operands.every((x) => x.shape.every((d) => d > 0) && x.shape[0]! > 1) &&
      (bind(name, params, operands) as Tensor).shape.every((d) => d > 0) &&
      (name !== 'power' || (params as { exponent: number }).exponent === 3) &&
      (name !== 'concatenate' || operands.length > 1),
  )
  return fc.sample(wide, 5)
}
const firstLeft = (
  samples: readonly Case[],
  check: (sample: Case) => Checked<GradientReport>,
): Checked<GradientReport> => {
  const [sample, ...others] = samples
  const found = check(sample!)
  return E.isLeft(found) || others.length === 0 ? found : firstLeft(others, check)
}

/** A derivative of a jump, or one that is stopped on purpose, is not what differences see. */
const unchecked: readonly PrimitiveName[] = ['constant', 'stopGradient']

describe('checkGradient', () => {
  for (const name of Object.keys(primitives) as PrimitiveName[]) {
    if (unchecked.includes(name)) continue
    const samples = samplesOf(name)
    const check = ({ params, operands }: Case): Checked<GradientReport> =>
      checkGradient((xs: readonly Tensor[]) => bind(name, params, xs), { entries: 4 })(operands)

    it(`accepts ${name} and finds every slip in its rules`, () => {
      for (const sample of samples.slice(0, 2))
        expect(check(sample)).toMatchObject({ _tag: 'Right' })
      for (const table of ['vjp', 'jvp'] as const) {
        const rule = right[table][name]
        if ('program' in rule) continue
        for (const k of samples[0]!.operands.keys())
          for (const [slip, change] of Object.entries(slips)) {
            tables[table][name] = slipped(rule, k, change)
            // Zeros hide some slips: one of a few points must show it.
            const found = firstLeft(samples, check)
            tables[table][name] = rule
            const label = `${slip} in ${name}.${table}, operand ${k + 1}`
            const wanted = { primitive: name, table, operand: k }
            expect(E.isLeft(found) && found.left.data?.blamed, label).toMatchObject(wanted)
          }
      }
    })
  }

  it('names the function, the entry, both numbers and their ratio, and blames the rule', () => {
    tables.vjp.exp = slipped(right.vjp.exp, 0, (bar) => mul(2, bar))
    const loss = (p: { w: Tensor; list: Tensor[] }): Tensor =>
      add(sum(exp(p.list[0]!)), mul(0, sum(p.w)))
    const found = checkGradient(loss)({
      w: tensor([1]),
      list: [
        tensor([
          [0, 1],
          [2, 3],
        ]),
      ],
    })
    const problem = E.isLeft(found) ? found.left : undefined
    const text = showProblem(problem!)
    expect(problem).toMatchObject({
      kind: 'GradientError',
      data: { path: ['list', 0], index: [0, 0], constant: true, blamed: { primitive: 'exp' } },
    })
    expect(problem?.data?.ratio).toBeCloseTo(2, 8)
    // ∂/∂x of 1.0 · e⁰ through the fixed projection; its factor is the same in both numbers.
    expect(text).toMatch(
      /^GradientError in loss: wrong at list\[0\]\[0, 0\]: pullback [\d.]+, central difference [\d.]+, ratio 2\.000\./,
    )
    expect(text).toContain('The ratio is the same for all entries: is a factor 2.00 too much?')
    expect(text).toContain('Blamed: exp.vjp, operand 1: vjp gives')
    expect(text).toContain('equation 1: exp on [2, 2]')
  })

  it('does not call a ratio constant where it is not', () => {
    tables.vjp.sin = slipped(right.vjp.sin, 0, reversed)
    const found = checkGradient((x: Tensor) => sin(x))(tensor([0.3, 1, 2]))
    expect(E.isLeft(found) && showProblem(found.left)).not.toContain('same for all entries')
  })

  it('at order 2 finds what only second derivatives show', () => {
    // f(x) = eˣ whose pullback is right, but hides a factor from the next derivative.
    const hiding = customVjp({
      forward: exp,
      pullback: ([x], _, bar) => [mul(bar, exp(stopGradient(x!)))],
    })
    const f = (x: Tensor): Tensor => sum(hiding(x))
    expect(checkGradient(f)(tensor([0.3]))).toMatchObject({ _tag: 'Right' })
    const found = checkGradient(f, { order: 2 })(tensor([0.3]))
    expect(E.isLeft(found) && found.left.where).toBe('gradient of f')
  })

  it('reports how much it compared and how far the worst was off', () => {
    const f = (x: Tensor): Tensor => sum(tanh(x))
    const report = checkGradient(f)(noise([3, 2], 1))
    expect(E.isRight(report) && report.right.compared).toBe(6 + 1) // entries, one direction
    expect(E.isRight(report) && report.right.maxError).toBeLessThan(1e-9)
    const few = checkGradient(f, { entries: 4 })(noise([30], 1))
    expect(E.isRight(few) && few.right.compared).toBe(4 + 1)
  })

  it('obeys its tolerance, which is relative to the largest derivative', () => {
    tables.vjp.exp = slipped(right.vjp.exp, 0, (bar) => mul(1 + 1e-4, bar))
    for (const scale of [1e-6, 1, 1e6]) {
      const f = (x: Tensor): Tensor => mul(scale, sum(exp(x)))
      expect(checkGradient(f)(tensor([0, 1]))).toMatchObject({ _tag: 'Left' })
      expect(checkGradient(f, { tolerance: 1e-3 })(tensor([0, 1]))).toMatchObject({ _tag: 'Right' })
    }
  })

  it('finds NaN', () => {
    const nan = customVjp({ forward: square, pullback: ([x]) => [mul(Number.NaN, x!)] })
    expect(checkGradient((x: Tensor) => nan(x))(tensor([1, 2]))).toMatchObject({ _tag: 'Left' })
  })

  it('accepts a float32 point and checks it in float64', () => {
    const point = tensor(Float32Array.of(0.5, 1))
    expect(checkGradient((x: Tensor) => cos(x))(point as Tensor)).toMatchObject({ _tag: 'Right' })
  })
})

describe('derivativeAtZero', () => {
  it('reaches 1e-12 for smooth functions, and its error estimate is honest', () => {
    fc.assert(
      fc.property(fc.double({ min: -2, max: 2, noNaN: true }), (a) => {
        for (const [f, slope] of [
          [Math.exp, Math.exp(a)],
          [Math.sin, Math.cos(a)],
          [(x: number) => x ** 5, 5 * a ** 4],
        ] as const) {
          const { value, error } = derivativeAtZero((t) => f(a + t))
          expect(Math.abs(value - slope)).toBeLessThan(1e-12 * (1 + Math.abs(slope)))
          expect(error).toBeLessThan(1e-12 * (1 + Math.abs(slope)))
        }
      }),
    )
  })

  it('says that it does not know where there is no derivative', () => {
    expect(derivativeAtZero((t) => Math.sign(t)).error).toBeGreaterThan(1)
    expect(derivativeAtZero(() => Number.NaN).error).toBe(Infinity)
  })
})
