import { fail } from '../core/errors.ts'
import { foldIn, type Key, uniforms } from '../core/random.ts'
import type { LogPsi } from './amplitudes.ts'
import type { Bond } from './bonds.ts'
import { fullSpace, randomConfiguration, type Sector } from './sector.ts'

/**
 * What a proposal may do: one of these sets of sites is drawn, each equally likely, and its spins
 * turn over. A pair moves only if its spins are antiparallel, so that S^z_tot stays.
 */
export interface Move {
  readonly name: string
  /** Flat pairs [a, b, a, b, …]; b = −1 for a single site. */
  readonly sites: Int32Array
  readonly conservesSz: boolean
}

/** Exchange two antiparallel spins of a random bond; keeps S^z_tot. */
export const bondExchange = (bonds: readonly Bond[]): Move => ({
  name: 'bondExchange',
  sites: Int32Array.from(bonds.flat()),
  conservesSz: true,
})

/** Turn over one random spin; for the full space. */
export const spinFlip = (sites: number): Move => ({
  name: 'spinFlip',
  sites: Int32Array.from({ length: 2 * sites }, (_, i) => (i % 2 === 0 ? i / 2 : -1)),
  conservesSz: false,
})

/** Errors  SectorError when the move leaves the sector; LatticeError when it has no sites. */
export const checkMove = (move: Move, sector: Sector): void => {
  if (sector.up !== undefined && !move.conservesSz)
    fail({
      kind: 'SectorError',
      where: 'metropolis',
      what: `${move.name} changes S^z, the sector is fixed at ${sector.up} up spins.`,
      fix: 'use bondExchange, or sample the full space.',
    })
  if (move.sites.length === 0)
    fail({ kind: 'LatticeError', where: 'metropolis', what: `${move.name} has no sites to move.` })
}

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
}

/**
 * Metropolis sampling of |psi|^2 by many chains side by side.
 *
 *   propose sigma' by the move (symmetric), accept with min(1, |psi(sigma')/psi(sigma)|^2)
 *
 * Every chain draws from its own counter-based stream, so results depend on the key alone. Pairs
 * of parallel spins are never evaluated: exchanging them changes nothing.
 *
 * Shapes  chains [chains, sites], flat, ±1.
 * Errors  LatticeError when the move has nothing to propose.
 * Source  Metropolis et al., J. Chem. Phys. 21, 1087 (1953).
 */
export const metropolis =
  ({ sites, move, length, proposals, burnIn = 0 }: SamplePlan) =>
  (logPsi: LogPsi, start: Int8Array, key: Key): Sampled => {
    checkMove(move, fullSpace(sites))
    const count = start.length / sites
    const chains = start.slice()
    const logAmplitude = logPsi(chains).re
    const recorded = new Int8Array(count * length * sites)
    const sets = move.sites.length / 2
    const proposed = new Int8Array(start.length)
    const movers = new Int32Array(count)
    let tried = 0
    let accepted = 0
    const propose = (round: number): void => {
      const u = uniforms(foldIn(key, round), 2 * count)
      let moving = 0
      for (let c = 0; c < count; c += 1) {
        const set = Math.floor(u[2 * c]! * sets)
        const a = c * sites + move.sites[2 * set]!
        const second = move.sites[2 * set + 1]!
        const b = second < 0 ? -1 : c * sites + second
        if (b >= 0 && chains[a] === chains[b]) continue
        const row = moving * sites
        for (let i = 0; i < sites; i += 1) proposed[row + i] = chains[c * sites + i]!
        proposed[row + a - c * sites]! *= -1
        if (b >= 0) proposed[row + b - c * sites]! *= -1
        movers[moving] = c
        moving += 1
      }
      if (moving === 0) return
      const next = logPsi(proposed.slice(0, moving * sites)).re
      tried += moving
      for (let m = 0; m < moving; m += 1) {
        const c = movers[m]!
        const ratio = Math.exp(2 * (next[m]! - logAmplitude[c]!))
        if (!(u[2 * c + 1]! < ratio)) continue
        accepted += 1
        logAmplitude[c] = next[m]!
        for (let i = 0; i < sites; i += 1) chains[c * sites + i] = proposed[m * sites + i]!
      }
    }
    for (let round = 0; round < burnIn; round += 1) propose(round)
    for (let k = 0; k < length; k += 1) {
      for (let p = 0; p < proposals; p += 1) propose(burnIn + k * proposals + p)
      for (let c = 0; c < count; c += 1)
        recorded.set(chains.subarray(c * sites, (c + 1) * sites), (c * length + k) * sites)
    }
    return {
      configurations: recorded,
      chains,
      acceptance: tried === 0 ? 0 : accepted / tried,
    }
  }

/**
 * The chain's exact transition matrix on a list of configurations: row-major [K, K],
 *
 *   T(σ → σ') = (share of proposals σ → σ') · min(1, |ψ(σ')/ψ(σ)|²),  the rest stays.
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
      const ratio = Math.exp(2 * (amplitude[to]! - amplitude[k]!))
      const rate = ratio > 0 ? Math.min(1, ratio) : 0
      out[k * count + to]! += rate / sets
      out[k * count + k]! += (1 - rate) / sets
    }
  return out
}
