import type { Key } from '../../core/index.ts'
import type { AmplitudeTable, LogPsi } from '../configurations/index.ts'
import { metropolis, type Sampled, type SamplePlan } from './metropolis.ts'

// Where expectation values come from: Markov chains, or the whole sector (the exact twin).

export interface SampledAverages {
  readonly kind: 'sampled'
  readonly plan: SamplePlan
  readonly chains: number
  /** Proposals of chains that do not sample this wave function yet. */
  readonly burnIn: number
  /** Configurations to evaluate together before sampling: a small sector, mostly visited. */
  readonly prefetch?: Int8Array
}

export interface FullAverages {
  readonly kind: 'full'
  readonly configurations: Int8Array
  /** How many configurations of the sector each one stands for; default one. */
  readonly multiplicity?: Float64Array
}

export type Averages = SampledAverages | FullAverages

/** log ψ at some parameters, and the table that it fills where there is one. */
export interface CachedLogPsi {
  readonly logPsi: LogPsi
  readonly table?: AmplitudeTable
}

/** Goes on with chains, `settled` where they sample this wave function already. */
export const draw =
  ({ plan, burnIn, prefetch }: SampledAverages, settled: boolean) =>
  ({ logPsi, table }: CachedLogPsi, from: Int8Array, key: Key): Sampled => {
    if (prefetch !== undefined) logPsi(prefetch)
    const first = settled ? 0 : burnIn
    const walk = table === undefined ? {} : { table }
    const needed: SamplePlan = { ...plan, burnIn: first, settling: burnIn, ...walk }
    return metropolis(needed)(logPsi, from, key, prefetch)
  }
