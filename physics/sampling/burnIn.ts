import type { Walkers } from './walkers.ts'

// This file decides when burn-in is over: when log |ψ| of the chains drifts no more.

/** The bounds of a burn-in, in rounds of proposals. */
export interface BurnInPlan {
  readonly least: number
  readonly most: number
  /** The number of rounds from one look at the chains to the next. */
  readonly sweep: number
}

export interface BurnIn {
  /** The number of rounds that were made. */
  readonly rounds: number
  /** False when the chains still drifted at the bound. */
  readonly over: boolean
}

/** A drift of so many standard errors is no chance: one in 16,000 of many chains. */
const ERRORS = 4
/** Fewer chains do not tell a drift from chance. */
const FEWEST_CHAINS = 8

/** Tests whether the mean of a change, one for each chain, is beyond its errors. */
export const drifts = (changes: Float64Array): boolean => {
  const count = changes.length
  if (count < FEWEST_CHAINS) return false
  const mean = changes.reduce((sum, d) => sum + d, 0) / count
  const squares = changes.reduce((sum, d) => sum + (d - mean) ** 2, 0)
  return Math.abs(mean) > ERRORS * Math.sqrt(squares / (count - 1) / count)
}

/**
 * Makes rounds of proposals until the chains drift no more, at least `least` and at most `most`.
 * After n rounds, log |ψ| of each chain is averaged over the third and over the last quarter of
 * them. When the mean of their differences is within four standard errors of 0, burn-in is over;
 * else n is doubled. The rule depends on the chains alone, so equal seeds give equal runs.
 *
 * Special cases  fewer than 8 chains, or most <= least: `least` rounds. Chains that do not move do
 *                not drift; R-hat tells about them.
 * Source  Geweke, Bayesian Statistics 4, 169 (1992), who compares parts of one long chain.
 */
export const burnInUntilSettled = (
  walkers: Pick<Walkers, 'logAmplitude'>,
  chains: number,
  propose: (round: number) => void,
  { least, most, sweep }: BurnInPlan,
): BurnIn => {
  let round = 0
  for (let total = least; ; total = Math.min(2 * total, most)) {
    const change = new Float64Array(chains)
    for (; round < total; round += 1) {
      propose(round)
      if (round < total / 2 || (round + 1) % sweep !== 0) continue
      const sign = round < 0.75 * total ? -1 : 1
      for (let c = 0; c < chains; c += 1) change[c]! += sign * walkers.logAmplitude(c)
    }
    if (most <= least || !drifts(change)) return { rounds: total, over: true }
    if (total >= most) return { rounds: total, over: false }
  }
}
