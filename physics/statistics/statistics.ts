/**
 * This file holds means, errors and convergence measures of Monte Carlo estimates.
 *
 * No result is ever NaN for finite numbers. A quantity that the data cannot determine is Infinity,
 * such as the error of one sample; so is a variance beyond the largest number.
 */
import { fail } from '../../core/values/index.ts'
import { autocorrelationTime } from './autocorrelation.ts'
import {
  type Chains,
  checkChains,
  inUnits,
  meanOf,
  meanWithin,
  squaredDeviation,
  unitOf,
} from './chains.ts'
import { rHatLimit } from './rHatLimit.ts'

export interface Estimate {
  readonly mean: number
  readonly variance: number
  /** Infinity for a single sample. */
  readonly standardError: number
  /** Integrated autocorrelation time in samples, 1 for independent ones. */
  readonly autocorrelationTime: number
  /**
   * Tells whether the standard error can be trusted: the autocorrelation decays within the chains,
   * or there are many chains and their means do not scatter more than the error says.
   */
  readonly reliable: boolean
  /** Infinity when chains are shorter than 4, or constant and different. */
  readonly rHat: number
  /** Stationary chains of this number and length exceed this R-hat in one of a hundred cases. */
  readonly rHatLimit: number
}

/** From so many chains on, the spread of their means tells an error by itself. */
const MANY_CHAINS = 32
/** The spread of means is uncertain; an error that is lower by so many of its errors is too low. */
const SPREADS = 3

/** Tests whether many independent chains have means that scatter no more than an error says. */
const coversMeans = (chains: Chains, error: number): boolean => {
  const count = chains.length
  if (count < MANY_CHAINS) return false
  const means = Float64Array.from(chains, (chain) => meanWithin(chain, 0, chain.length))
  const spread = Math.sqrt(squaredDeviation([means]) / count / (count - 1))
  return error >= spread * (1 - SPREADS / Math.sqrt(2 * (count - 1)))
}

/**
 * Returns the mean with its standard error over correlated samples.
 *
 *   error^2 = variance · tau / (n - 1),   tau = 1 + 2 sum_t rho(t),  n samples in all
 *
 * Special cases  one sample: error Infinity; equal samples: error 0, tau 1.
 * Errors  ShapeError, NonFinite { chain, sample }.
 */
export const estimate = (given: Chains): Estimate => {
  checkChains('estimate', given)
  const { chains, unit } = inUnits(given)
  const n = chains.length * chains[0]!.length
  const { tau, reliable } = autocorrelationTime(chains)
  const squares = squaredDeviation(chains)
  const error = n === 1 ? Number.POSITIVE_INFINITY : Math.sqrt((squares / n) * (tau / (n - 1)))
  return {
    mean: meanOf(chains) * unit,
    variance: (squares / n) * unit * unit,
    standardError: error * unit,
    autocorrelationTime: tau,
    reliable: reliable || coversMeans(chains, error),
    rHat: splitRHat(chains),
    rHatLimit: rHatLimit(chains),
  }
}

/** Returns the standard error of the mean, see `estimate`. */
export const standardError = (chains: Chains): number => estimate(chains).standardError

/**
 * Returns split R-hat, which tells whether the halves of all chains agree. It is near 1 when they
 * do; above `rHatLimit` sample longer.
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
export const splitRHat = (given: Chains): number => {
  checkChains('splitRHat', given)
  const { chains } = inUnits(given)
  const half = Math.floor(chains[0]!.length / 2)
  if (half < 2) return Number.POSITIVE_INFINITY
  const means = new Float64Array(2 * chains.length)
  let squares = 0
  for (let h = 0; h < means.length; h += 1) {
    const chain = chains[h >> 1]!
    const from = h % 2 === 0 ? 0 : chain.length - half
    const mean = meanWithin(chain, from, from + half)
    for (let t = from; t < from + half; t += 1) squares += (chain[t]! - mean) ** 2
    means[h] = mean
  }
  const within = squares / (means.length * (half - 1))
  const between = squaredDeviation([means]) / (means.length - 1)
  if (between === 0) return 1
  return within === 0 ? Number.POSITIVE_INFINITY : Math.sqrt((half - 1) / half + between / within)
}

/** Complex samples, or a complex function on all states; real and imaginary parts are separate. */
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
 * Returns mean and variance of complex local energies, with samples weighted equally or by
 * `weights`.
 *
 *   mean = sum w E / sum w,   variance = sum w |E - mean|^2 / sum w
 *
 * With w = |psi|^2 over a whole sector these are <H> and <H^2> - <H>^2, except for the part of
 * <H^2> from configurations where psi is 0 or nearly 0; `fullSum` includes that part.
 *
 * Special cases  a sample of weight 0 is none, whatever its energy; a variance beyond the largest
 *                number is Infinity.
 * Errors  ShapeError; NonFinite { sample }; DomainError for weights below 0 or all 0.
 */
