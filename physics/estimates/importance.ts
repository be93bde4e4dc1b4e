import type { Distinct } from '../configurations/index.ts'

/**
 * Samples of |ψ|^p, p < 2, give averages over |ψ|² with the weights |ψ|^(2−p).
 *
 * Why: near the nodes of ψ, local energies and log-derivatives grow like 1/ψ. In samples of |ψ|²
 * the variance of their product, the gradient, may then be infinite, and configurations with a
 * wrong sign are rarely seen. Samples of a smaller power visit them more often.
 *
 * Source  Misery, Gravina, Santini, Vicentini, arXiv:2507.05352 (2025).
 */

/**
 * Returns m |ψ|^(2−p) for configurations that were drawn m times, up to a common factor that makes
 * the largest |ψ|^(2−p) 1.
 *
 * Shapes  log |ψ| and m: [configurations].
 * Laws    p = 2 gives m.
 * Special cases  0 where ψ = 0: no |ψ|^p is ever sampled there.
 */
export const importanceWeights = (
  logAmplitude: ArrayLike<number>,
  multiplicity: Float64Array,
  power: number,
): Float64Array => {
  const top = heaviest(logAmplitude, power)
  return multiplicity.map((m, k) =>
    logAmplitude[k] === Number.NEGATIVE_INFINITY
      ? 0
      : m * Math.exp((2 - power) * (logAmplitude[k]! - top)),
  )
}

/**
 * Returns the log |ψ| of the largest |ψ|^(2−p): the largest log |ψ|, or for p > 2 the smallest that
 * is not −∞.
 */
export const heaviest = (logAmplitude: ArrayLike<number>, power: number): number => {
  let [top, bottom] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let k = 0; k < logAmplitude.length; k += 1) {
    const a = logAmplitude[k]!
    top = Math.max(top, a)
    if (a !== Number.NEGATIVE_INFINITY) bottom = Math.min(bottom, a)
  }
  return power > 2 ? bottom : top
}

/**
 * Returns the series whose plain mean is the weighted mean E = Σ w e / Σ w, and whose fluctuations
 * are those of E to first order (delta method), so its error and convergence are those of E.
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
    if (r === 0) return mean
    return r * e[k]! + (1 - r) * mean
  })
}
