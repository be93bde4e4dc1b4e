import type { Distinct } from '../configurations/index.ts'
import { type ComplexMoments, chainsOf, type Estimate, estimate } from '../statistics/index.ts'
import { linearised } from './importance.ts'
import type { LocalEnergies } from './localEnergy.ts'

/** How well the energy, its variance and the V-score of a sample are known. */
export interface Uncertainty {
  /** The statistics of the energy: its error, autocorrelation time and R-hat. */
  readonly energy: Estimate
  readonly varianceError: number
  readonly vScoreError: number
  readonly effectiveSamples: number
}

/** A sample: the configurations that chains drew, with their weights and local energies. */
export interface WeightedSample extends Pick<Distinct, 'place' | 'multiplicity'> {
  readonly weights: Float64Array
  readonly localEnergy: LocalEnergies
  readonly chains: number
}

/**
 * Returns the number of equally weighted samples whose mean has the same error.
 *
 *   (Σ_s w_s)² / Σ_s w_s²,   w_s the weight of one of n drawings
 *
 * Laws    n for equal weights, else fewer; at least 1.
 * Source  Kish, Survey Sampling (1965).
 */
export const effectiveSamples = (weights: Float64Array, multiplicity: Float64Array): number => {
  const sum = weights.reduce((a, w) => a + w, 0)
  const squares = weights.reduce(
    (a, w, k) => (w === 0 ? a : a + (w / sum) * (w / sum / multiplicity[k]!)),
    0,
  )
  return 1 / squares
}

/** Returns the standard error of the mean of a series; Infinity where a number is out of range. */
const errorOf = (series: Float64Array, chains: number): number =>
  series.every(Number.isFinite)
    ? estimate(chainsOf(series, chains)).standardError
    : Number.POSITIVE_INFINITY

/**
 * Returns the errors of energy, variance and V-score over correlated samples (delta method). With
 * the energies x_s and squares y_s of `linearised`, E and V their means and N sites,
 *
 *   δE: mean of x_s,   δV: mean of y_s,   y of |E_loc − E|²                                     (1)
 *   δ(N V/E²): mean of N (y_s − 2 (V/E) (x_s − E)) / E²                                         (2)
 *
 * A shift of E changes V in second order only.
 *
 * Special cases  one sample: all errors are Infinity. E = 0: the error of the V-score is Infinity,
 *                except for V = 0.
 */
export const uncertaintyOf = (
  { weights, localEnergy, chains, ...drawn }: WeightedSample,
  { mean, variance }: ComplexMoments,
  sites: number,
): Uncertainty => {
  const series = linearised(drawn, weights, localEnergy.re, mean.re)
  const distances = localEnergy.re.map(
    (re, k) => (re - mean.re) ** 2 + (localEnergy.im[k]! - mean.im) ** 2,
  )
  const squares = linearised(drawn, weights, distances, variance) // (1)
  const scale = variance === 0 ? 0 : variance / mean.re
  const scores = squares.map(
    (y, s) => ((sites / mean.re) * (y - 2 * scale * (series[s]! - mean.re))) / mean.re, // (2)
  )
  return {
    energy: estimate(chainsOf(series, chains)),
    varianceError: errorOf(squares, chains),
    vScoreError: variance === 0 && series.length > 1 ? 0 : errorOf(scores, chains),
    effectiveSamples: effectiveSamples(weights, drawn.multiplicity),
  }
}
