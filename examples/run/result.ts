import type { either as E } from 'fp-ts'
import * as v from 'valibot'
import { addEvaluations, type Evaluations } from '../../physics/index.ts'
import type { StepRecord, Training } from '../session/index.ts'
import type { TrainConfig } from '../settings/index.ts'
import { type FolderProblem, files } from './folder.ts'
import { loadJson } from './json.ts'
import type { Progress } from './unfold.ts'

/** The result of a finished run; energies in units of J. `--json` prints exactly this. */
export interface TrainResult {
  readonly energyPerSite: number
  /** The standard error of energyPerSite; 0 for full sums. */
  readonly energyError: number
  /** The variance of the local energy of the whole system, divided by the number of sites. */
  readonly variancePerSite: number
  readonly vScore: number
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
  readonly rHat: number | null
  /** The evaluations of all steps together; null when a step did not count them. */
  readonly evaluations: Evaluations | null
  readonly seed: number
  readonly runDir: string
}

/** JSON has no infinity; it is written as null. */
const orInfinite = v.pipe(
  v.nullable(v.number()),
  v.transform((x) => x ?? Number.POSITIVE_INFINITY),
)
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
  variancePerSite: v.number(),
  vScore: orInfinite,
  exactPerSite: v.nullable(v.number()),
  relativeError: v.nullable(v.number()),
  parameters: count,
  steps: count,
  refusals: v.optional(v.nullable(count), null),
  seconds: v.pipe(v.number(), v.minValue(0)),
  acceptance: v.nullable(v.number()),
  rHat: v.nullable(v.number()),
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
  variancePerSite: final.variance / sites,
  vScore: final.vScore,
  exactPerSite: exact === null ? null : exact / sites,
  relativeError: relativeErrorOf(final.energy, exact),
  parameters,
  steps: state.step,
  refusals: state.trust?.refusals ?? null,
  seconds,
  acceptance: final.acceptance,
  rHat: final.rHat,
  evaluations: records.length === 0 ? null : evaluationsOf(records),
  seed,
  runDir,
})
