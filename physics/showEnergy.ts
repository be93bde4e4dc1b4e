import { counted, few, rounded, type Shown } from '../core/values/index.ts'
import { doubtsOf, showAgreement } from './doubts.ts'
import type { EnergyEstimate } from './energy.ts'
import { type Evaluations, totalRequests } from './evaluations.ts'
import type { ExactStates } from './exact/index.ts'
import type { Estimate } from './statistics/index.ts'

// Energies as lines and their parts, with words for what cannot be relied on.

/** So many digits, with an exponent where zeros would come first. */
const short = (x: number, digits: number): string =>
  x !== 0 && Math.abs(x) < 1e-3
    ? x.toExponential(digits - 1)
    : String(Number(x.toPrecision(digits)))

/** Digits of a sum without error: fewer than rounding leaves. */
const DIGITS = 8

/** A mean with its error, both to the second digit of the error. */
const showMean = (mean: number, error: number): string => {
  if (!Number.isFinite(error)) return `${rounded(mean)}, error unknown`
  if (error === 0) return short(mean, DIGITS)
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(error)))
  return decimals > DIGITS || Math.abs(mean) > 10 ** DIGITS
    ? `${short(mean, DIGITS)} ± ${short(error, 2)}`
    : `${mean.toFixed(decimals)} ± ${error.toFixed(decimals)}`
}

const showTime = (tau: number): string => `autocorrelation time ${short(tau, 3)} in samples`

/** A positive number with its error where it has one: 0.1 ± 0.02. */
const withError = (x: number, digits: number, error: number): string =>
  error === 0 || !Number.isFinite(error)
    ? short(x, digits)
    : `${short(x, digits)} ± ${short(error, 2)}`

/** An imaginary part beyond so many standard errors is no noise, beyond this share no rounding. */
const ERRORS = 5
const ROUNDING = 1e-9

const imaginary = ({ energy, energyImag, energyError }: EnergyEstimate): readonly string[] =>
  Math.abs(energyImag) > ERRORS * energyError + ROUNDING * Math.abs(energy)
    ? [`imaginary part ${rounded(energyImag)}, beyond noise: is H Hermitian?`]
    : []

/** An energy, how well it is known, and how far it is from an eigenstate's. */
export const shownEnergy = (e: EnergyEstimate): Shown => ({
  line: `energy ${showMean(e.energy, e.energyError)}`,
  parts: [
    `variance ${withError(e.variance, 3, e.varianceError)}, ` +
      `V-score ${withError(e.vScore, 2, e.vScoreError)}`,
    ...imaginary(e),
    ...(e.acceptance === null
      ? ['summed over the whole sector: no error of sampling']
      : [
          e.acceptance === 0
            ? 'no proposal was accepted: the chains stand where they were'
            : `${short(100 * e.acceptance, 3)} % of the proposals were accepted`,
          e.autocorrelationTime === null
            ? 'autocorrelation time unknown'
            : showTime(e.autocorrelationTime),
          `split R-hat ${showAgreement(e)}`,
          ...doubtsOf(e).flatMap(({ about, text }) => (about === 'error' ? [text] : [])),
          ...(e.effectiveSamples === null
            ? []
            : [`the samples count as ${counted(Math.round(e.effectiveSamples), 'equal one')}`]),
        ]),
  ],
})

/** A mean over chains. */
export const shownEstimate = (e: Estimate): Shown => ({
  line: `mean ${showMean(e.mean, e.standardError)}`,
  parts: [
    `variance ${short(e.variance, 3)}`,
    `${showTime(e.autocorrelationTime)}${e.reliable ? '' : ', not reliable: the chains are too short'}`,
    `split R-hat ${showAgreement({ ...e, acceptance: null, effectiveSamples: null })}`,
  ],
})

/** Shows how often log ψ was requested and evaluated in a step. */
export const showEvaluations = (e: Evaluations): string =>
  `log ψ evaluated ${counted(e.made, 'time')} for ${totalRequests(e).toLocaleString('en-US')} asked`

/** Eigenvalues with their residuals. */
export const shownStates = ({ energies, residuals, dimension }: ExactStates): Shown => ({
  line: `${energies.length === 1 ? 'lowest state' : `lowest ${energies.length} states`} of ${dimension.toLocaleString('en-US')}`,
  parts: few(
    energies.length,
    (k) => `energy ${short(energies[k]!, DIGITS)}, residual ${short(residuals[k]!, 2)}`,
  ),
})
