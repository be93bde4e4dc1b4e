import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { importanceWeights, linearised } from '../../../physics/estimates/importance.ts'
import * as physics from '../../../physics/index.ts'
import { seed } from '../../arbitraries.ts'
import { anyCase, anyPower, random, sum } from '../smallSectors.ts'

// What makes samples of |ψ|^p samples of |ψ|².

/** Sums of some ten numbers of order one. */
const EXACT = 1e-12
const share = (w: ArrayLike<number>): number[] => {
  const all = [...Array.from(w)]
  return all.map((x) => x / sum(all))
}

/** A few configurations, each drawn so many times, in some order. */
const drawings = fc
  .array(
    fc.record({
      logAmplitude: fc.double({ min: -300, max: 300, noNaN: true }),
      energy: fc.double({ min: -5, max: 5, noNaN: true }),
      times: fc.integer({ min: 1, max: 4 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) => ({
    logAmplitude: Float64Array.from(all, (d) => d.logAmplitude),
    energy: Float64Array.from(all, (d) => d.energy),
    multiplicity: Float64Array.from(all, (d) => d.times),
    place: Int32Array.from(all.flatMap(({ times }, k) => Array<number>(times).fill(k))),
  }))

describe('importance weights', () => {
  it('turn |ψ|^p over a whole sector into |ψ|²', () => {
    fc.assert(
      fc.property(anyCase, seed, anyPower, (c, n, power) => {
        const psi = random(c, n, 3)
        const { re } = psi.logPsi(psi.configurations)
        const weights = importanceWeights(re, Float64Array.from(psi.shares(power)), power)
        share(weights).forEach((w, k) => {
          expect(Math.abs(w - psi.π[k]!)).toBeLessThan(EXACT)
        })
      }),
    )
  })

  it('are how often each was drawn where |ψ|² is sampled', () => {
    fc.assert(
      fc.property(drawings, ({ logAmplitude, multiplicity }) => {
        expect(importanceWeights(logAmplitude, multiplicity, 2)).toEqual(multiplicity)
      }),
    )
  })

  it('do not know the norm of ψ, however large or small it is', () => {
    fc.assert(
      fc.property(
        drawings,
        anyPower,
        fc.constantFrom(-1e4, -3, 0, 1, 1e4),
        ({ logAmplitude, multiplicity }, power, shift) => {
          const shifted = logAmplitude.map((a) => a + shift)
          const wanted = share(importanceWeights(logAmplitude, multiplicity, power))
          share(importanceWeights(shifted, multiplicity, power)).forEach((w, k) => {
            // A sum of the shift loses digits of the logarithm.
            expect(Math.abs(w - wanted[k]!)).toBeLessThan(1e-10)
          })
        },
      ),
    )
  })
})

describe('the linearised series', () => {
  it('has the weighted mean', () => {
    fc.assert(
      fc.property(drawings, anyPower, ({ logAmplitude, multiplicity, energy, place }, power) => {
        const weights = importanceWeights(logAmplitude, multiplicity, power)
        const { mean } = physics.complexMoments({ re: energy, im: energy }, weights)
        const series = linearised({ place, multiplicity }, weights, energy, mean.re)
        expect(series.length).toBe(place.length)
        expect(Math.abs(sum([...series]) / series.length - mean.re)).toBeLessThan(EXACT * 10)
      }),
    )
  })

  it('is the energies themselves, to the last bit, where |ψ|² is sampled', () => {
    fc.assert(
      fc.property(drawings, ({ multiplicity, energy, place }) => {
        const { mean } = physics.complexMoments({ re: energy, im: energy }, multiplicity)
        const series = linearised({ place, multiplicity }, multiplicity, energy, mean.re)
        expect([...series].map((x) => x + 0)).toEqual(Array.from(place, (k) => energy[k]! + 0))
      }),
    )
  })

  it('moves as the weighted mean does when one drawing counts a little more', () => {
    fc.assert(
      fc.property(drawings, anyPower, fc.nat(5), (d, power, pick) => {
        const { logAmplitude, multiplicity, energy, place } = d
        const k = pick % multiplicity.length
        const weights = importanceWeights(logAmplitude, multiplicity, power)
        const meanOf = (w: Float64Array): number =>
          physics.complexMoments({ re: energy, im: energy }, w).mean.re
        const more = (t: number): number =>
          meanOf(weights.map((w, j) => (j === k ? w * (1 + t / multiplicity[k]!) : w)))
        const mean = meanOf(weights)
        const series = linearised({ place, multiplicity }, weights, energy, mean)
        const influence = (series[place.indexOf(k)]! - mean) / place.length
        const difference = (more(1e-5) - more(-1e-5)) / 2e-5
        expect(Math.abs(difference - influence)).toBeLessThan(1e-8)
      }),
    )
  })
})
