// Finds faults in autodiff/derivatives/{jvpRules, vjpRules}.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { derivativeAtZero, grad, jvp, jvpRules, vjp, vjpRules } from '../../autodiff/index.ts'
import {
  abs,
  add,
  bind,
  type Concrete,
  dataOf,
  max,
  maximum,
  minimum,
  mul,
  type PrimitiveName,
  power,
  primitives,
  sum,
  type Tensor,
  tensor,
  toNumber,
  zerosLike,
} from '../../core/index.ts'
import { layouts, noiseLike } from '../arbitraries.ts'
import { type Case, cases } from '../cases.ts'
import { expectClose } from '../expectations.ts'

// One loop over the registry: a rule that is not tested cannot exist.

/** Dot products of a few numbers, all of order one. */
const ROUNDING = 1e-12
/** Extrapolated central differences reach about 1e-10; ×20 of their own estimate is allowed too. */
const DIFFERENCE = 1e-8
/** The same for derivatives of derivatives, ten times larger in these domains. */
const SECOND = 1e-7
/** Second derivatives by rules alone: rounding, amplified by cancelling terms. */
const SECOND_ROUNDING = 1e-10

const inner = (a: Tensor, b: Tensor): number => toNumber(sum(mul(a, b)))
const functionOf =
  ({ primitive, params }: Case) =>
  (...xs: Tensor[]): Tensor =>
    bind(primitive, params, xs)
/** Central difference of f at xs along the directions; the number is that of `derivative`. */
const expectSlope = (
  f: (...xs: Tensor[]) => number,
  xs: readonly Concrete[],
  directions: readonly Tensor[],
  derivative: number,
  tolerance: number,
): void => {
  const numeric = derivativeAtZero(
    (t) => f(...xs.map((x, i) => add(x, mul(t, directions[i]!)))),
    1e-3,
  )
  const allowed = tolerance * (1 + Math.abs(derivative)) + 20 * numeric.error
  expect(Math.abs(numeric.value - derivative)).toBeLessThanOrEqual(allowed)
}

/** Their derivative is zero wherever it exists, or is stopped on purpose. */
const flat: readonly PrimitiveName[] = ['sign', 'less', 'equal', 'stopGradient', 'constant']

for (const name of Object.keys(primitives) as PrimitiveName[]) {
  const numRuns = ['contract', 'broadcast'].includes(name) ? 25 : 10
  const each = (check: (c: Case) => void): void => {
    fc.assert(fc.property(cases[name], check), { numRuns })
  }

  describe(name, () => {
    it('vjp and jvp agree with central differences and are transposes of each other', () => {
      each((c) => {
        const f = functionOf(c)
        const { value, pullback } = vjp(f)(...c.operands)
        expectClose(value, f(...c.operands), 0)
        const yBar = noiseLike(value, 1)
        const bars = pullback(yBar)
        c.operands.forEach((x, k) => {
          const dx = noiseLike(x, k + 2)
          const moving = c.operands.map((o, i) => (i === k ? dx : zerosLike(o)))
          const { tangent } = jvp(f)([...c.operands], moving)
          expect(bars[k]!.shape).toEqual(x.shape)
          expect(tangent.shape).toEqual(value.shape)
          const pulled = inner(bars[k]!, dx)
          expectClose(inner(yBar, tangent), pulled, ROUNDING)
          if (flat.includes(name)) expect(pulled).toBe(0)
          if (name !== 'stopGradient')
            expectSlope((...xs) => inner(yBar, f(...xs)), c.operands, moving, pulled, DIFFERENCE)
        })
      })
    })

    it('has a linear pullback that gives the same when called twice', () => {
      each((c) => {
        const { value, pullback } = vjp(functionOf(c))(...c.operands)
        const [u, v] = [noiseLike(value, 1), noiseLike(value, 2)]
        const [pu, pv, both] = [pullback(u), pullback(v), pullback(add(mul(2, u), v))]
        c.operands.forEach((_, k) => {
          expectClose(both[k]!, add(mul(2, pu[k]!), pv[k]!), ROUNDING)
          expect(dataOf(pullback(u)[k] as Concrete)).toEqual(dataOf(pu[k] as Concrete))
        })
      })
    })

    if (name === 'constant') return

    it('has right second derivatives', () => {
      each((c) => {
        const f = functionOf(c)
        const yBar = noiseLike(f(...c.operands), 3)
        const directions = c.operands.map((x, k) => noiseLike(x, k + 5))
        // g(x) = ⟨dx, Jᵀ(x) ȳ⟩, once by each table, and its derivative by each table
        const reverse = (...xs: Tensor[]): Tensor =>
          vjp(f)(...xs)
            .pullback(yBar)
            .map((bar, k) => sum(mul(bar, directions[k]!)))
            .reduce((a, b) => add(a, b))
        const forward = (...xs: Tensor[]): Tensor => sum(mul(yBar, jvp(f)(xs, directions).tangent))
        const along = (g: typeof reverse): number =>
          vjp(g)(...c.operands)
            .pullback(tensor(1))
            .reduce((total, bar, k) => total + inner(bar, directions[k]!), 0)
        const expected = along(reverse)
        if (name !== 'stopGradient')
          expectSlope((...xs) => toNumber(reverse(...xs)), c.operands, directions, expected, SECOND)
        expectClose(along(forward), expected, SECOND_ROUNDING)
        for (const g of [reverse, forward])
          expectClose(jvp(g)([...c.operands], directions).tangent, expected, SECOND_ROUNDING)
      })
    })

    it('has the same derivatives at views as at row-major copies', () => {
      const view = layouts.transposed!
      each((c) => {
        const { value, pullback } = vjp(functionOf(c))(...c.operands)
        const yBar = noiseLike(value, 4)
        const strided = vjp(functionOf(c))(...c.operands.map(view)).pullback(view(yBar))
        pullback(yBar).forEach((bar, k) => {
          expectClose(strided[k]!, bar, ROUNDING)
        })
      })
    })
  })
}

