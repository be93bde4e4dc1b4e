import { either as E } from 'fp-ts'
import type { Evaluations } from '../../physics/evaluations.ts'
import type { Symmetry } from '../stages.ts'
import type { StepRecord } from '../training.ts'

/**
 * The log in NetKet's JSON layout: one history per quantity, `iters` beside the values.
 *
 * As there, iteration k is the energy after k updates, so step n of psigrad is iteration n − 1.
 * Energies are of the whole system. What was not measured is null.
 * Source  https://netket.readthedocs.io, netket.logging.JsonLog and netket.stats.Stats.to_dict.
 */
export interface Log {
  readonly Energy: {
    readonly iters: readonly number[]
    readonly Mean: { readonly real: readonly number[]; readonly imag: readonly number[] }
    readonly Variance: readonly number[]
    readonly Sigma: readonly number[]
    readonly R_hat: readonly (number | null)[]
    readonly TauCorr: readonly (number | null)[]
  }
  readonly acceptance: History<number | null>
  readonly vScore: History<number>
  readonly symmetry?: History<Symmetry>
  /** Of training until the step was done. */
  readonly seconds?: History<number | null>
  /** Evaluations of log ψ: asked for by proposals, samples and bonds, and made. */
  readonly evaluations: { readonly iters: readonly number[] } & {
    readonly [K in keyof Evaluations]: readonly (number | null)[]
  }
}

interface History<A> {
  readonly iters: readonly number[]
  readonly value: readonly A[]
}

export const toLog = (records: readonly StepRecord[]): Log => {
  const iters = records.map((r) => r.step - 1)
  const counts = (name: keyof Evaluations) => records.map((r) => r.evaluations?.[name] ?? null)
  return {
    Energy: {
      iters,
      Mean: { real: records.map((r) => r.energy), imag: records.map((r) => r.energyImag) },
      Variance: records.map((r) => r.variance),
      Sigma: records.map((r) => r.energyError),
      R_hat: records.map((r) => r.rHat),
      TauCorr: records.map((r) => r.autocorrelationTime),
    },
    acceptance: { iters, value: records.map((r) => r.acceptance) },
    vScore: { iters, value: records.map((r) => r.vScore) },
    symmetry: { iters, value: records.map((r) => r.symmetry) },
    seconds: { iters, value: records.map((r) => r.seconds) },
    evaluations: {
      iters,
      proposals: counts('proposals'),
      samples: counts('samples'),
      bonds: counts('bonds'),
      made: counts('made'),
      derivatives: counts('derivatives'),
    },
  }
}

const counted = ['proposals', 'samples', 'bonds', 'made', 'derivatives'] as const

const evaluationsAt = (log: Log['evaluations'] | undefined, i: number): Evaluations | null => {
  const values = counted.map((name) => [name, log?.[name]?.[i]] as const)
  return values.every(([, value]) => typeof value === 'number')
    ? (Object.fromEntries(values) as unknown as Evaluations)
    : null
}

const fromLog = ({
  Energy,
  acceptance,
  vScore,
  symmetry,
  seconds,
  evaluations,
}: Log): readonly StepRecord[] =>
  Energy.iters.map((k, i) => ({
    step: k + 1,
    energy: Energy.Mean.real[i]!,
    energyImag: Energy.Mean.imag[i]!,
    energyError: Energy.Sigma[i] ?? Number.NaN,
    variance: Energy.Variance[i]!,
    vScore: vScore.value[i] ?? Number.NaN,
    acceptance: acceptance.value[i] ?? null,
    rHat: Energy.R_hat[i] ?? null,
    autocorrelationTime: Energy.TauCorr[i] ?? null,
    // Logs of before there were stages.
    symmetry: symmetry?.value[i] ?? 'none',
    evaluations: evaluationsAt(evaluations, i),
    seconds: seconds?.value[i] ?? null,
  }))

const readable = (r: StepRecord, i: number): boolean =>
  r.step === i + 1 && typeof r.energy === 'number' && typeof r.variance === 'number'

/** The records of a log's text, back to step `steps`. Left: why they cannot be read. */
export const readLog = (text: string, steps: number): E.Either<string, readonly StepRecord[]> => {
  const records = E.tryCatch(
    () => fromLog(JSON.parse(text) as Log),
    (error) =>
      `it is not a log in NetKet's layout (${error instanceof Error ? error.message : ''})`,
  )
  if (E.isLeft(records)) return records
  const kept = records.right.slice(0, steps)
  return kept.length === steps && kept.every(readable)
    ? E.right(kept)
    : E.left(`it does not hold every step up to ${steps}`)
}
