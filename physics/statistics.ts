/**
 * Means, errors and convergence of Monte Carlo estimates.
 *
 * No result is ever NaN: what the data cannot tell is Infinity, such as the error of one sample.
 */
import { fail } from '../core/errors.ts'
import { autocorrelationTime } from './autocorrelation.ts'
import { type Chains, checkChains, meanOf, meanWithin, squaredDeviation } from './chains.ts'

export interface Estimate {
  readonly mean: number
  readonly variance: number
  /** Infinity for a single sample. */
  readonly standardError: number
  /** Integrated autocorrelation time in samples, 1 for independent ones. */
  readonly autocorrelationTime: number
  /** False when the chains are too short to see their autocorrelation decay. */
  readonly reliable: boolean
  /** Infinity when chains are shorter than 4 or stay apart without moving. */
  readonly rHat: number
}

/**
 * Mean with its standard error over correlated samples.
 *
 *   error^2 = variance · tau / (n - 1),   tau = 1 + 2 sum_t rho(t),  n samples in all
 *
 * Special cases  one sample: error Infinity; equal samples: error 0, tau 1.
 * Errors  ShapeError, NonFinite { chain, sample }.
 */
export const estimate = (chains: Chains): Estimate => {
  checkChains('estimate', chains)
  const n = chains.length * chains[0]!.length
  const { tau, reliable } = autocorrelationTime(chains)
  const squares = squaredDeviation(chains)
  return {
    mean: meanOf(chains),
    variance: squares / n,
    standardError: n === 1 ? Number.POSITIVE_INFINITY : Math.sqrt((squares / n) * (tau / (n - 1))),
    autocorrelationTime: tau,
    reliable,
    rHat: splitRHat(chains),
  }
}

/** Standard error of the mean, see `estimate`. */
export const standardError = (chains: Chains): number => estimate(chains).standardError

/**
 * Split R-hat: do the halves of all chains agree? 1 when they do; above about 1.01 sample longer.
 *
 *   W = mean of the variances within halves,  B/n = variance of the means of halves
 *   R-hat = sqrt(((n-1)/n W + B/n) / W)                      over halves of n samples
 *
 * Special cases  chains of fewer than 4 samples: Infinity, nothing is shown; all samples equal: 1;
 *                each half constant, halves different: Infinity. An odd number leaves the middle.
 * Errors  ShapeError, NonFinite.
 * Source  Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), section 11.4; Vehtari, Gelman,
 *         Simpson, Carpenter, Bürkner, Bayesian Analysis 16, 667 (2021), eqs. (1)-(4).
 */
export const splitRHat = (chains: Chains): number => {
  checkChains('splitRHat', chains)
  const half = Math.floor(chains[0]!.length / 2)
  if (half < 2) return Number.POSITIVE_INFINITY
  const means = new Float64Array(2 * chains.length)
  let squares = 0
  for (let h = 0; h < means.length; h++) {
    const chain = chains[h >> 1]!
    const from = h % 2 === 0 ? 0 : chain.length - half
    const mean = meanWithin(chain, from, from + half)
    for (let t = from; t < from + half; t++) squares += (chain[t]! - mean) ** 2
    means[h] = mean
  }
  const within = squares / (means.length * (half - 1))
  const between = squaredDeviation([means]) / (means.length - 1)
  if (between === 0) return 1
  return within === 0 ? Number.POSITIVE_INFINITY : Math.sqrt((half - 1) / half + between / within)
}

/** Complex samples, or a function on all states: real and imaginary parts apart. */
export interface ComplexSamples {
  readonly re: ArrayLike<number>
  readonly im: ArrayLike<number>
}

export interface ComplexMoments {
  readonly mean: { readonly re: number; readonly im: number }
  /** Mean of |E - mean|^2. */
  readonly variance: number
}

/**
 * Mean and variance of complex local energies, samples weighted equally or by `weights`.
 *
 *   mean = sum w E / sum w,   variance = sum w |E - mean|^2 / sum w
 *
 * With w = |psi|^2 over a whole sector these are <H> and <H^2> - <H>^2, exactly.
 *
 * Errors  ShapeError; NonFinite { sample }; DomainError for weights below 0 or all 0.
 */
export const complexMoments = (
  { re, im }: ComplexSamples,
  weights?: ArrayLike<number>,
): ComplexMoments => {
  const n = re.length
  if (n === 0 || im.length !== n || (weights !== undefined && weights.length !== n)) {
    fail({
      kind: 'ShapeError',
      where: 'complexMoments',
      what: `${n} real parts, ${im.length} imaginary parts, ${weights?.length ?? n} weights.`,
      fix: 'give each sample one of each, and at least one sample.',
    })
  }
  let total = 0
  let sumRe = 0
  let sumIm = 0
  for (let k = 0; k < n; k++) {
    const w = weights === undefined ? 1 : weights[k]!
    if (!Number.isFinite(re[k]!) || !Number.isFinite(im[k]!) || !Number.isFinite(w)) {
      fail({
        kind: 'NonFinite',
        where: 'complexMoments',
        what: `sample ${k} is ${re[k]} + ${im[k]}i with weight ${w}.`,
        data: { sample: k },
      })
    }
    if (w < 0) {
      fail({ kind: 'DomainError', where: 'complexMoments', what: `weight ${k} is ${w}, below 0.` })
    }
    total += w
    sumRe += w * re[k]!
    sumIm += w * im[k]!
  }
  if (total === 0) {
    fail({ kind: 'DomainError', where: 'complexMoments', what: 'all weights are 0.' })
  }
  const mean = { re: sumRe / total, im: sumIm / total }
  let squares = 0
  for (let k = 0; k < n; k++) {
    const w = weights === undefined ? 1 : weights[k]!
    squares += w * ((re[k]! - mean.re) ** 2 + (im[k]! - mean.im) ** 2)
  }
  return { mean, variance: squares / total }
}

/**
 * V-score N Var(H) / <H>^2: dimensionless distance from an eigenstate, comparable among models.
 *
 * Units   energy and variance of the whole lattice, H with zero mean at infinite temperature.
 * Special cases  0 for a vanishing variance; Infinity for a vanishing energy otherwise.
 * Errors  NonFinite; DomainError for a negative variance or no sites.
 * Source  Wu et al., Science 386, 296 (2024), arXiv:2302.04919.
 */
export const vScore = (energy: number, energyVariance: number, sites: number): number => {
  if (!Number.isFinite(energy) || !Number.isFinite(energyVariance)) {
    fail({
      kind: 'NonFinite',
      where: 'vScore',
      what: `energy ${energy}, variance ${energyVariance}.`,
    })
  }
  if (energyVariance < 0 || !Number.isInteger(sites) || sites < 1) {
    fail({
      kind: 'DomainError',
      where: 'vScore',
      what: `variance ${energyVariance} on ${sites} sites.`,
      fix: 'give a variance of at least 0 and at least 1 site.',
    })
  }
  return energyVariance === 0 ? 0 : (sites * energyVariance) / energy ** 2
}
