import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, uniforms } from '../../../core/index.ts'
import { importanceWeights } from '../../../physics/estimates/importance.ts'
import { effectiveSamples, uncertaintyOf } from '../../../physics/estimates/uncertainty.ts'
import { complexMoments, vScore } from '../../../physics/statistics/index.ts'
import { seed } from '../../arbitraries.ts'

// Errors of variance and V-score equal what these scatter by, for samples of |ψ|^p of a few states.

const SITES = 4
const STATES = 6
const logAmplitude = Float64Array.of(0, -0.3, -0.5, -1, -1.4, -0.1)
const re = Float64Array.of(-3, -3.5, -2, 1, -0.5, -2.6)
const im = Float64Array.of(0, 2, -1, 3, 0, -2)

/** Draws configurations independently from |ψ|^p; equal ones are evaluated once, as in a run. */
const sampleOf = (power: number, chains: number, length: number, n: number) => {
  const p = logAmplitude.map((a) => Math.exp(power * a))
  const total = p.reduce((a, b) => a + b, 0)
  const place = Int32Array.from(uniforms(keyFrom(n), chains * length), (u) => {
    let k = 0
    for (let left = u * total; k < STATES - 1 && left > p[k]!; k += 1) left -= p[k]!
    return k
  })
  const multiplicity = new Float64Array(STATES)
  for (const k of place) multiplicity[k]! += 1
  const weights = importanceWeights(logAmplitude, multiplicity, power)
  const localEnergy = { re, im }
  const moments = complexMoments(localEnergy, weights)
  const sample = { place, multiplicity, weights, localEnergy, chains }
  return { ...moments, sample, uncertainty: uncertaintyOf(sample, moments, SITES) }
}

const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length
const scatter = (x: readonly number[]): number => Math.sqrt(mean(x.map((y) => (y - mean(x)) ** 2)))

describe('the errors of variance and V-score', () => {
  it.each([2, 1, 0.5])('are what they scatter by in samples of |ψ|^%d', (power) => {
    const runs = Array.from({ length: 400 }, (_, n) => sampleOf(power, 32, 8, n))
    const scores = runs.map((r) => vScore(r.mean.re, r.variance, SITES))
    // The scatter of 400 numbers is known to 3.5%; tau is at least 1, which makes errors larger.
    for (const [values, errors] of [
      [runs.map((r) => r.variance), runs.map((r) => r.uncertainty.varianceError)],
      [scores, runs.map((r) => r.uncertainty.vScoreError)],
      [runs.map((r) => r.mean.re), runs.map((r) => r.uncertainty.energy.standardError)],
    ] as const)
      expect(Math.abs(scatter(values) / mean(errors) - 1)).toBeLessThan(0.14)
  })

  it('follow units and, for the variance, not the origin of energies', () => {
    fc.assert(
      fc.property(seed, fc.constantFrom(1, 2), fc.constantFrom(-3, 0.5, 7), (n, power, shift) => {
        const { sample, uncertainty } = sampleOf(power, 8, 8, n)
        const moved = { re: re.map((x) => 2 * (x + shift)), im: im.map((x) => 2 * x) }
        const moments = complexMoments(moved, sample.weights)
        const other = uncertaintyOf({ ...sample, localEnergy: moved }, moments, SITES)
        expect(other.varianceError / uncertainty.varianceError).toBeCloseTo(4, 9)
        const double = { re: re.map((x) => 2 * x), im: im.map((x) => 2 * x) }
        const same = uncertaintyOf(
          { ...sample, localEnergy: double },
          complexMoments(double, sample.weights),
          SITES,
        )
        expect(same.vScoreError / uncertainty.vScoreError).toBeCloseTo(1, 9)
      }),
    )
  })

  it('are 0 for an eigenstate and Infinity for one sample', () => {
    const place = Int32Array.of(0, 0, 0, 0)
    const multiplicity = Float64Array.of(4)
    const localEnergy = { re: Float64Array.of(-3), im: Float64Array.of(0) }
    const still = { mean: { re: -3, im: 0 }, variance: 0 }
    const many = { place, multiplicity, weights: multiplicity, localEnergy, chains: 1 }
    expect(uncertaintyOf(many, still, SITES)).toMatchObject({ varianceError: 0, vScoreError: 0 })
    const one = { ...many, place: Int32Array.of(0), multiplicity: Float64Array.of(1) }
    expect(uncertaintyOf({ ...one, weights: one.multiplicity }, still, SITES)).toMatchObject({
      varianceError: Number.POSITIVE_INFINITY,
      vScoreError: Number.POSITIVE_INFINITY,
      effectiveSamples: 1,
    })
  })
})

describe('the effective number of samples', () => {
  it('is (Σ w)²/Σ w² over the drawings: all of |ψ|², fewer otherwise', () => {
    fc.assert(
      fc.property(seed, fc.constantFrom(2, 1.5, 1, 0), (n, power) => {
        const { sample } = sampleOf(power, 4, 16, n)
        const drawn = [...sample.place].map((k) => sample.weights[k]! / sample.multiplicity[k]!)
        const [sum, squares] = [mean(drawn), mean(drawn.map((w) => w * w))]
        const found = effectiveSamples(sample.weights, sample.multiplicity)
        expect(found / ((64 * sum * sum) / squares)).toBeCloseTo(1, 12)
        if (power === 2) expect(found).toBeCloseTo(64, 10)
        else expect(found).toBeLessThan(64)
      }),
    )
  })
})
