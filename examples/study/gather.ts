import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { median } from '../bench/statistics.ts'
import type { Analysis } from '../compare/analysis.ts'
import { ANALYSIS } from '../compare/compare.ts'
import { windowed } from '../compare/pictures.ts'
import { files, load } from '../run/folder.ts'
import { readLog } from '../run/log.ts'
import type { TrainResult } from '../run/result.ts'
import type { AttentionMap, StepRecord } from '../training.ts'
import type { StudyCell } from './cells.ts'
import type { CellData } from './data.ts'

// From the folders of finished runs to the study's data.

const textOf = (folder: string, name: string): string | undefined => {
  const bytes = load(folder, name)
  return E.isRight(bytes) ? new TextDecoder().decode(bytes.right) : undefined
}

/** Relative errors to tell the time of. */
const THRESHOLDS = [1e-2, 5e-3, 2e-3, 1e-3, 5e-4, 2e-4, 1e-4]
/** Single steps are noisy: an error is reached when so many steps together are so near. */
const TOGETHER = 20

/**
 * The first step after which the last steps were as near the exact energy: by their median, for one
 * step far below it would bring any mean near.
 */
const stepReached = (energies: readonly number[], exact: number, threshold: number) => {
  for (let k = TOGETHER; k <= energies.length; k += 1)
    if (Math.abs(median(energies.slice(k - TOGETHER, k)) / exact - 1) < threshold) return k
  return undefined
}

/** Seconds after which a run was first so near the exact energy; none where nobody knows. */
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

/** Five digits: more would be noise and weight. */
const rounded = (x: number): number => Number(x.toPrecision(5))
const roundedAll = (rows: readonly (readonly number[])[]) => rows.map((row) => row.map(rounded))

const middle = ([rows, columns]: readonly [number, number]): number =>
  Math.floor(rows / 2) * columns + Math.floor(columns / 2)

/** Maps with the row of the middle patch alone; the other rows are empty. */
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

/** What is known of a cell whose run and analysis are done; undefined of any other. */
export const gathered = (cell: StudyCell, out: string): CellData | undefined => {
  const path = join(out, cell.folder)
  const [result, analysis, log] = [files.result, ANALYSIS, files.log].map((name) =>
    textOf(path, name),
  )
  if (result === undefined || analysis === undefined || log === undefined) return undefined
  const found = JSON.parse(result) as TrainResult
  const records = readLog(log, found.steps)
  return E.isLeft(records)
    ? undefined
    : dataOf(cell, found, JSON.parse(analysis) as Analysis, records.right)
}

/** Where a cell's run stands: its steps done. */
export const stepsDone = ({ config, folder }: StudyCell, out: string): number => {
  const path = join(out, folder)
  if (textOf(path, files.result) !== undefined) return config.steps
  const log = textOf(path, files.log)
  if (log === undefined) return 0
  const { Energy } = JSON.parse(log) as { Energy?: { iters?: readonly number[] } }
  return Energy?.iters?.length ?? 0
}
