import type { Distinct } from './amplitudes.ts'

/**
 * Samples of |ψ|^p, p < 2, stand for |ψ|² by weights |ψ|^(2−p).
 *
 * Why: near the nodes of ψ local energies and log-derivatives grow like 1/ψ, so that from samples
 * of |ψ|² the variance of their product, the gradient, need not exist; and configurations whose
 * sign is wrong are hardly seen. Samples of a smaller power go there more often.
 *
 * Source  Misery, Gravina, Santini, Vicentini, arXiv:2507.05352 (2025).
 */

/**
 * m |ψ|^(2−p) for configurations that were drawn m times, up to one factor for all.
 *
 * Shapes  log |ψ| and m: [configurations].
 * Laws    p = 2 gives m.
 */
export const importanceWeights = (
  logAmplitude: ArrayLike<number>,
  multiplicity: Float64Array,
  power: number,
): Float64Array => {
  let top = Number.NEGATIVE_INFINITY
  for (let k = 0; k < multiplicity.length; k += 1) top = Math.max(top, logAmplitude[k]!)
  return multiplicity.map((m, k) => m * Math.exp((2 - power) * (logAmplitude[k]! - top)))
}

/**
 * The series whose plain mean is the weighted mean E = Σ w e / Σ w, and whose fluctuations are
 * those of E to first order: its errors and its convergence are E's (delta method).
 *
 *   x_s = E + r_s (e_s − E),   r_s = n w_s / Σ w,   w_s the weight of one of n drawings
 *
 * Shapes  place: which configuration was drawn, [n]; weights, multiplicity, e: [configurations].
 */
export const linearised = (
  { place, multiplicity }: Pick<Distinct, 'place' | 'multiplicity'>,
  weights: Float64Array,
  e: Float64Array,
  mean: number,
): Float64Array => {
  const perDrawing = place.length / weights.reduce((sum, w) => sum + w, 0)
  return Float64Array.from(place, (k) => {
    const r = (perDrawing * weights[k]!) / multiplicity[k]!
    return r * e[k]! + (1 - r) * mean
  })
}
