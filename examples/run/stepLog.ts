import { either as E } from 'fp-ts'
import * as v from 'valibot'
import type { Evaluations } from '../../physics/index.ts'
import type { StepRecord } from '../session/index.ts'
import { type Symmetry, symmetries } from '../settings/index.ts'
import { anyNumber, readJson } from './json.ts'

/**
 * The log has NetKet's JSON layout: one history per quantity, with `iters` beside the values.
 *
 * As in NetKet, iteration k is the energy after k updates, so step n of psigrad is iteration n − 1.
 * Energies are of the whole system. What was not measured is null; what is infinite is the string
 * "Infinity" in the file. `TauCorr` is NetKet's (τ − 1)/2, with the τ = 1 + 2 Σ ρ of psigrad; logs
 * without `reliable` are older and hold τ itself.
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
  /** Tells whether the errors can be trusted, and what their neighbours are worth. */
  readonly reliable?: History<boolean | null>
  readonly varianceError?: History<number | null>
  readonly vScoreError?: History<number | null>
  readonly rHatLimit?: History<number | null>
  readonly effectiveSamples?: History<number | null>
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

/** NetKet's time t is 0 for independent samples: length · Var(means of chains)/Var = 1 + 2 t. */
const toNetKet = (tau: number | null): number | null => (tau === null ? null : (tau - 1) / 2)
const fromNetKet = (tau: number | null): number | null => (tau === null ? null : 1 + 2 * tau)

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
      TauCorr: records.map((r) => toNetKet(r.autocorrelationTime)),
    },
    acceptance: { iters, value: records.map((r) => r.acceptance) },
    vScore: { iters, value: records.map((r) => r.vScore) },
    reliable: { iters, value: records.map((r) => r.reliable) },
    varianceError: { iters, value: records.map((r) => r.varianceError) },
    vScoreError: { iters, value: records.map((r) => r.vScoreError) },
    rHatLimit: { iters, value: records.map((r) => r.rHatLimit) },
    effectiveSamples: { iters, value: records.map((r) => r.effectiveSamples) },
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
/** A quantity that was not measured is null; so is an infinite one in old logs. */
const measured = v.array(v.nullable(anyNumber))
const history = v.object({ iters: numbers, value: measured })

const logSchema = v.object({
  Energy: v.object({
    iters: numbers,
    Mean: v.object({ real: numbers, imag: measured }),
    Variance: numbers,
    Sigma: measured,
    R_hat: measured,
    TauCorr: measured,
  }),
  acceptance: history,
  vScore: history,
  reliable: v.optional(v.object({ iters: numbers, value: v.array(v.nullable(v.boolean())) })),
  varianceError: v.optional(history),
  vScoreError: v.optional(history),
  rHatLimit: v.optional(history),
  effectiveSamples: v.optional(history),
  symmetry: v.optional(v.object({ iters: numbers, value: v.array(v.picklist(symmetries)) })),
  refusals: v.optional(history),
  seconds: v.optional(history),
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
  ...errors
}: ReadLog): readonly StepRecord[] =>
  Energy.iters.map((k, i) => ({
    step: k + 1,
    energy: Energy.Mean.real[i]!,
    energyImag: Energy.Mean.imag[i] ?? Number.NaN,
    energyError: Energy.Sigma[i] ?? Number.NaN,
    reliable: errors.reliable?.value[i] ?? null,
    variance: Energy.Variance[i]!,
    varianceError: errors.varianceError?.value[i] ?? null,
    vScore: vScore.value[i] ?? Number.NaN,
    vScoreError: errors.vScoreError?.value[i] ?? null,
    acceptance: acceptance.value[i] ?? null,
    rHat: Energy.R_hat[i] ?? null,
    rHatLimit: errors.rHatLimit?.value[i] ?? null,
    autocorrelationTime:
      errors.reliable === undefined
        ? (Energy.TauCorr[i] ?? null)
        : fromNetKet(Energy.TauCorr[i] ?? null),
    effectiveSamples: errors.effectiveSamples?.value[i] ?? null,
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
