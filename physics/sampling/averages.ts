import type { Key } from '../../core/index.ts'
import { fail } from '../../core/values/index.ts'
import {
  type AmplitudeTable,
  allConfigurations,
  basisOf,
  fitsWithin,
  type LogPsi,
  orbits,
  representatives,
  type Sector,
  type SiteSymmetries,
  showSector,
} from '../configurations/index.ts'
import { metropolis, type Sampled, type SamplePlan } from './metropolis.ts'
import type { Move } from './moves.ts'

// Expectation values come from Markov chains, or from a sum over the whole sector (the exact twin).

export interface SampledAverages {
  readonly kind: 'sampled'
  readonly plan: SamplePlan
  readonly chains: number
  /**
   * The number of proposals before the first record, for chains that do not sample this wave
   * function yet.
   */
  readonly burnIn: number
  /** The largest such number, while log |ψ| of the chains still drifts; default `burnIn`. */
  readonly longestBurnIn?: number
  /**
   * Configurations that are evaluated together before sampling: all of a small sector that chains
   * mostly visit.
   */
  readonly prefetch?: Int8Array
}

export interface FullAverages {
  readonly kind: 'full'
  readonly configurations: Int8Array
  /** The number of configurations that each one represents; default one. */
  readonly multiplicity?: Float64Array
}

export type Averages = SampledAverages | FullAverages

/** Larger sectors are not summed over: 4x4 sites have 12,870 states. */
const MOST_STATES = 200_000

const wholeSector = (sector: Sector): Int8Array => allConfigurations(basisOf(sector))

/**
 * Sums over a whole sector, one configuration for each orbit of the symmetries.
 *
 * Errors  SectorError for more than 200,000 states.
 */
export const fullAverages = (sector: Sector, symmetries: SiteSymmetries = []): FullAverages =>
  fitsWithin(sector, MOST_STATES)
    ? {
        kind: 'full',
        ...orbits(representatives(symmetries, sector.sites), wholeSector(sector), sector.sites),
      }
    : fail(
        'SectorError',
        'fullAverages',
        `the ${showSector(sector)} has more than ${MOST_STATES} states.`,
        { fix: 'take samples of it, such as samples: 4096.' },
      )

/** Chains and records of each: 8 where that divides the samples, so that R-hat exists. */
const chainsFor = (samples: number): { readonly chains: number; readonly length: number } => {
  const length = [8, 4].find((n) => samples % n === 0 && samples / n >= 2) ?? 1
  return { chains: samples / length, length }
}

/** Chains that do not sample the wave function yet make so many sweeps at least, and at most. */
const BURN_IN = 20
const LONGEST_BURN_IN = 16 * BURN_IN
/** A sector of at most so many times the samples is evaluated whole: most of it is visited. */
const PREFETCHED = 4

/**
 * Makes samples of |ψ|^power by a move, with a sweep between them, in chains of eight.
 *
 * Errors  DomainError unless the samples are a whole number of at least 1.
 */
export const sampledAverages = (
  sector: Sector,
  move: Move,
  samples: number,
  power = 2,
): SampledAverages => {
  if (!Number.isSafeInteger(samples) || samples < 1)
    return fail('DomainError', 'sampledAverages', `${samples} samples cannot be taken.`, {
      fix: 'a whole number of at least 1, such as 4096.',
    })
  const { sites } = sector
  const { chains, length } = chainsFor(samples)
  return {
    kind: 'sampled',
    chains,
    burnIn: BURN_IN * sites,
    longestBurnIn: LONGEST_BURN_IN * sites,
    ...(fitsWithin(sector, PREFETCHED * samples) ? { prefetch: wholeSector(sector) } : {}),
    plan: { sites, move, length, proposals: sites, power },
  }
}

/** log ψ at fixed parameters, with the table that it fills where there is one. */
export interface CachedLogPsi {
  readonly logPsi: LogPsi
  readonly table?: AmplitudeTable
}

/** Continues chains; `settled` says that they already sample this wave function. */
export const draw =
  ({ plan, burnIn, longestBurnIn = burnIn, prefetch }: SampledAverages, settled: boolean) =>
  ({ logPsi, table }: CachedLogPsi, from: Int8Array, key: Key): Sampled => {
    if (prefetch !== undefined) logPsi(prefetch)
    const first = settled ? 0 : burnIn
    const walk = table === undefined ? {} : { table }
    const longest = settled ? {} : { longestBurnIn }
    const needed: SamplePlan = { ...plan, burnIn: first, settling: burnIn, ...longest, ...walk }
    return metropolis(needed)(logPsi, from, key, prefetch)
  }
