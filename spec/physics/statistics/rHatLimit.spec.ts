import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, normals } from '../../../core/index.ts'
import {
  type Chains,
  chainsOf,
  estimate,
  rHatLimit,
  splitRHat,
} from '../../../physics/statistics/index.ts'
import { seed } from '../../arbitraries.ts'

// The limit of R-hat fits the number and the length of chains: stationary chains rarely exceed it,
// and chains that disagree nearly always do.

/** Returns chains in equilibrium, x(t+1) = φ x(t) + √(1 − φ²) noise: τ = (1 + φ)/(1 − φ). */
const autoregressive = (phi: number, chains: number, length: number, n: number): Chains => {
  const share = Math.sqrt(1 - phi * phi)
  const all = chainsOf(normals(keyFrom(n), chains * length), chains)
  for (const own of all)
    for (let t = 1; t < length; t += 1) own[t] = phi * own[t - 1]! + share * own[t]!
  return all
}

const exceeds = (chains: Chains): boolean => !(splitRHat(chains) <= rHatLimit(chains))

const shareOf = (sets: number, of: (n: number) => boolean): number =>
  Array.from({ length: sets }, (_, n) => of(n)).filter(Boolean).length / sets

describe('the limit of R-hat', () => {
  const SETS = 400
  // [chains, length, φ]; each holds two autocorrelation times.
  it.each([
    [1, 64, 0.5],
    [2, 8, 0.5],
    [16, 4, 0.3],
    [16, 8, 0],
    [16, 8, 0.5],
    [64, 8, 0.6],
    [128, 8, 0.3],
    [8, 100, 0.9],
  ])('is exceeded by %d stationary chains of %d with φ = %d in at most 1%%', (m, length, phi) => {
    const share = shareOf(SETS, (n) => exceeds(autoregressive(phi, m, length, n)))
    // 4 of 400 sets are expected at 1%; more than 10 come in 0.3% of such tests.
    expect(share).toBeLessThanOrEqual(10 / SETS)
  })

  it.each([
    [16, 8, 0.3],
    [64, 8, 0.5],
    [8, 100, 0.5],
  ])('is exceeded when half of %d chains of %d are elsewhere', (m, length, phi) => {
    const share = shareOf(100, (n) =>
      exceeds(autoregressive(phi, m, length, n).map((c, k) => c.map((x) => x + 4 * (k % 2)))),
    )
    expect(share).toBeGreaterThanOrEqual(0.99)
  })

  it.each([2, 4, 16])('is exceeded by %d chains that stand still, each elsewhere', (m) => {
    const frozen = Array.from({ length: m }, (_, k) => new Float64Array(8).fill(k))
    expect(rHatLimit(frozen)).toBeLessThan(Number.POSITIVE_INFINITY)
    expect(splitRHat(frozen)).toBe(Number.POSITIVE_INFINITY)
  })

  it('is near 1 for long chains, and fits halves of four samples, which have 1.24', () => {
    expect(rHatLimit(autoregressive(0.5, 4, 4000, 1))).toBeLessThan(1.01)
    const short = autoregressive(0.5, 1024, 8, 1)
    // V = (1 + 2 (3/8 + 1/8 + 1/32))/4 = 0.5156, R-hat² = 3/4 + V / (4/3 (1 − V)).
    expect(splitRHat(short)).toBeCloseTo(Math.sqrt(0.75 + 0.515625 / ((4 / 3) * 0.484375)), 1)
    expect(rHatLimit(short)).toBeGreaterThan(splitRHat(short))
    expect(rHatLimit(short)).toBeLessThan(1.36)
  })

  it('does not see where chains are: neither shifts of single chains nor units move it', () => {
    fc.assert(
      fc.property(
        seed,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 4, max: 20 }),
        fc.constantFrom(2 ** -30, 1, 2 ** 40),
        (n, m, length, unit) => {
          const chains = autoregressive(0.4, m, length, n)
          const moved = chains.map((c, k) => c.map((x) => (x + 2 * k) * unit))
          const [own, other] = [rHatLimit(chains), rHatLimit(moved)]
          if (own === Number.POSITIVE_INFINITY) expect(other).toBe(own)
          else expect(Math.abs(other / own - 1)).toBeLessThan(1e-9)
          expect(estimate(moved).rHatLimit).toBe(other)
        },
      ),
    )
  })

  it('is Infinity for chains of fewer than 4 samples, where R-hat is so, too', () => {
    expect(rHatLimit([Float64Array.of(1, 2, 3), Float64Array.of(2, 1, 2)])).toBe(
      Number.POSITIVE_INFINITY,
    )
    expect(rHatLimit([new Float64Array(0)].map(() => new Float64Array(40).fill(1)))).toBeLessThan(2)
  })
})

describe('an error', () => {
  it('is reliable for many short chains, whose means scatter no more than it says', () => {
    for (const phi of [0, 0.5, 0.9])
      expect(estimate(autoregressive(phi, 128, 8, 3)).reliable).toBe(true)
    // One chain of eight cannot tell how long its correlations are.
    expect(estimate(autoregressive(0, 1, 8, 3)).reliable).toBe(false)
    expect(estimate(autoregressive(0, 8, 8, 3)).reliable).toBe(false)
  })

  it('that misses a correlation of distant samples is not reliable', () => {
    // The first and the last sample of a chain are equal, all others 0: short lags see nothing.
    const ends = chainsOf(normals(keyFrom(5), 256), 256).map((c) =>
      Float64Array.of(c[0]!, 0, 0, 0, 0, 0, 0, c[0]!),
    )
    expect(estimate(ends).reliable).toBe(false)
  })
})
