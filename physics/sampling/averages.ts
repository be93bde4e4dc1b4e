import type { Key } from '../../core/index.ts'
import type { AmplitudeTable, LogPsi } from '../configurations/index.ts'
import { metropolis, type Sampled, type SamplePlan } from './metropolis.ts'

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

/** log ψ at fixed parameters, with the table that it fills where there is one. */
export interface CachedLogPsi {
  readonly logPsi: LogPsi
  readonly table?: AmplitudeTable
}

/** Continues chains; `settled` says that they already sample this wave function. */
export const draw =
  ({ plan, burnIn, prefetch }: SampledAverages, settled: boolean) =>
  ({ logPsi, table }: CachedLogPsi, from: Int8Array, key: Key): Sampled => {
    if (prefetch !== undefined) logPsi(prefetch)
    const first = settled ? 0 : burnIn
    const walk = table === undefined ? {} : { table }
    const needed: SamplePlan = { ...plan, burnIn: first, settling: burnIn, ...walk }
    return metropolis(needed)(logPsi, from, key, prefetch)
  }
