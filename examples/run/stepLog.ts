import { either as E } from 'fp-ts'
import * as v from 'valibot'
import type { Evaluations } from '../../physics/index.ts'
import type { StepRecord } from '../session/index.ts'
import { type Symmetry, symmetries } from '../settings/index.ts'
import { readJson } from './json.ts'

/**
 * The log has NetKet's JSON layout: one history per quantity, with `iters` beside the values.
 *
 * As in NetKet, iteration k is the energy after k updates, so step n of psigrad is iteration n − 1.
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
  /** The number of steps taken back until then; null where none are. */
  readonly refusals?: History<number | null>
  /** The seconds of training until the step was done. */
  readonly seconds?: History<number | null>
  /**
   * The evaluations of log ψ: those requested by proposals, samples and bonds, and those computed.
   */
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
    refusals: { iters, value: records.map((r) => r.refusals) },
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

const numbers = v.array(v.number())
/** A quantity that was not measured, or is not finite, is null. */
const measured = v.array(v.nullable(v.number()))

const logSchema = v.object({
  Energy: v.object({
    iters: numbers,
    Mean: v.object({ real: numbers, imag: measured }),
    Variance: numbers,
    Sigma: measured,
    R_hat: measured,
    TauCorr: measured,
  }),
  acceptance: v.object({ iters: numbers, value: measured }),
  vScore: v.object({ iters: numbers, value: measured }),
  symmetry: v.optional(v.object({ iters: numbers, value: v.array(v.picklist(symmetries)) })),
  refusals: v.optional(v.object({ iters: numbers, value: measured })),
  seconds: v.optional(v.object({ iters: numbers, value: measured })),
  evaluations: v.optional(
    v.looseObject({
      iters: numbers,
      proposals: v.optional(measured),
      samples: v.optional(measured),
      bonds: v.optional(measured),
      made: v.optional(measured),
      derivatives: v.optional(measured),
    }),
  ),
})

/** A log as it is read; old logs lack quantities that were not written then. */
type ReadLog = v.InferOutput<typeof logSchema>

const counted = ['proposals', 'samples', 'bonds', 'made', 'derivatives'] as const

const evaluationsAt = (log: ReadLog['evaluations'], i: number): Evaluations | null => {
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
  refusals,
  seconds,
  evaluations,
}: ReadLog): readonly StepRecord[] =>
  Energy.iters.map((k, i) => ({
    step: k + 1,
    energy: Energy.Mean.real[i]!,
    energyImag: Energy.Mean.imag[i] ?? Number.NaN,
    energyError: Energy.Sigma[i] ?? Number.NaN,
    variance: Energy.Variance[i]!,
    vScore: vScore.value[i] ?? Number.NaN,
    acceptance: acceptance.value[i] ?? null,
    rHat: Energy.R_hat[i] ?? null,
    autocorrelationTime: Energy.TauCorr[i] ?? null,
    // Logs written before there were stages have none.
    symmetry: symmetry?.value[i] ?? 'none',
    refusals: refusals?.value[i] ?? null,
    evaluations: evaluationsAt(evaluations, i),
    seconds: seconds?.value[i] ?? null,
  }))

const readable = (r: StepRecord, i: number): boolean =>
  r.step === i + 1 && typeof r.energy === 'number' && typeof r.variance === 'number'

/** Returns the number of steps in the text of a log. Left: why it cannot be read. */
export const stepsIn = (text: string): E.Either<string, number> =>
  E.map((log: ReadLog) => log.Energy.iters.length)(readJson(logSchema)(text))

/** Returns the records of a log's text up to step `steps`. Left: why they cannot be read. */
export const readLog = (text: string, steps: number): E.Either<string, readonly StepRecord[]> => {
  const log = readJson(logSchema)(text)
  if (E.isLeft(log)) return log
  const kept = fromLog(log.right).slice(0, steps)
  return kept.length === steps && kept.every(readable)
    ? E.right(kept)
    : E.left(`it does not hold every step up to ${steps}`)
}
