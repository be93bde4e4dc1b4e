import { type AmplitudeTable, bitsOf, type LogPsi, spinsOf } from '../configurations/index.ts'
import type { Move } from './moves.ts'
import type { Supported } from './support.ts'
import { chosen, draw, ratioOf, type Walkers } from './walkers.ts'

/** Weights outside these bounds have lost digits, and logarithms are used instead. */
const FAINT = 2 ** -960
const BRIGHT = 2 ** 960

/** Chains as bits, with the arrays that a round of proposals reads and writes. */
interface BitChains {
  /** The sets of sites as bits; `second` is 0 for a single site. */
  readonly first: Int32Array
  readonly second: Int32Array
  /** |psi|^p divided by the largest at the start; NaN where it was not computed yet. */
  readonly weight: Float64Array
  readonly chains: Int32Array
  /** The chains whose proposals wait, and the configurations that they propose. */
  readonly waiting: Int32Array
  readonly unknown: Int32Array
}

/**
 * Makes one proposal for each chain. The loop has almost no branches, because the processor would
 * predict half of them wrong. Proposals that the table of weights cannot decide wait.
 */
const round = (
  { first, second, weight, chains, waiting, unknown }: BitChains,
  words: Uint32Array,
): { readonly tried: number; readonly accepted: number; readonly late: number } => {
  const sets = first.length
  let tried = 0
  let accepted = 0
  let late = 0
  for (let c = 0; c < chains.length; c += 1) {
    const set = chosen(words, c, sets)
    const spins = chains[c]!
    const pair = first[set]! | second[set]!
    const up = spins & pair
    const moving = (Number(up !== 0) & Number(up !== pair)) | Number(second[set] === 0)
    const next = spins ^ (pair & -moving)
    const held = weight[spins]!
    const offered = weight[next]!
    tried += moving
    if (Number.isNaN(offered) || !(held > FAINT && held < BRIGHT)) {
      waiting[late] = c
      unknown[late] = next
      late += moving
      continue
    }
    const yes = moving & Number(draw(words, c) * held < offered)
    accepted += yes
    chains[c] = spins ^ (pair & -yes)
  }
  return { tried, accepted, late }
}

/**
 * Returns the chains as bits, for few sites: |psi|^p of a known configuration is one look-up in a
 * table.
 */
export const bitWalkers = (
  sites: number,
  move: Move,
  logPsi: LogPsi,
  table: AmplitudeTable,
  power: number,
  { chains: start }: Supported,
): Walkers => {
  const count = start.length / sites
  const sets = move.sites.length / 2
  const bit = (site: number): number => (site < 0 ? 0 : 1 << (sites - 1 - site))
  const first = Int32Array.from({ length: sets }, (_, s) => bit(move.sites[2 * s]!))
  const second = Int32Array.from({ length: sets }, (_, s) => bit(move.sites[2 * s + 1]!))
  const chains = Int32Array.from({ length: count }, (_, c) => bitsOf(start, c * sites, sites))
  const top = chains.reduce((most, spins) => Math.max(most, table[spins]!), -Infinity)
  /** |psi|^p divided by the largest at the start; NaN where it was not computed yet. */
  const weight = new Float64Array(table.length).fill(Number.NaN)
  const weigh = (spins: number): void => {
    weight[spins] = Math.exp(power * (table[spins]! - top))
  }
  for (let spins = 0; spins < table.length; spins += 1)
    if (!Number.isNaN(table[spins]!)) weigh(spins)
  // Proposals to configurations not computed yet wait for the end of the round, since chains are
  // independent.
  const waiting = new Int32Array(count)
  const unknown = new Int32Array(count)
  const state = { first, second, weight, chains, waiting, unknown }
  let [tried, accepted] = [0, 0]
  const learn = (bits: Int32Array): void => {
    const fresh = new Int8Array(bits.length * sites)
    for (let k = 0; k < bits.length; k += 1) spinsOf(bits[k]!, sites, fresh, k * sites)
    logPsi(fresh)
    bits.forEach(weigh)
  }
  const accepts = (spins: number, next: number, u: number): boolean => {
    const held = weight[spins]!
    return held > FAINT && held < BRIGHT
      ? u * held < weight[next]!
      : u < ratioOf(table[next]!, table[spins]!, power)
  }
  return {
    propose: (words) => {
      const { tried: moves, accepted: taken, late } = round(state, words)
      if (late > 0) learn(unknown.subarray(0, late))
      for (let k = 0; k < late; k += 1) {
        const c = waiting[k]!
        const next = unknown[k]!
        if (!accepts(chains[c]!, next, draw(words, c))) continue
        accepted += 1
        chains[c] = next
      }
      tried += moves
      accepted += taken
    },
    write: (c, out, offset) => {
      spinsOf(chains[c]!, sites, out, offset)
    },
    logAmplitude: (c) => table[chains[c]!]!,
    tried: () => tried,
    accepted: () => accepted,
  }
}
