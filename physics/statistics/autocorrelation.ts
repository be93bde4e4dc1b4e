/** This file estimates how many samples of a Markov chain count as one independent sample. */
import { type Chains, checkChains, inUnits, meanOf, squaredDeviation } from './chains.ts'

export interface AutocorrelationTime {
  /** Integrated autocorrelation time in samples, at least 1. */
  readonly tau: number
  /** The lag at which the sum stops. */
  readonly window: number
  /** False when the correlation had not decayed at half the length of the chains. */
  readonly reliable: boolean
}

/** Sokal's factor: the window is the first lag of at least this many tau. */
const windowFactor = 5

/** Returns the mean of deviation(t) · deviation(t + lag) over all chains. */
const autocovariance = (chains: Chains, centre: number, lag: number): number => {
  let sum = 0
  for (const chain of chains) {
    for (let t = 0; t + lag < chain.length; t += 1) {
      sum += (chain[t]! - centre) * (chain[t + lag]! - centre)
    }
  }
  return sum / (chains.length * (chains[0]!.length - lag))
}

/**
 * Returns the integrated autocorrelation time of the mean.
 *
 *   tau(W) = 1 + 2 sum_{t=1..W} Gamma(t)/Gamma(0),  W the first lag with W >= 5 tau(W)         (1)
 *
 * Gamma is averaged over chains about their common mean, so chains that disagree show a long time.
 * Because that mean is estimated too, every Gamma comes out too small by Var · tau/n; the factor 1
 * + (2W + 1)/n corrects tau for it. Anticorrelated samples are not credited: tau is at least 1.
 *
 * Special cases  equal samples, or chains of one sample: tau 1 (the latter not reliable). A window
 *                that would pass half the chains' length ends there, and is not reliable.
 * Errors  ShapeError, NonFinite { chain, sample }.
 * Cost    O(samples · tau).
 * Source  Sokal, Monte Carlo Methods in Statistical Mechanics (1996), section 3;
 *         Wolff, Comput. Phys. Commun. 156, 143 (2004), for the bias.
 */
export const autocorrelationTime = (given: Chains): AutocorrelationTime => {
  checkChains('autocorrelationTime', given)
  const { chains } = inUnits(given)
  const length = chains[0]!.length
  const n = length * chains.length
  if (length === 1) return { tau: 1, window: 0, reliable: false }
  const squares = squaredDeviation(chains)
  if (squares === 0) return { tau: 1, window: 0, reliable: true }
  const centre = meanOf(chains)
  const last = Math.floor(length / 2)
  let tau = 1
  let window = 0
  do {
    window += 1
    tau += (2 * autocovariance(chains, centre, window) * n) / squares
  } while (window < windowFactor * Math.max(tau, 1) && window < last)
  const reliable = window >= windowFactor * Math.max(tau, 1)
  return { tau: Math.max(1, tau * (1 + (2 * window + 1) / n)), window, reliable }
}

export interface Block {
  /** The number of samples averaged into one. */
  readonly size: number
  readonly count: number
  /**
   * The standard error of the mean from the spread of blocks; it rises to a plateau for sizes
   * beyond tau.
   */
  readonly standardError: number
  /** The uncertainty of the standard error. */
  readonly uncertainty: number
}

/**
 * It checks `standardError` without assuming a window. Samples left over at the end of a chain are
 * not used.
 *
 *   error^2 = variance of block means / (blocks - 1),  uncertain by 1/sqrt(2 (blocks - 1)) of it
 *
 * Estimates errors by blocking: neighbouring samples are averaged in pairs again and again.
 *
 * Shapes  one entry per size 1, 2, 4, ... as long as there are two blocks; none for one sample.
 * Errors  ShapeError, NonFinite.
 * Source  Flyvbjerg, Petersen, J. Chem. Phys. 91, 461 (1989).
 */
export const blockingErrors = (chains: Chains): readonly Block[] => {
  checkChains('blockingErrors', chains)
  const blocks: Block[] = []
  const { chains: scaled, unit } = inUnits(chains)
  let level = scaled
  for (let size = 1; level[0]!.length >= 1; size *= 2) {
    const count = level.length * level[0]!.length
    if (count < 2) break
    const standardError = Math.sqrt(squaredDeviation(level) / count / (count - 1)) * unit
    const uncertainty = standardError / Math.sqrt(2 * (count - 1))
    blocks.push({ size, count, standardError, uncertainty })
    level = level.map((chain) =>
      Float64Array.from(
        { length: chain.length >> 1 },
        (_, t) => (chain[2 * t]! + chain[2 * t + 1]!) / 2,
      ),
    )
  }
  return blocks
}
