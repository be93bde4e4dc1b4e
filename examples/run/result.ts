import type { either as E } from 'fp-ts'
import * as v from 'valibot'
import { addEvaluations, type Evaluations } from '../../physics/index.ts'
import type { StepRecord, Training } from '../session/index.ts'
import type { TrainConfig } from '../settings/index.ts'
import { type FolderProblem, files } from './folder.ts'
import { anyNumber, loadJson } from './json.ts'
import type { Progress } from './unfold.ts'

/** The result of a finished run; energies in units of J. `--json` prints exactly this. */
export interface TrainResult {
  readonly energyPerSite: number
  /** The standard error of energyPerSite; 0 for full sums. */
  readonly energyError: number
  /** Tells whether that error can be trusted; null in old results, as all that they do not have. */
  readonly reliable: boolean | null
  /** The variance of the local energy of the whole system, divided by the number of sites. */
  readonly variancePerSite: number
  /** The standard error of variancePerSite; 0 for full sums. */
  readonly varianceError: number | null
  readonly vScore: number
  readonly vScoreError: number | null
  /** null where the sector is too large. */
  readonly exactPerSite: number | null
  /** |E − E_exact| / |E_exact|; null without an exact energy, or when that is 0. */
  readonly relativeError: number | null
  readonly parameters: number
  readonly steps: number
  /** The number of steps taken back; null in runs that take none back, and in old results. */
  readonly refusals: number | null
  /** The seconds of training, over all its sessions. */
  readonly seconds: number
  readonly acceptance: number | null
  /** Infinity where the chains are too short, or stand still, each elsewhere. */
  readonly rHat: number | null
  /** Stationary chains of this number and length exceed this R-hat in one of a hundred cases. */
  readonly rHatLimit: number | null
  /** 1 for independent samples. */
  readonly autocorrelationTime: number | null
  /** (Σ w)² / Σ w² of the weights of the samples. */
  readonly effectiveSamples: number | null
  /** The evaluations of all steps together; null when a step did not count them. */
  readonly evaluations: Evaluations | null
  readonly seed: number
  readonly runDir: string
}

/** A finished run, for its report. */
export interface Finished {
  readonly config: TrainConfig
  readonly training: Training
  readonly progress: Progress
  readonly result: TrainResult
  /** The folder of the run from whose parameters this one started, if there is one. */
  readonly from?: string | undefined
  /** Why the run has not ended as it should, for the report of one that failed. */
  readonly failed?: string
}

/** Old results have null for what is infinite. */
const orInfinite = v.pipe(
  v.nullable(anyNumber),
  v.transform((x) => x ?? Number.POSITIVE_INFINITY),
)
/** Old results do not have it. */
const added = v.optional(v.nullable(anyNumber), null)
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** Old results have no evaluations. */
const evaluations = v.optional(
  v.pipe(
    v.nullable(
      v.object({
        proposals: count,
        samples: count,
        bonds: count,
        made: count,
        derivatives: v.optional(count),
      }),
    ),
    v.transform((e): Evaluations | null =>
      e?.derivatives === undefined ? null : { ...e, derivatives: e.derivatives },
    ),
  ),
  null,
)

/** The schema of `result.json`. */
export const resultSchema: v.GenericSchema<unknown, TrainResult> = v.object({
  energyPerSite: v.number(),
  energyError: orInfinite,
  reliable: v.optional(v.nullable(v.boolean()), null),
  variancePerSite: v.number(),
  varianceError: added,
  vScore: orInfinite,
  vScoreError: added,
  exactPerSite: v.nullable(v.number()),
  relativeError: v.nullable(v.number()),
  parameters: count,
  steps: count,
  refusals: v.optional(v.nullable(count), null),
  seconds: v.pipe(v.number(), v.minValue(0)),
  acceptance: v.nullable(v.number()),
  rHat: v.nullable(anyNumber),
  rHatLimit: added,
  autocorrelationTime: added,
  effectiveSamples: added,
  evaluations,
  seed: v.pipe(v.number(), v.safeInteger()),
  runDir: v.string(),
})

/** The result in the folder of a run; undefined where the run is not finished. */
export const loadResult = (folder: string): E.Either<FolderProblem, TrainResult | undefined> =>
  loadJson(folder, files.result, resultSchema, 'remove it: the run then measures its energy again.')

export const relativeErrorOf = (energy: number, exact: number | null): number | null =>
  exact === null || exact === 0 ? null : Math.abs((energy - exact) / exact)

const evaluationsOf = (records: readonly StepRecord[]): Evaluations | null =>
  records
    .map((r) => r.evaluations)
    .reduce((sum, e) => (sum === null || e === null ? null : addEvaluations(sum, e)))

export const resultOf = (
  { sites, parameters }: Pick<Training, 'sites' | 'parameters'>,
  { seed }: TrainConfig,
  { state, seconds, records }: Progress,
  final: StepRecord,
  exact: number | null,
  runDir: string,
): TrainResult => ({
  energyPerSite: final.energy / sites,
  energyError: final.energyError / sites,
  reliable: final.reliable,
  variancePerSite: final.variance / sites,
  varianceError: final.varianceError === null ? null : final.varianceError / sites,
  vScore: final.vScore,
  vScoreError: final.vScoreError,
  exactPerSite: exact === null ? null : exact / sites,
  relativeError: relativeErrorOf(final.energy, exact),
  parameters,
  steps: state.step,
  refusals: state.trust?.refusals ?? null,
  seconds,
  acceptance: final.acceptance,
  rHat: final.rHat,
  rHatLimit: final.rHatLimit,
  autocorrelationTime: final.autocorrelationTime,
  effectiveSamples: final.effectiveSamples,
  evaluations: records.length === 0 ? null : evaluationsOf(records),
  seed,
  runDir,
})
