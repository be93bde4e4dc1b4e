import { either as E } from 'fp-ts'
import type { Training } from '../session/index.ts'
import { shellWord, type TrainConfig } from '../settings/index.ts'
import { type Failure, unusable } from './caller.ts'
import { decodeCheckpoint, encodeCheckpoint, encodeParameters } from './checkpoint.ts'
import { type FolderProblem, files, load, save, showFolderProblem } from './folder.ts'
import { changesOf, showChanges } from './resumable.ts'
import { readLog, toLog } from './stepLog.ts'
import type { Progress } from './unfold.ts'

// This file saves the progress of a run and reads it back.

/**
 * The error of a failed write during a run; the run ends as if the folder had been refused at its
 * start.
 */
export class SaveError extends Error {}

export const orStop = (result: E.Either<FolderProblem, void>): void => {
  if (E.isLeft(result)) throw new SaveError(showFolderProblem(result.left))
}

/**
 * Saves the log before the checkpoint, so that a checkpoint never counts a step that the log lacks.
 */
export const saveProgress = (
  folder: string,
  { state, records, seconds }: Progress,
  config: TrainConfig,
): void => {
  orStop(save(folder, files.log, JSON.stringify(toLog(records))))
  orStop(
    save(folder, files.parameters, encodeParameters(state.params, { step: String(state.step) })),
  )
  orStop(save(folder, files.checkpoint, encodeCheckpoint(state, seconds, config)))
}

const damaged = (folder: string, name: string, what: string): Failure =>
  unusable(
    `${folder}/${name}: ${what}.\n` +
      'It was not written by this run, or was damaged. Put back a copy of it, or start a new run ' +
      `from the parameters:\n  psigrad train --from ${shellWord(folder)}`,
  )

/**
 * Returns the checkpoint and the log of a folder when they fit the run and its settings. It only
 * reads, because a training may be running there.
 */
export const loadProgress = (
  folder: string,
  training: Training,
  config: TrainConfig,
): E.Either<Failure, Progress> => {
  const bytes = load(folder, files.checkpoint)
  if (E.isLeft(bytes)) return E.left(unusable(showFolderProblem(bytes.left)))
  const checkpoint = decodeCheckpoint(bytes.right, training.initial())
  if (E.isLeft(checkpoint)) return E.left(damaged(folder, files.checkpoint, checkpoint.left))
  const { state, seconds, settings = {} } = checkpoint.right
  const changes = changesOf(settings, config)
  if (changes.length > 0) return E.left(unusable(showChanges(folder, changes)))
  const unfit = training.unfit?.(state)
  if (unfit !== undefined) return E.left(damaged(folder, files.checkpoint, unfit))
  const text = load(folder, files.log)
  if (E.isLeft(text)) return E.left(unusable(showFolderProblem(text.left)))
  const records = readLog(new TextDecoder().decode(text.right), state.step)
  if (E.isLeft(records)) return E.left(damaged(folder, files.log, records.left))
  return E.right({ state, records: records.right, seconds })
}
