import { join } from 'node:path'
import { either as E } from 'fp-ts'
import {
  type FolderProblem,
  files,
  loadResult,
  type Observed,
  originOf,
  type SavedRun,
  saveObserved,
  type TrainResult,
} from '../run/index.ts'
import { drawRun } from './runPictures.ts'

/**
 * Saves the observables of a run in its folder, draws its report again with them, and returns the
 * path of the report. A run that is not done gets a report with these pictures when it is.
 */
export const keepObserved = async (
  folder: string,
  observed: Observed,
  saved: SavedRun,
): Promise<E.Either<FolderProblem, string | undefined>> => {
  const result = E.chain(() => loadResult(folder))(saveObserved(folder, observed))
  if (E.isLeft(result)) return result
  if (result.right?.steps !== observed.step) return E.right(undefined)
  const finished: TrainResult = { ...result.right, runDir: folder }
  const drawn = await drawRun({ ...saved, result: finished, from: originOf(folder) })
  return E.map(() => join(folder, files.report))(drawn)
}
