import { either as E } from 'fp-ts'
import type { Training } from '../session/index.ts'
import { shellWord, type TrainConfig } from '../settings/index.ts'
import { type Failure, unusable } from './caller.ts'
import { decodeCheckpoint, encodeCheckpoint, encodeParameters } from './checkpoint.ts'
import { type FolderProblem, files, load, save, showFolderProblem } from './folder.ts'
import { changesOf, showChanges } from './resumable.ts'
import { readLog, toLog } from './stepLog.ts'
import type { Progress } from './unfold.ts'

// How far a run has come, as files and back.

/** A disk that refuses in mid-run ends it like a folder that refuses at the start. */
export class SaveError extends Error {}

export const orStop = (result: E.Either<FolderProblem, void>): void => {
  if (E.isLeft(result)) throw new SaveError(showFolderProblem(result.left))
}

/** The log first: a checkpoint then never knows of a step that the log does not. */
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
 * What the checkpoint and the log of a folder hold, when they fit the run and its settings. Reads
 * alone: a training may be under way there.
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
