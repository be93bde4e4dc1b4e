import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { type Analysis, loadAnalysis, windowed } from '../compare/index.ts'
import {
  type FolderProblem,
  files,
  isThere,
  load,
  loadResult,
  readLog,
  stepsIn,
  type TrainResult,
} from '../run/index.ts'
import { type AttentionMap, median, type StepRecord } from '../session/index.ts'
import type { CellData } from './data.ts'
import type { StudyCell } from './studyCells.ts'

// This file reads the folders of finished runs into the data of the study.

/** Reads something from a log. Left: why it cannot be read. */
const logOf = <A>(
  folder: string,
  read: (text: string) => E.Either<string, A>,
): E.Either<FolderProblem, A> =>
  E.chain((bytes: Uint8Array) =>
    E.mapLeft(
      (what: string): FolderProblem => ({
        path: join(folder, files.log),
        what,
        fix: 'remove the folder, and the run is trained again.',
      }),
    )(read(new TextDecoder().decode(bytes))),
  )(load(folder, files.log))

/** The relative errors whose times are listed. */
const THRESHOLDS = [1e-2, 5e-3, 2e-3, 1e-3, 5e-4, 2e-4, 1e-4]
/** Single steps are noisy: an error counts as reached when this many steps together reach it. */
const TOGETHER = 20

/**
 * Returns the first step after which the last steps were this near the exact energy. Their median
 * decides, because a single step far below would pull any mean near.
 */
const stepReached = (energies: readonly number[], exact: number, threshold: number) => {
  for (let k = TOGETHER; k <= energies.length; k += 1)
    if (Math.abs(median(energies.slice(k - TOGETHER, k)) / exact - 1) < threshold) return k
  return undefined
}

/**
 * Returns the seconds after which a run first reached each error; empty where there is no exact
 * energy.
 */
export const reachedBy = (
  records: readonly Pick<StepRecord, 'energy' | 'seconds'>[],
  exact: number | null,
): CellData['reached'] =>
  exact === null
    ? []
    : THRESHOLDS.flatMap((threshold) => {
        const step = stepReached(
          records.map((r) => r.energy),
          exact,
          threshold,
        )
        const seconds = step === undefined ? null : records[step - 1]!.seconds
        return seconds === null ? [] : [[threshold, rounded(seconds)] as const]
      })

/** Rounds to five digits: more would be noise and file size. */
const rounded = (x: number): number => Number(x.toPrecision(5))
const roundedAll = (rows: readonly (readonly number[])[]) => rows.map((row) => row.map(rounded))

const middle = ([rows, columns]: readonly [number, number]): number =>
  Math.floor(rows / 2) * columns + Math.floor(columns / 2)

/** Returns maps with the row of the middle patch only; the other rows are empty. */
export const middleMaps = (
  maps: readonly AttentionMap[],
  grid: readonly [number, number],
): readonly AttentionMap[] => {
  const alone = (rows: readonly (readonly number[])[]) =>
    roundedAll(rows.map((row, i) => (i === middle(grid) ? row : [])))
  return maps.map((map) => ({
    ...map,
    inputDriven: rounded(map.inputDriven),
    weights: alone(map.weights),
    deviations: alone(map.deviations),
  }))
}

const dataOf = (
  { name, block, form, config }: StudyCell,
  result: TrainResult,
  { heads, maps, patchGrid }: Analysis,
  records: readonly StepRecord[],
): CellData => {
  const { threads: _, ...settings } = config
  const sites = config.size.reduce((n, d) => n * d, 1)
  const exact = result.exactPerSite
  return {
    name,
    block,
    form,
    config: settings,
    energy: result.energyPerSite,
    error: rounded(result.energyError),
    exact,
    relativeError: result.relativeError === null ? null : rounded(result.relativeError),
    vScore: rounded(result.vScore),
    parameters: result.parameters,
    seconds: rounded(result.seconds),
    curve: windowed(records, sites).map(([step, e]) => [step, Number(e.toFixed(7))] as const),
    reached: reachedBy(records, exact === null ? null : exact * sites),
    heads: heads.map((head) => ({
      ...head,
      before: rounded(head.before),
      after: rounded(head.after),
      spreadBefore: rounded(head.spreadBefore),
      spreadAfter: rounded(head.spreadAfter),
    })),
    patchGrid,
    ...(config.seed === 1 ? { maps: middleMaps(maps, patchGrid) } : {}),
  }
}

/** Returns the data of a cell whose run and analysis are done; undefined for any other. */
export const gathered = (
  cell: StudyCell,
  out: string,
): E.Either<FolderProblem, CellData | undefined> => {
  const path = join(out, cell.folder)
  const result = loadResult(path)
  if (E.isLeft(result)) return result
  const analysis = loadAnalysis(path)
  if (E.isLeft(analysis)) return analysis
  const [found, known] = [result.right, analysis.right]
  if (found === undefined || known === undefined || found.steps !== cell.config.steps)
    return E.right(undefined)
  return E.map((records: readonly StepRecord[]) => dataOf(cell, found, known, records))(
    logOf(path, (text) => readLog(text, found.steps)),
  )
}

/** Returns the number of completed steps of a cell. */
export const stepsDone = ({ folder }: StudyCell, out: string): E.Either<FolderProblem, number> => {
  const path = join(out, folder)
  return isThere(path, files.log) ? logOf(path, stepsIn) : E.right(0)
}
