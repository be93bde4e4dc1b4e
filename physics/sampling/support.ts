import { fail, fillWords, foldIn, type Key, split, threefry2x32 } from '../../core/values/index.ts'
import type { LogPsi } from '../configurations/index.ts'
import type { Move } from './moves.ts'
import { chosen } from './walkers.ts'

// A Markov chain samples |ψ|^p only where ψ ≠ 0, so chains at a zero of ψ are moved away first.

/** The largest number of values of log ψ computed in the search for ψ ≠ 0. */
const TRIES = 2 ** 18
/** The largest number of steps of one chain when other chains have found ψ ≠ 0. */
const WALK = 2 ** 12

/** Chains that are all at configurations with ψ ≠ 0. */
export interface Supported {
  /** [chains, sites], flat */
  readonly chains: Int8Array
  /** log |ψ| of their configurations: [chains] */
  readonly logAmplitude: Float64Array
  /** The number of chains that had to leave a zero of ψ. */
  readonly moved: number
  /** The number of values of log ψ computed in the search. */
  readonly requested: number
}

const isZero = (logAmplitude: number): boolean => logAmplitude === Number.NEGATIVE_INFINITY

/** Throws the error of a wave function that is 0 at every configuration that was tried. */
export const failVanishing = (where: string, what: string): never =>
  fail('DomainError', where, `the wave function vanishes: log |ψ| = −∞ ${what}.`, {
    fix:
      'a sector of symmetry that the wave function has a part in, other signs, other parameters, ' +
      'or chains that start where ψ ≠ 0.',
    data: { vanishing: true },
  })

interface Search {
  readonly chains: Int8Array
  readonly logAmplitude: Float64Array
  /** The indices of the chains at zeros. */
  readonly lost: readonly number[]
}

/**
 * Moves each lost chain to a configuration with ψ ≠ 0, drawn uniformly from a list. Returns false
 * if there is none.
 */
const placed = (
  { chains, logAmplitude, lost }: Search,
  { of, re }: { readonly of: Int8Array; readonly re: Float64Array },
  sites: number,
  key: Key,
): boolean => {
  const alive = [...re.keys()].filter((k) => !isZero(re[k]!))
  if (alive.length === 0) return false
  const words = new Uint32Array(2 * lost.length)
  fillWords(key, words)
  for (const [n, c] of lost.entries()) {
    const k = alive[chosen(words, n, alive.length)]!
    chains.set(of.subarray(k * sites, (k + 1) * sites), c * sites)
    logAmplitude[c] = re[k]!
  }
  return true
}

/**
 * Moves each lost chain, accepting every proposal, until ψ ≠ 0. Returns the chains still at a zero.
 */
const walked = (
  { chains, logAmplitude, lost: first }: Search,
  { sites: sets }: Move,
  sites: number,
  logPsi: LogPsi,
  key: Key,
): { readonly lost: readonly number[]; readonly requested: number } => {
  // Each chain has its own random numbers, so its path does not depend on the other chains.
  const keys = Array.from(logAmplitude, (_, c) => foldIn(key, c))
  let lost = first
  let requested = 0
  const goesOn = (round: number): boolean =>
    lost.length > 0 &&
    requested + lost.length <= TRIES &&
    (round < WALK || lost.length === logAmplitude.length)
  for (let round = 0; goesOn(round); round += 1) {
    const proposed = new Int8Array(lost.length * sites)
    for (const [n, c] of lost.entries()) {
      const words = threefry2x32(keys[c]!, round, 0)
      const set = chosen(words, 0, sets.length / 2)
      const [a, b] = [sets[2 * set]!, sets[2 * set + 1]!]
      const sigma = chains.subarray(c * sites, (c + 1) * sites)
      if (b < 0 || sigma[a] !== sigma[b]) {
        sigma[a]! *= -1
        if (b >= 0) sigma[b]! *= -1
      }
      proposed.set(sigma, n * sites)
    }
    const { re } = logPsi(proposed)
    requested += lost.length
    for (const [n, c] of lost.entries()) logAmplitude[c] = re[n]!
    lost = lost.filter((c) => isZero(logAmplitude[c]!))
  }
  return { lost, requested }
}

/**
 * Returns chains that are all at configurations with ψ ≠ 0. Chains that are there already stay;
 * each of the others searches for such a configuration.
 *
 * Where all configurations are given, one with ψ ≠ 0 is drawn. Otherwise the chain walks through
 * the zeros by its own moves. If it has not met ψ ≠ 0 after 2^18 values of log ψ of all chains, it
 * takes the configuration of a chain that has.
 *
 * Shapes  start [chains, sites], flat; everywhere [configurations, sites], flat.
 * Laws    chains that start at ψ ≠ 0 are returned unchanged, to the bit.
 * Errors  DomainError when ψ = 0 on all configurations that were tried.
 */
export const onSupport = (
  move: Move,
  sites: number,
  logPsi: LogPsi,
  start: Int8Array,
  key: Key,
  everywhere?: Int8Array,
): Supported => {
  const chains = start.slice()
  const logAmplitude = logPsi(start).re.slice()
  const lost = [...logAmplitude.keys()].filter((c) => isZero(logAmplitude[c]!))
  const moved = lost.length
  if (moved === 0) return { chains, logAmplitude, moved, requested: 0 }
  const [walkKey, placeKey] = split(key) as [Key, Key]
  if (everywhere !== undefined) {
    const { re } = logPsi(everywhere)
    if (!placed({ chains, logAmplitude, lost }, { of: everywhere, re }, sites, placeKey))
      failVanishing('metropolis', `on all ${re.length} configurations`)
    return { chains, logAmplitude, moved, requested: re.length }
  }
  const { lost: left, requested } = walked(
    { chains, logAmplitude, lost },
    move,
    sites,
    logPsi,
    walkKey,
  )
  const others = { of: chains.slice(), re: logAmplitude.slice() }
  if (left.length > 0 && !placed({ chains, logAmplitude, lost: left }, others, sites, placeKey))
    failVanishing(
      'metropolis',
      `on all ${requested + moved} configurations that ${moved} chain(s) walked through`,
    )
  return { chains, logAmplitude, moved, requested }
}
