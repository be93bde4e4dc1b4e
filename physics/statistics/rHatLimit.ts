/** This file tells which R-hat stationary chains may have, given their number and length. */
import { type Chains, checkChains, inUnits } from './chains.ts'

/** One in a hundred normal numbers is larger. */
const NORMAL_QUANTILE = 2.3263

/**
 * Returns the number that one in a hundred F-distributed numbers exceeds. It is Infinity for about
 * one degree of freedom below, where the approximation ends.
 *
 * Source  Paulson, Ann. Math. Stat. 13, 233 (1942): the cube root of F is nearly normal.
 */
const fQuantile = (above: number, below: number): number => {
  const [a, b] = [2 / (9 * above), 2 / (9 * below)]
  const z2 = NORMAL_QUANTILE ** 2
  const denominator = (1 - b) ** 2 - z2 * b
  if (denominator <= 0) return Number.POSITIVE_INFINITY
  const root = Math.max(0, (1 - b) ** 2 * a + (1 - a) ** 2 * b - z2 * a * b)
  return (((1 - a) * (1 - b) + NORMAL_QUANTILE * Math.sqrt(root)) / denominator) ** 3
}

/** Returns the mean of (x(t + lag) − x(t))² within chains, which shifts of chains do not change. */
const meanSquaredStep = (chains: Chains, lag: number): number => {
  const pairs = chains[0]!.length - lag
  let sum = 0
  for (const chain of chains)
    for (let t = 0; t < pairs; t += 1) sum += (chain[t + lag]! - chain[t]!) ** 2
  return sum / (pairs * chains.length)
}

/** The correlation of neighbours is uncertain; so many of its errors are added to it. */
const ERRORS = 2.5

/** Returns the largest plausible correlation of neighbouring samples, from steps within chains. */
const correlationOf = (chains: Chains): number => {
  const [one, two] = [meanSquaredStep(chains, 1), meanSquaredStep(chains, 2)]
  if (one === 0) return 0
  const length = chains[0]!.length
  const error = 1 / Math.sqrt(chains.length * (length - 2))
  // Chains hold at least two of the longest time: tau = (1 + phi)/(1 - phi) <= length/2.
  const largest = (length / 2 - 1) / (length / 2 + 1)
  return Math.min(largest, Math.max(0, two / one - 1 + ERRORS * error))
}

/**
 * Returns the split R-hat that chains of this number, length and correlation exceed in at most one
 * of a hundred cases when all of them sample the same stationary distribution, as long as they hold
 * two autocorrelation times. Beyond it the chains disagree, or are too short to agree.
 *
 *   phi = ⟨(x(t+2) − x(t))²⟩ / ⟨(x(t+1) − x(t))²⟩ − 1           correlation of neighbours    (1)
 *   V = (1/n) [1 + 2 Σ_{k<n} (1 − k/n) phi^k]                    variance of means of halves  (2)
 *   limit² = (n−1)/n + V / (n/(n−1) (1 − V)) · F                  over halves of n samples     (3)
 *
 * for correlations phi^t and variance 1. F is the 99% quantile of Fisher's distribution. A fixed
 * limit such as 1.01 fits long chains alone: halves of four samples with phi = 0.5 have 1.24.
 *
 * Special cases  fewer than 4 samples in a chain: Infinity, as R-hat; equal samples: as phi = 0.
 * Errors  ShapeError, NonFinite.
 */
export const rHatLimit = (given: Chains): number => {
  checkChains('rHatLimit', given)
  const { chains } = inUnits(given)
  const n = Math.floor(chains[0]!.length / 2)
  if (n < 2) return Number.POSITIVE_INFINITY
  const phi = correlationOf(chains)
  let terms = 1
  for (let k = 1; k < n; k += 1) terms += 2 * (1 - k / n) * phi ** k
  const between = terms / n // (2)
  const within = (n / (n - 1)) * (1 - between)
  // Halves of one chain are correlated, and so are samples within a half.
  const independent = 2 * chains.length * (n - 1) * ((1 - phi) / (1 + phi))
  const quantile = fQuantile(chains.length, Math.max(1, independent))
  return Math.sqrt((n - 1) / n + (between / within) * quantile) // (3)
}
