import { fail, fillWords, foldIn, type Key, split, uniforms } from '../../core/values/index.ts'
import {
  type AmplitudeTable,
  fullSpace,
  type LogPsi,
  randomConfiguration,
  type Sector,
} from '../configurations/index.ts'
import { bitWalkers } from './bitWalkers.ts'
import { burnInUntilSettled } from './burnIn.ts'
import { checkMove, type Move } from './moves.ts'
import { rowWalkers } from './rowWalkers.ts'
import { onSupport } from './support.ts'
import { ratioOf } from './walkers.ts'

/** Returns random starting configurations, one per chain: [chains, sites], flat. */
export const randomChains = (sector: Sector, chains: number, key: Key): Int8Array => {
  const { sites } = sector
  const u = uniforms(key, chains * sites)
  const out = new Int8Array(chains * sites)
  for (let c = 0; c < chains; c += 1) out.set(randomConfiguration(sector, u, c * sites), c * sites)
  return out
}

export interface Sampled {
  /** The recorded configurations, chain after chain: [chains, length, sites], flat. */
  readonly configurations: Int8Array
  /** The last configurations of the chains: [chains, sites], flat. */
  readonly chains: Int8Array
  /** The accepted fraction of the proposals that would change the configuration. */
  readonly acceptance: number
  /**
   * The number of values of log psi used: starts of chains, searches for psi ≠ 0, and every
   * proposal.
   */
  readonly requested: number
  /** False when the chains still drifted at the end of the longest burn-in. */
  readonly settled: boolean
}

export interface SamplePlan {
  readonly sites: number
  readonly move: Move
  /** The number of configurations recorded per chain. */
  readonly length: number
  /** The number of proposals between two records; a sweep is one per site. */
  readonly proposals: number
  /** The number of proposals before the first record. */
  readonly burnIn?: number
  /** Burn-in goes on to at most this number while log |psi| of the chains drifts. */
  readonly longestBurnIn?: number
  /** The same number where a chain started at psi = 0 and had to move away; default `burnIn`. */
  readonly settling?: number
  /** The power p of the |psi|^p that is sampled; default 2. */
  readonly power?: number
  /**
   * The table that log psi fills. With a table the chains are stored as bits, otherwise as rows of
   * spins. The chains are the same; bits are faster.
   */
  readonly table?: AmplitudeTable
}

/**
 * Returns the power p of the |psi|^p that a plan samples: 2 where the plan gives none.
 *
 * Errors  DomainError for a power that is not a finite number of at least 0.
 */
export const powerOf = ({ power = 2 }: Pick<SamplePlan, 'power'>): number =>
  power >= 0 && power < Number.POSITIVE_INFINITY
    ? power
    : fail('DomainError', 'metropolis', `the power is ${power}; samples of |psi|^p have p >= 0.`, {
        fix: '2, or less to see more of where psi is small.',
      })

/**
 * Samples |psi|^p by the Metropolis algorithm, with many chains in parallel.
 *
 *   propose sigma' by the move (symmetric), accept with min(1, |psi(sigma')/psi(sigma)|^p)
 *
 * Every proposal uses two random words of 32 bits, which depend on the key, the round and the chain
 * alone: one chooses the sites, one decides acceptance. Pairs of parallel spins are never
 * evaluated, because exchanging them changes nothing.
 *
 * Only configurations with psi ≠ 0 can be sampled. Chains that start at psi = 0 move away before
 * the first proposal (see `onSupport`), and no chain returns, so no record has psi = 0.
 * `everywhere`, where it is given, is the whole sector.
 *
 * Shapes  chains [chains, sites], flat, ±1.
 * Special cases  p = 0 samples all psi ≠ 0 alike. Where proposals do not lead from every psi ≠ 0 to
 *                every other, a chain samples what it can reach; R-hat compares the chains.
 * Errors  LatticeError when the move has nothing to propose; DomainError when psi = 0 wherever the
 *         chains looked, or for a power below 0.
 * Source  Metropolis et al., J. Chem. Phys. 21, 1087 (1953).
 */
