import { fail } from '../core/errors.ts'
import { fillWords, foldIn, type Key, uniforms } from '../core/random.ts'
import type { LogPsi } from './amplitudes.ts'
import { bitWalkers } from './bitWalkers.ts'
import { checkMove, type Move } from './moves.ts'
import { rowWalkers } from './rowWalkers.ts'
import { fullSpace, randomConfiguration, type Sector } from './sector.ts'

/** Random starting configurations, one per chain: [chains, sites], flat. */
export const randomChains = (sector: Sector, chains: number, key: Key): Int8Array => {
  const { sites } = sector
  const u = uniforms(key, chains * sites)
  const out = new Int8Array(chains * sites)
  for (let c = 0; c < chains; c += 1) out.set(randomConfiguration(sector, u, c * sites), c * sites)
  return out
}

export interface Sampled {
  /** Recorded configurations, chain after chain: [chains, length, sites], flat. */
  readonly configurations: Int8Array
  /** Where the chains ended: [chains, sites], flat. */
  readonly chains: Int8Array
  /** Accepted share of the proposals that would change the configuration. */
  readonly acceptance: number
}

export interface SamplePlan {
  readonly sites: number
  readonly move: Move
  /** Configurations recorded per chain. */
  readonly length: number
  /** Proposals between two records; a sweep is one per site. */
  readonly proposals: number
  /** Proposals before the first record. */
  readonly burnIn?: number
  /** p of the |psi|^p that is sampled; default 2. */
  readonly power?: number
}

/** p of the |psi|^p that a plan samples: 2 where it does not say. */
export const powerOf = ({ power = 2 }: Pick<SamplePlan, 'power'>): number => power

/**
 * Metropolis sampling of |psi|^p by many chains side by side.
 *
 *   propose sigma' by the move (symmetric), accept with min(1, |psi(sigma')/psi(sigma)|^p)
 *
 * Every proposal has two random words of 32 bits, which follow from the key, the round and the
 * chain alone: one chooses the sites, one accepts. Pairs of parallel spins are never evaluated:
 * exchanging them changes nothing.
 *
 * Shapes  chains [chains, sites], flat, ±1.
 * Errors  LatticeError when the move has nothing to propose.
 * Source  Metropolis et al., J. Chem. Phys. 21, 1087 (1953).
 */
export const metropolis =
  (plan: SamplePlan) =>
  (logPsi: LogPsi, start: Int8Array, key: Key): Sampled => {
    const { sites, move, length, proposals, burnIn = 0 } = plan
    const power = powerOf(plan)
    checkMove(move, fullSpace(sites))
    const count = start.length / sites
    const walkers =
      logPsi.known === undefined
        ? rowWalkers(sites, move, logPsi, power, start)
        : bitWalkers(sites, move, logPsi, logPsi.known, power, start)
    const words = new Uint32Array(2 * count)
    const propose = (round: number): void => {
      fillWords(foldIn(key, round), words)
      walkers.propose(words)
    }
    const recorded = new Int8Array(count * length * sites)
    for (let round = 0; round < burnIn; round += 1) propose(round)
    for (let k = 0; k < length; k += 1) {
      for (let p = 0; p < proposals; p += 1) propose(burnIn + k * proposals + p)
      for (let c = 0; c < count; c += 1) walkers.write(c, recorded, (c * length + k) * sites)
    }
    const chains = new Int8Array(start.length)
    for (let c = 0; c < count; c += 1) walkers.write(c, chains, c * sites)
    const [tried, accepted] = [walkers.tried(), walkers.accepted()]
    return { configurations: recorded, chains, acceptance: tried === 0 ? 0 : accepted / tried }
  }

/**
 * The chain's exact transition matrix on a list of configurations: row-major [K, K],
 *
 *   T(σ → σ') = (share of proposals σ → σ') · min(1, |ψ(σ')/ψ(σ)|^p),  the rest stays.
 *
 * The sampler's exact twin, for small sectors.
 *
 * Special cases  where ψ(σ) = ψ(σ') = 0 the move is refused, as in sampling.
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
        return fail({
          kind: 'SectorError',
          where: 'transitionMatrix',
          what: `${move.name} leads from configuration ${k} out of the list.`,
        })
      const ratio = Math.exp(power * (amplitude[to]! - amplitude[k]!))
      const rate = ratio > 0 ? Math.min(1, ratio) : 0
      out[k * count + to]! += rate / sets
      out[k * count + k]! += (1 - rate) / sets
    }
  return out
}