export const complexMoments = (
  { re, im }: ComplexSamples,
  weights?: ArrayLike<number>,
): ComplexMoments => {
  const n = re.length
  if (n === 0 || im.length !== n || (weights !== undefined && weights.length !== n)) {
    fail(
      'ShapeError',
      'complexMoments',
      `${n} real parts, ${im.length} imaginary parts, ${weights?.length ?? n} weights.`,
      { fix: 'give each sample one of each, and at least one sample.' },
    )
  }
  const { energy: unit, weight: weightUnit } = unitsOf({ re, im }, weights)
  let total = 0
  let sumRe = 0
  let sumIm = 0
  for (let k = 0; k < n; k += 1) {
    const w = weights === undefined ? 1 : weights[k]! / weightUnit
    if (w === 0) continue
    total += w
    sumRe += w * (re[k]! / unit)
    sumIm += w * (im[k]! / unit)
  }
  if (total === 0) {
    fail('DomainError', 'complexMoments', 'all weights are 0.')
  }
  const mean = { re: sumRe / total, im: sumIm / total }
  let squares = 0
  for (let k = 0; k < n; k += 1) {
    const w = weights === undefined ? 1 : weights[k]! / weightUnit
    if (w > 0) squares += w * ((re[k]! / unit - mean.re) ** 2 + (im[k]! / unit - mean.im) ** 2)
  }
  return {
    mean: { re: mean.re * unit, im: mean.im * unit },
    variance: (squares / total) * unit * unit,
  }
}

/**
 * Returns powers of two to divide by, so that no square and no sum overflows, and checks the
 * numbers.
 */
const unitsOf = ({ re, im }: ComplexSamples, weights: ArrayLike<number> | undefined) => {
  let energy = 0
  let weight = 0
  for (let k = 0; k < re.length; k += 1) {
    const w = weights === undefined ? 1 : weights[k]!
    if (w === 0) continue
    if (!Number.isFinite(re[k]!) || !Number.isFinite(im[k]!) || !Number.isFinite(w)) {
      fail('NonFinite', 'complexMoments', `sample ${k} is ${re[k]} + ${im[k]}i with weight ${w}.`, {
        data: { sample: k },
      })
    }
    if (w < 0) {
      fail('DomainError', 'complexMoments', `weight ${k} is ${w}, below 0.`)
    }
    energy = Math.max(energy, Math.abs(re[k]!), Math.abs(im[k]!))
    weight = Math.max(weight, w)
  }
  return { energy: unitOf(energy), weight: unitOf(weight) }
}

/**
 * Returns the V-score N Var(H) / <H>^2: a dimensionless distance from an eigenstate, comparable
 * among models.
 *
 * Units   energy and variance of the whole lattice, H with zero mean at infinite temperature.
 * Special cases  0 for a vanishing variance; Infinity for a vanishing energy otherwise.
 * Errors  NonFinite; DomainError for a negative variance or no sites.
 * Source  Wu et al., Science 386, 296 (2024), arXiv:2302.04919.
 */
export const vScore = (energy: number, energyVariance: number, sites: number): number => {
  if (!Number.isFinite(energy) || !Number.isFinite(energyVariance)) {
    fail('NonFinite', 'vScore', `energy ${energy}, variance ${energyVariance}.`)
  }
  if (energyVariance < 0 || !Number.isInteger(sites) || sites < 1) {
    fail('DomainError', 'vScore', `variance ${energyVariance} on ${sites} sites.`, {
      fix: 'give a variance of at least 0 and at least 1 site.',
    })
  }
  if (energyVariance === 0) return 0
  // The square would leave the range of numbers before the quotient does.
  const unit = unitOf(Math.abs(energy))
  return (sites * (energyVariance / unit / unit)) / (energy / unit) ** 2
}