describe('the tables', () => {
  it('have one rule per operand of every primitive', () => {
    for (const name of Object.keys(primitives) as PrimitiveName[])
      fc.assert(
        fc.property(cases[name], ({ operands }) => {
          for (const rule of [vjpRules[name], jvpRules[name]])
            if (Array.isArray(rule)) expect(rule.length).toBe(operands.length)
        }),
        { numRuns: 1 },
      )
  })
})

describe('where values tie or turn', () => {
  const at = (f: (...xs: Tensor[]) => Tensor, ...xs: Concrete[]): number[] => {
    const [one, still] = [tensor(1), tensor(0)]
    const pushed = xs.map(
      (_, k) =>
        jvp(f)(
          xs,
          xs.map((_, i) => (i === k ? one : still)),
        ).tangent,
    )
    const pulled = vjp(f)(...xs).pullback(one)
    pulled.forEach((bar, k) => {
      expectClose(bar, pushed[k]!, 0)
    })
    return pulled.map(toNumber)
  }

  it('both operands of an extremum have half of the derivative', () => {
    expect(at(maximum, tensor(2), tensor(2))).toEqual([0.5, 0.5])
    expect(at(minimum, tensor(2), tensor(2))).toEqual([0.5, 0.5])
    expect(at(maximum, tensor(2), tensor(1))).toEqual([1, 0])
    expect(at(minimum, tensor(2), tensor(1))).toEqual([0, 1])
  })

  it('all largest elements share the derivative of a maximum equally', () => {
    const x = tensor([
      [1, 5, 5],
      [5, 2, 0],
    ])
    const third = 1 / 3
    expectClose(
      grad((y: Tensor) => max(y))(x),
      tensor([
        [0, third, third],
        [third, 0, 0],
      ]),
      0,
    )
    expectClose(
      vjp((y: Tensor) => max(y, 1))(x).pullback(tensor([2, 3]))[0],
      tensor([
        [0, 1, 1],
        [3, 0, 0],
      ]),
      0,
    )
    const { tangent } = jvp((y: Tensor) => max(y))(
      [x],
      [
        tensor([
          [9, 1, 2],
          [3, 9, 9],
        ]),
      ],
    )
    expectClose(tangent, 2, 1e-15)
  })

  it('|x| has derivative 0 at its kink', () => {
    expect(at(abs, tensor(0))).toEqual([0])
  })

  it('whole powers are smooth at 0', () => {
    const derivative = (p: number): number => at((x) => power(x!, p), tensor(0))[0]!
    expect([0, 1, 2, 3].map(derivative)).toEqual([0, 1, 0, 0])
    expectClose(grad(grad((x: Tensor) => power(x, 2)))(tensor(0)), 2, 0)
    expectClose(grad((x: Tensor) => power(x, 3))(tensor(-2)), 12, 0)
  })
})
