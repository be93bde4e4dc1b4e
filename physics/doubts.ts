import type { EnergyEstimate } from './energy.ts'

// This file says in words what cannot be relied on in an energy.

/** The parts of an estimate that can be doubted; null where they are not known. */
export type Doubtful = Pick<EnergyEstimate, 'acceptance' | 'rHat' | 'rHatLimit'> & {
  readonly reliable: boolean | null
  readonly effectiveSamples: number | null
}

export interface Doubt {
  readonly about: 'error' | 'agreement' | 'weights'
  readonly text: string
}

/** Tests whether R-hat is one that stationary chains have; null where it is not known. */
export const chainsAgree = ({ rHat, rHatLimit }: Doubtful): boolean | null =>
  rHat === null || rHatLimit === null ? null : Number.isFinite(rHat) && rHat <= rHatLimit

const SHORT_OR_STILL = 'chains are too short, or each stands still'

/** Returns what an R-hat says, in words. */
export const showAgreement = (e: Doubtful): string => {
  const { acceptance, rHat, rHatLimit } = e
  if (rHat === null) return `unknown: ${SHORT_OR_STILL}`
  if (rHat === Number.POSITIVE_INFINITY)
    return `∞: ${acceptance === 0 ? 'no chain moved, each stands where it was' : SHORT_OR_STILL}`
  if (rHatLimit === null) return rHat.toFixed(3)
  return chainsAgree(e) === true
    ? `${rHat.toFixed(3)}: the chains agree`
    : `${rHat.toFixed(3)}: the chains disagree, sample longer (stationary ones have at most ` +
        `${rHatLimit.toFixed(3)})`
}

/** Fewer effective samples than this share of all are worth a word. */
const FEW = 0.1

/** Returns what cannot be relied on in an energy from so many samples; nothing for full sums. */
export const doubtsOf = (e: Doubtful, samples?: number): readonly Doubt[] => {
  const doubts: Doubt[] = []
  if (e.reliable === false)
    doubts.push({
      about: 'error',
      text:
        'the error is unreliable: the chains are too few and too short for their autocorrelation ' +
        'time, or were still drifting when burn-in ended',
    })
  if (chainsAgree(e) === false)
    doubts.push({ about: 'agreement', text: `split R-hat ${showAgreement(e)}` })
  if (e.effectiveSamples !== null && samples !== undefined && e.effectiveSamples < FEW * samples)
    doubts.push({
      about: 'weights',
      text:
        `the weights of the samples are very unequal: they count as ${e.effectiveSamples.toFixed(0)} ` +
        `of ${samples}`,
    })
  return doubts
}

/** A distance from the exact energy counts from so many standard errors on. */
const ERRORS = 5

/** The parts of an estimate that tell a ground state from another eigenstate. */
export type Located = Pick<EnergyEstimate, 'energy' | 'energyError' | 'variance'>

/**
 * Tests whether a wave function is nearer to an excited state than to the ground state. Where E is
 * below the middle between the two lowest energies, the variance is at least (E − E₀)(E₁ − E), and
 * that is at least (E − E₀)².
 *
 * Source  Temple, Proc. R. Soc. A 119, 276 (1928).
 */
export const isExcited = ({ energy, energyError, variance }: Located, exact: number): boolean => {
  const above = energy - exact
  const rounding = 1e-6 * Math.abs(exact)
  return above > ERRORS * energyError + rounding && variance < above * above
}