export const metropolis =
  (plan: SamplePlan) =>
  (logPsi: LogPsi, start: Int8Array, key: Key, everywhere?: Int8Array): Sampled => {
    const { sites, move, length, proposals, table } = plan
    const power = powerOf(plan)
    checkMove(move, fullSpace(sites))
    const count = start.length / sites
    const from = onSupport(move, sites, logPsi, start, split(key)[0]!, everywhere)
    const { burnIn = 0, settling = burnIn } = plan
    const least = from.moved > 0 ? settling : burnIn
    const walkers =
      table === undefined
        ? rowWalkers(sites, move, logPsi, power, from)
        : bitWalkers(sites, move, logPsi, table, power, from)
    const words = new Uint32Array(2 * count)
    const propose = (round: number): void => {
      fillWords(foldIn(key, round), words)
      walkers.propose(words)
    }
    const recorded = new Int8Array(count * length * sites)
    const { rounds: before, over: settled } = burnInUntilSettled(walkers, count, propose, {
      least,
      most: plan.longestBurnIn ?? 0,
      sweep: proposals,
    })
    for (let k = 0; k < length; k += 1) {
      for (let p = 0; p < proposals; p += 1) propose(before + k * proposals + p)
      for (let c = 0; c < count; c += 1) walkers.write(c, recorded, (c * length + k) * sites)
    }
    const chains = new Int8Array(start.length)
    for (let c = 0; c < count; c += 1) walkers.write(c, chains, c * sites)
    const [tried, accepted] = [walkers.tried(), walkers.accepted()]
    return {
      configurations: recorded,
      chains,
      acceptance: tried === 0 ? 0 : accepted / tried,
      requested: count * (1 + before + length * proposals) + from.requested,
      settled,
    }
  }

/**
 * Returns the exact transition matrix of the chain on a list of configurations: row-major [K, K],
 *
 *   T(σ → σ') = (share of proposals σ → σ') · min(1, |ψ(σ')/ψ(σ)|^p),  the rest stays.
 *
 * It is the exact twin of the sampler, for small sectors.
 *
 * Special cases  a chain at a zero of ψ accepts every proposal, as in the search for ψ ≠ 0, and
 *                no chain moves to a zero from elsewhere.
 * Errors         SectorError when the move leads out of the list; LatticeError as above.
 */
export const transitionMatrix = (
  move: Move,
  configurations: Int8Array,
  sites: number,
  logPsi: LogPsi,
  power = 2,
): Float64Array => {
  checkMove(move, fullSpace(sites))
  const count = configurations.length / sites
  const amplitude = logPsi(configurations).re
  const row = (k: number): Int8Array => configurations.subarray(k * sites, (k + 1) * sites)
  const places = new Map(Array.from({ length: count }, (_, k) => [row(k).join(), k] as const))
  const sets = move.sites.length / 2
  const out = new Float64Array(count * count)
  for (let k = 0; k < count; k += 1)
    for (let s = 0; s < sets; s += 1) {
      const [a, b] = [move.sites[2 * s]!, move.sites[2 * s + 1]!]
      const sigma = Int8Array.from(row(k))
      if (b < 0 || sigma[a] !== sigma[b]) {
        sigma[a]! *= -1
        if (b >= 0) sigma[b]! *= -1
      }
      const to = places.get(sigma.join())
      if (to === undefined)
        return fail(
          'SectorError',
          'transitionMatrix',
          `${move.name} leads from configuration ${k} out of the list.`,
        )
      const ratio = ratioOf(amplitude[to]!, amplitude[k]!, power)
      const rate = ratio > 0 ? Math.min(1, ratio) : 0
      out[k * count + to]! += rate / sets
      out[k * count + k]! += (1 - rate) / sets
    }
  return out
}
