import { fail } from '../core/errors.ts'
import { fillWords, foldIn, type Key, uniforms } from '../core/random.ts'
import type { LogPsi } from './amplitudes.ts'
import type { Bond } from './bonds.ts'
import { bitsOf, spinsOf } from './places.ts'
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

/** All chains at once: one proposal each, and where they stand. */
interface Walkers {
  /** One proposal for each chain, from two random words each. */
  readonly propose: (words: Uint32Array) => void
  readonly write: (chain: number, out: Int8Array, offset: number) => void
  readonly tried: () => number
  readonly accepted: () => number
}

const UNIT_32 = 2 ** -32
/** The set of sites that chain c proposes to move, and its number to accept by. */
const chosen = (words: Uint32Array, c: number, sets: number): number =>
  Math.floor(words[2 * c]! * UNIT_32 * sets)
const draw = (words: Uint32Array, c: number): number => words[2 * c + 1]! * UNIT_32

/** Chains as rows of spins, for any number of sites. */
const rowWalkers = (sites: number, move: Move, logPsi: LogPsi, start: Int8Array): Walkers => {
  const count = start.length / sites
  const sets = move.sites.length / 2
  const chains = start.slice()
  const logAmplitude = logPsi(chains).re
  const proposed = new Int8Array(start.length)
  const movers = new Int32Array(count)
  let [tried, accepted] = [0, 0]
  return {
    propose: (words) => {
      let moving = 0
      for (let c = 0; c < count; c += 1) {
        const set = chosen(words, c, sets)
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
        if (!(draw(words, c) < ratio)) continue
        accepted += 1
        logAmplitude[c] = next[m]!
        for (let i = 0; i < sites; i += 1) chains[c * sites + i] = proposed[m * sites + i]!
      }
    },
    write: (c, out, offset) => {
      for (let i = 0; i < sites; i += 1) out[offset + i] = chains[c * sites + i]!
    },
    tried: () => tried,
    accepted: () => accepted,
  }
}

/** Chains as bits, on few sites: what is known already is one look into a table. */
const bitWalkers = (
  sites: number,
  move: Move,
  logPsi: LogPsi,
  known: Float64Array,
  start: Int8Array,
): Walkers => {
  const count = start.length / sites
  const sets = move.sites.length / 2
  const bit = (site: number): number => (site < 0 ? 0 : 1 << (sites - 1 - site))
  const first = Int32Array.from({ length: sets }, (_, s) => bit(move.sites[2 * s]!))
  const second = Int32Array.from({ length: sets }, (_, s) => bit(move.sites[2 * s + 1]!))
  logPsi(start)
  const chains = Int32Array.from({ length: count }, (_, c) => bitsOf(start, c * sites, sites))
  // Proposals to what is not known yet wait for the end of the round: chains are independent.
  const waiting = new Int32Array(count)
  const unknown = new Int32Array(count)
  let [tried, accepted] = [0, 0]
  const learn = (bits: Int32Array): void => {
    const fresh = new Int8Array(bits.length * sites)
    for (let k = 0; k < bits.length; k += 1) spinsOf(bits[k]!, sites, fresh, k * sites)
    logPsi(fresh)
  }
  const accepts = (rise: number, words: Uint32Array, c: number): boolean =>
    // Where |ψ| grows the ratio is at least 1.
    rise >= 0 || draw(words, c) < Math.exp(2 * rise)
  return {
    propose: (words) => {
      let late = 0
      let taken = 0
      for (let c = 0; c < count; c += 1) {
        const set = chosen(words, c, sets)
        const a = first[set]!
        const b = second[set]!
        const spins = chains[c]!
        if (b !== 0 && ((spins & a) === 0) === ((spins & b) === 0)) continue
        const next = spins ^ (a | b)
        tried += 1
        const rise = known[next]! - known[spins]!
        if (accepts(rise, words, c)) {
          taken += 1
          chains[c] = next
        } else if (Number.isNaN(rise) && Number.isNaN(known[next]!)) {
          waiting[late] = c
          unknown[late] = next
          late += 1
        }
      }
      if (late > 0) learn(unknown.subarray(0, late))
      for (let k = 0; k < late; k += 1) {
        const c = waiting[k]!
        const next = unknown[k]!
        if (!accepts(known[next]! - known[chains[c]!]!, words, c)) continue
        taken += 1
        chains[c] = next
      }
      accepted += taken
    },
    write: (c, out, offset) => {
      spinsOf(chains[c]!, sites, out, offset)
    },
    tried: () => tried,
    accepted: () => accepted,
  }
}

/**
 * Metropolis sampling of |psi|^2 by many chains side by side.
 *
 *   propose sigma' by the move (symmetric), accept with min(1, |psi(sigma')/psi(sigma)|^2)
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
  ({ sites, move, length, proposals, burnIn = 0 }: SamplePlan) =>
  (logPsi: LogPsi, start: Int8Array, key: Key): Sampled => {
    checkMove(move, fullSpace(sites))
    const count = start.length / sites
    const walkers =
      logPsi.known === undefined
        ? rowWalkers(sites, move, logPsi, start)
        : bitWalkers(sites, move, logPsi, logPsi.known, start)
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
