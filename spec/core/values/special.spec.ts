import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Concrete,
  dataOf,
  erf,
  erfOf,
  exp,
  logSumExp,
  softmax,
  sum,
  tanh,
  tensor,
  toNumber,
} from '../../../core/index.ts'
import { expectClose } from '../../expectations.ts'

// The oracle: power series in fixed point with 320 binary digits, exact arguments, BigInt.

const BITS = 320n
const ONE = 1n << BITS
const times = (a: bigint, b: bigint): bigint => (a * b) >> BITS
const over = (a: bigint, b: bigint): bigint => (a << BITS) / b
/** Exact for 2⁻²⁷ <= |x|: a float64 times 2⁹⁰ is a whole number. */
const fixed = (x: number): bigint => BigInt(x * 2 ** 90) << (BITS - 90n)

/** Σ terms until they vanish; `next` makes term n from term n − 1. */
const series = (first: bigint, next: (term: bigint, n: bigint) => bigint): bigint => {
  let total = 0n
  for (let term = first, n = 1n; term > 1n || term < -1n; term = next(term, n), n += 1n)
    total += term
  return total
}
const arctanOfInverse = (k: bigint): bigint => {
  let power = ONE / k
  let total = 0n
  for (let n = 1n; power > 0n; n += 2n, power /= k * k)
    total += n % 4n === 1n ? power / n : -power / n
  return total
}
/** Machin: π/4 = 4 arctan 1/5 − arctan 1/239. */
const PI = 4n * (4n * arctanOfInverse(5n) - arctanOfInverse(239n))
const root = (a: bigint): bigint => {
  let r = ONE
  for (let i = 0; i < 20; i += 1) r = (r + over(a, r)) / 2n
  return r
}
const exactErf = (x: number): bigint => {
  const t = fixed(x)
  let total = 0n
  series(t, (power, n) => {
    total += power / (2n * n - 1n)
    return -times(times(power, t), t) / n
  })
  return times(over(2n * ONE, root(PI)), total)
}
const exactTanh = (x: number): bigint => {
  const t = 2n * fixed(x)
  const e = series(ONE, (term, n) => times(term, t) / n)
  return over(e - ONE, e + ONE)
}

/** Distance in units of the last place of the exact value. */
const ulps = (got: number, exact: bigint): number => {
  const y = Math.abs(Number(exact) / 2 ** Number(BITS))
  return (
    Math.abs(Number(fixed(got) - exact) / 2 ** Number(BITS)) / 2 ** (Math.floor(Math.log2(y)) - 52)
  )
}
const argument = fc
  .tuple(fc.double({ min: 1e-4, max: 5.9, noNaN: true }), fc.boolean())
  .map(([x, minus]) => (minus ? -x : x))

describe('erf', () => {
  it('is within 4 ulp of the exact value', () => {
    fc.assert(
      fc.property(argument, (x) => {
        expect(ulps(erfOf(x), exactErf(x))).toBeLessThanOrEqual(4)
      }),
      { numRuns: 400 },
    )
    // both sides of the joints of the method
    for (const x of [1.3, 1.3 - 2 ** -52, 5.999, 6, 1e-6, 0.5, 1])
      expect(ulps(erfOf(x), exactErf(x))).toBeLessThanOrEqual(4)
  })

  it('is odd, keeps signed zeros, saturates and lets NaN through', () => {
    expect(Object.is(erfOf(-0), -0)).toBe(true)
    expect(Object.is(erfOf(0), 0)).toBe(true)
    expect([erfOf(Infinity), erfOf(-Infinity), erfOf(30)]).toEqual([1, -1, 1])
    expect(erfOf(Number.NaN)).toBeNaN()
    expect(erfOf(5e-324)).toBeGreaterThan(0)
    fc.assert(
      fc.property(argument, (x) => {
        expect(erfOf(-x)).toBe(-erfOf(x))
        expect(toNumber(erf(x))).toBe(erfOf(x))
      }),
    )
  })
})

describe('tanh', () => {
  const value = (x: number): number => toNumber(tanh(x))

  it('is within 2 ulp of the exact value', () => {
    fc.assert(
      fc.property(argument, (x) => {
        expect(ulps(value(x), exactTanh(x))).toBeLessThanOrEqual(2)
      }),
      { numRuns: 400 },
    )
    for (const x of [0.625, 0.625 - 2 ** -54, 1e-6, 20])
      expect(ulps(value(x), exactTanh(x))).toBeLessThanOrEqual(2)
  })

  it('keeps signed zeros, saturates without overflow and lets NaN through', () => {
    expect(Object.is(value(-0), -0)).toBe(true)
    expect([value(Infinity), value(-Infinity), value(1e4)]).toEqual([1, -1, 1])
    expect(value(Number.NaN)).toBeNaN()
  })
})

describe('softmax and logSumExp', () => {
  /** Rounding of a sum of a few terms. */
  const ROUNDING = 1e-13
  const row = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 6 })

  it('are what their definitions say where those do not overflow', () => {
    fc.assert(
      fc.property(row, (x) => {
        const total = x.reduce((a, v) => a + Math.exp(v), 0)
        expectClose(softmax(tensor(x)), tensor(x.map((v) => Math.exp(v) / total)), ROUNDING)
        expectClose(logSumExp(tensor(x)), Math.log(total), ROUNDING)
      }),
    )
  })

  it('are unmoved, or move along, when ±1000 is added to every entry', () => {
    fc.assert(
      fc.property(row, fc.constantFrom(1000, -1000), (x, c) => {
        const dyadic = x.map((v) => Math.round(v * 1024) / 1024) // so that v + c is exact
        const moved = tensor(dyadic.map((v) => v + c))
        expect(dataOf(softmax(moved) as Concrete)).toEqual(
          dataOf(softmax(tensor(dyadic)) as Concrete),
        )
        expectClose(logSumExp(moved), toNumber(logSumExp(tensor(dyadic))) + c, ROUNDING)
      }),
    )
  })

  it('work along any axis: negative ones count from the end', () => {
    const x = tensor([
      [1000, 0, -1000],
      [3, 2, 1],
    ])
    expectClose(sum(softmax(x, 0), 0), tensor([1, 1, 1]), ROUNDING)
    expectClose(sum(softmax(x, -1), 1), tensor([1, 1]), ROUNDING)
    expectClose(logSumExp(x, -1), logSumExp(x, 1), 0)
    expectClose(
      exp(logSumExp(x, 1)),
      tensor([Infinity, Math.E * (1 + Math.E + Math.E ** 2)]),
      1e-12,
    )
  })
})
