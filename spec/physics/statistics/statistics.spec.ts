import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { autocorrelationTime, blockingErrors } from '../../../physics/statistics/autocorrelation.ts'
import { type Chains, chainsOf, mean, variance } from '../../../physics/statistics/chains.ts'
import {
  complexMoments,
  estimate,
  splitRHat,
  standardError,
  vScore,
} from '../../../physics/statistics/statistics.ts'

// Sums of a few hundred numbers of size up to 10 carry rounding of about 1e-13.
const ROUNDING = 1e-11

/** Normal numbers by Box-Muller on a multiplicative generator (Park-Miller), for tests only. */
const normals = (seed: number): (() => number) => {
  let state = ((Math.imul(seed, 48271) % 2147483647) | 1) >>> 0
  const uniform = (): number => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  for (let k = 0; k < 20; k += 1) uniform()
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

/** x(t+1) = phi x(t) + sqrt(1 - phi^2) noise, stationary: variance 1, tau (1 + phi)/(1 - phi). */
const autoregressive = (phi: number, chains: number, length: number, seed: number): Chains => {
  const normal = normals(seed)
  return Array.from({ length: chains }, () => {
    let x = normal()
    return Float64Array.from({ length }, () => {
      const now = x
      x = phi * x + Math.sqrt(1 - phi * phi) * normal()
      return now
    })
  })
}

const samples = fc.double({ min: -10, max: 10, noNaN: true })
const someChains = fc
  .record({ chains: fc.integer({ min: 1, max: 4 }), length: fc.integer({ min: 2, max: 40 }) })
  .chain(({ chains, length }) =>
    fc.array(fc.array(samples, { minLength: length, maxLength: length }), {
      minLength: chains,
      maxLength: chains,
    }),
  )
  .map((list) => list.map((chain) => Float64Array.from(chain)))

describe('mean and variance', () => {
  it('are those of all samples together', () => {
    fc.assert(
      fc.property(someChains, (chains) => {
        const all = chains.flatMap((c) => [...c])
        const centre = all.reduce((a, b) => a + b, 0) / all.length
        const spread = all.reduce((a, b) => a + (b - centre) ** 2, 0) / all.length
        expect(Math.abs(mean(chains) - centre)).toBeLessThan(ROUNDING)
        expect(Math.abs(variance(chains) - spread)).toBeLessThan(ROUNDING)
      }),
    )
  })

  it('a record, chain after chain, falls into chains', () => {
    expect(chainsOf([1, 2, 3, 10, 20, 30], 2).map((c) => [...c])).toEqual([
      [1, 2, 3],
      [10, 20, 30],
    ])
    expect(() => chainsOf([1, 2, 3], 2)).toThrow(/3 samples do not fill 2 chains/)
  })
})

describe('autocorrelation time', () => {
  // Relative spread of tau is about sqrt(2 (2W + 1)/n) (Wolff): 7% for n = 40000 at W = 5·19.
  const TAU_SPREAD = 0.25
  it.each([0, 0.5, 0.9])('AR(1) with phi = %d has tau = (1 + phi)/(1 - phi)', (phi) => {
    const exact = (1 + phi) / (1 - phi)
    for (const [chains, length] of [
      [1, 40_000],
      [40, 1000],
    ] as const) {
      const { tau, reliable } = autocorrelationTime(autoregressive(phi, chains, length, 7))
      expect(reliable).toBe(true)
      expect(Math.abs(tau / exact - 1)).toBeLessThan(TAU_SPREAD)
    }
  })

  it('is right to 2 per cent: AR(1) with phi = 0.6 over two million samples', () => {
    // Relative spread sqrt(2 (2W + 1)/n) = 0.64% (Wolff) with W = 20: 3.4 of them, 1 in 1500.
    const { tau } = autocorrelationTime(autoregressive(0.6, 20, 100_000, 17))
    expect(Math.abs(tau / 4 - 1)).toBeLessThan(0.022)
  })

  it('grows linearly when every sample is repeated', () => {
    const once = autoregressive(0, 1, 20_000, 3)
    const thrice = once.map((c) =>
      Float64Array.from({ length: 3 * c.length }, (_, t) => c[Math.floor(t / 3)]!),
    )
    expect(Math.abs(autocorrelationTime(thrice).tau / 3 - 1)).toBeLessThan(TAU_SPREAD)
  })

  it('does not credit anticorrelation, and says when chains are too short', () => {
    expect(autocorrelationTime(autoregressive(-0.8, 1, 1000, 5)).tau).toBe(1)
    expect(autocorrelationTime(autoregressive(0.99, 1, 200, 5)).reliable).toBe(false)
    expect(autocorrelationTime([Float64Array.of(3)])).toEqual({
      tau: 1,
      window: 0,
      reliable: false,
    })
  })
})

describe('standard error', () => {
  it('covers the exact mean of correlated chains as often as a normal distribution says', () => {
    const runs = 400
    const inside = Array.from({ length: runs }, (_, seed) => {
      const { mean, standardError } = estimate(autoregressive(0.7, 4, 500, 100 + seed))
      return Math.abs(mean) < standardError ? 1 : 0
    }).reduce<number>((a, b) => a + b, 0)
    // 68.3% expected; the count has standard deviation 9.3, the limits are 4 of them.
    expect(inside).toBeGreaterThan(0.683 * runs - 37)
    expect(inside).toBeLessThan(0.683 * runs + 37)
  })

  it('of independent samples is the textbook one, up to the noise of tau', () => {
    const chains = autoregressive(0, 10, 1000, 11)
    expect(standardError(chains) / (1 / Math.sqrt(10_000))).toBeGreaterThan(0.9)
    expect(standardError(chains) / (1 / Math.sqrt(10_000))).toBeLessThan(1.15)
  })

  it('shifts away and scales with the data', () => {
    fc.assert(
      fc.property(someChains, samples, fc.constantFrom(0.5, -2, 4), (chains, shift, scale) => {
        // Samples closer than rounding of the shift would be merged by it.
        fc.pre(variance(chains) > 1e-6)
        const a = estimate(chains)
        const b = estimate(chains.map((c) => c.map((x) => scale * x + shift)))
        expect(b.mean).toBeCloseTo(scale * a.mean + shift, 9)
        expect(b.standardError / (Math.abs(scale) * a.standardError)).toBeCloseTo(1, 6)
      }),
    )
  })

  it('agrees with blocking beyond the autocorrelation time', () => {
    const chains = autoregressive(0.8, 1, 2 ** 15, 9)
    const blocks = blockingErrors(chains)
    expect(blocks[0]!.size).toBe(1)
    const naive = Math.sqrt(variance(chains) / (2 ** 15 - 1))
    expect(blocks[0]!.standardError).toBeCloseTo(naive, 12)
    const plateau = blocks.find((b) => b.size === 128)!
    expect(Math.abs(plateau.standardError - standardError(chains))).toBeLessThan(
      4 * plateau.uncertainty,
    )
    expect(plateau.standardError).toBeGreaterThan(2 * naive)
  })

  it('is Infinity for one sample and 0 for a constant, never NaN', () => {
    expect(standardError([Float64Array.of(2)])).toBe(Number.POSITIVE_INFINITY)
    expect(estimate([new Float64Array(50).fill(-0.7)])).toMatchObject({
      mean: expect.closeTo(-0.7, 12),
      autocorrelationTime: 1,
      rHat: 1,
      reliable: true,
    })
    expect(standardError([new Float64Array(64).fill(0.5)])).toBe(0)
    expect(Number.isFinite(standardError([Float64Array.of(2), Float64Array.of(3)]))).toBe(true)
    expect(blockingErrors([Float64Array.of(1)])).toEqual([])
  })
})

describe('split R-hat', () => {
  it('is near 1 for equal chains, and above 1.1 for a shifted one or a drift', () => {
    const chains = autoregressive(0.3, 4, 500, 21)
    expect(splitRHat(chains)).toBeLessThan(1.02)
    expect(splitRHat(chains.map((c, k) => c.map((x) => (k === 0 ? x + 1.5 : x))))).toBeGreaterThan(
      1.1,
    )
    // A drift common to all chains shows only because the chains are split.
    expect(splitRHat(chains.map((c) => c.map((x, t) => x + (2 * t) / c.length)))).toBeGreaterThan(
      1.1,
    )
  })

  it('follows its definition on a small example', () => {
    // Halves 1,3 | 2,6 | 0,4 | 5,5: variances 2, 8, 8, 0; means 2, 4, 2, 5.
    const chains = [Float64Array.of(1, 3, 2, 6), Float64Array.of(0, 4, 5, 5)]
    const [within, between] = [18 / 4, ((-1.25) ** 2 + 0.75 ** 2 + 1.25 ** 2 + 1.75 ** 2) / 3]
    expect(splitRHat(chains)).toBeCloseTo(Math.sqrt((within / 2 + between) / within), 12)
  })

  it('has stated limits: short, stuck apart, constant', () => {
    expect(splitRHat([Float64Array.of(1, 2, 3)])).toBe(Number.POSITIVE_INFINITY)
    const stuck = [1, 2].map((x) => new Float64Array(10).fill(x))
    expect(splitRHat(stuck)).toBe(Number.POSITIVE_INFINITY)
    expect(splitRHat([new Float64Array(10).fill(0.1), new Float64Array(10).fill(0.1)])).toBe(1)
  })
})

describe('complex moments and V-score', () => {
  it('weights are probabilities: repeating a sample is doubling its weight', () => {
    const point = fc.record({ re: samples, im: samples, repeat: fc.integer({ min: 1, max: 4 }) })
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 20 }), (points) => {
        const repeated = points.flatMap((p) => Array.from({ length: p.repeat }, () => p))
        const a = complexMoments(
          { re: points.map((p) => p.re), im: points.map((p) => p.im) },
          points.map((p) => p.repeat / 10),
        )
        const b = complexMoments({ re: repeated.map((p) => p.re), im: repeated.map((p) => p.im) })
        expect(Math.abs(a.mean.re - b.mean.re)).toBeLessThan(ROUNDING)
        expect(Math.abs(a.mean.im - b.mean.im)).toBeLessThan(ROUNDING)
        expect(Math.abs(a.variance - b.variance)).toBeLessThan(ROUNDING)
        const re2 = variance([Float64Array.from(repeated, (p) => p.re)])
        const im2 = variance([Float64Array.from(repeated, (p) => p.im)])
        expect(Math.abs(b.variance - re2 - im2)).toBeLessThan(ROUNDING)
      }),
    )
  })

  it('V-score is N Var / E^2', () => {
    expect(vScore(-4, 8, 16)).toBe(8)
    expect(vScore(-4, 0, 16)).toBe(0)
    expect(vScore(0, 0, 16)).toBe(0)
    expect(vScore(0, 1, 16)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('bad input', () => {
  const nan = [Float64Array.of(1, 2), Float64Array.of(1, Number.NaN)]
  it.each([mean, variance, standardError, splitRHat, autocorrelationTime, blockingErrors])(
    '%o names the first sample that is no number',
    (f) => {
      expect(() => f(nan)).toThrow(/NonFinite in .*: sample 1 of chain 1 is NaN/)
      expect(() => f([])).toThrow(/ShapeError/)
      expect(() => f([Float64Array.of(1), Float64Array.of(1, 2)])).toThrow(/lengths 1, 2/)
    },
  )

  it('complex moments and V-score refuse what they cannot mean', () => {
    expect(() => complexMoments({ re: [1], im: [Number.NaN] })).toThrow(/NonFinite.*sample 0/)
    expect(() => complexMoments({ re: [1, 2], im: [0] })).toThrow(/ShapeError/)
    expect(() => complexMoments({ re: [1], im: [0] }, [0])).toThrow(/all weights are 0/)
    expect(() => complexMoments({ re: [1], im: [0] }, [-1])).toThrow(/below 0/)
    expect(() => vScore(Number.NaN, 1, 4)).toThrow(/NonFinite/)
    expect(() => vScore(-1, 1, 0)).toThrow(/0 sites/)
    expect(() => vScore(-1, -1, 4)).toThrow(/DomainError/)
  })
})
