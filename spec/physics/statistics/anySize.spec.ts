import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockingErrors } from '../../../physics/statistics/autocorrelation.ts'
import { mean, variance } from '../../../physics/statistics/chains.ts'
import {
  complexMoments,
  estimate,
  splitRHat,
  vScore,
} from '../../../physics/statistics/statistics.ts'

// Statistics of numbers whose squares are out of range.

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

describe('estimates of numbers of any size', () => {
  const exponents = fc.constantFrom(-320, -300, -170, -155, -150, 0, 140, 153, 155, 200, 290, 306)

  it('are those of the same numbers in other units, and never NaN', () => {
    fc.assert(
      fc.property(someChains, exponents, (chains, exponent) => {
        const unit = 10 ** exponent
        const scaled = chains.map((c) => c.map((x) => x * unit))
        const a = estimate(scaled)
        const all = [...Object.values(a), splitRHat(scaled), mean(scaled), variance(scaled)]
        expect(all.some((x) => Number.isNaN(x))).toBe(false)
        for (const block of blockingErrors(scaled))
          expect(Object.values(block).every((x) => x >= 0)).toBe(true)
        // Numbers below 1e-300 have lost digits themselves; so have differences of equal ones.
        fc.pre(exponent >= -300 && variance(chains) > 1e-6)
        const b = estimate(chains)
        expect(a.mean / unit).toBeCloseTo(b.mean, 9)
        expect(a.standardError / unit / b.standardError).toBeCloseTo(1, 6)
        expect(a.autocorrelationTime).toBeCloseTo(b.autocorrelationTime, 6)
        if (b.rHat !== Number.POSITIVE_INFINITY) expect(a.rHat).toBeCloseTo(b.rHat, 6)
        const blocks = blockingErrors(chains)
        for (const [k, block] of blockingErrors(scaled).entries())
          expect(block.standardError / unit).toBeCloseTo(blocks[k]!.standardError, 6)
      }),
    )
  })

  it('hold for two chains apart at the ends of the range', () => {
    const far = [1, -1].map((s) => new Float64Array(8).fill(s * Number.MAX_VALUE))
    const { standardError: error, ...rest } = estimate(far)
    expect(rest).toMatchObject({ mean: 0, rHat: Number.POSITIVE_INFINITY })
    expect(error).toBeGreaterThan(1e307)
    expect(rest.variance).toBe(Number.POSITIVE_INFINITY)
  })

  it('hold for complex moments with weights of any size, and for V-scores', () => {
    const point = fc.record({
      re: samples,
      im: samples,
      w: fc.double({ min: 0.1, max: 4, noNaN: true }),
    })
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 1, maxLength: 20 }),
        exponents,
        exponents,
        (points, e, f) => {
          const [unit, weight] = [10 ** e, 10 ** f]
          const of = (u: number, v: number) =>
            complexMoments(
              { re: points.map((p) => p.re * u), im: points.map((p) => p.im * u) },
              points.map((p) => p.w * v),
            )
          const [a, b] = [of(unit, weight), of(1, 1)]
          const numbers = [a.mean.re, a.mean.im, a.variance]
          expect(numbers.some((x) => Number.isNaN(x))).toBe(false)
          fc.pre(e >= -300 && f >= -300)
          expect(a.mean.re / unit).toBeCloseTo(b.mean.re, 9)
          expect(a.mean.im / unit).toBeCloseTo(b.mean.im, 9)
          if (Math.abs(e) <= 140) expect(a.variance / unit / unit).toBeCloseTo(b.variance, 8)
        },
      ),
    )
    expect(vScore(-1e200, 1e300, 4)).toBeCloseTo(4e-100, 110)
    expect(vScore(-1e-170, 1e-300, 4) / 4e40).toBeCloseTo(1, 9)
  })

  it('count a sample of weight 0 for nothing, whatever its energy', () => {
    const energies = { re: [1, Number.POSITIVE_INFINITY, 3, 1e300], im: [0, Number.NaN, 0, 0] }
    expect(complexMoments(energies, [1, 0, 1, 0])).toEqual({ mean: { re: 2, im: 0 }, variance: 1 })
  })
})
