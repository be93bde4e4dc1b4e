import { either as E, function as F } from 'fp-ts'
import type { Training, TrainState } from '../session/index.ts'
import { shellWord, type TrainConfig } from '../settings/index.ts'
import { type Failure, unusable } from './caller.ts'
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  encodeParameters,
} from './checkpoint.ts'
import { type FolderProblem, files, load, save, showFolderProblem } from './folder.ts'
import { toJson } from './json.ts'
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

/** Saves the parameters of a state alone, for other programs and for new runs. */
export const saveParameters = (
  folder: string,
  { params, step }: TrainState,
): E.Either<FolderProblem, void> =>
  save(folder, files.parameters, encodeParameters(params, { step: String(step) }))

/**
 * Saves the log before the checkpoint, so that a checkpoint never counts a step that the log lacks.
 */
export const saveProgress = (
  folder: string,
  { state, records, seconds }: Progress,
  config: TrainConfig,
): void => {
  orStop(save(folder, files.log, toJson(toLog(records))))
  orStop(saveParameters(folder, state))
  orStop(save(folder, files.checkpoint, encodeCheckpoint(state, seconds, config)))
}

/** Returns the progress with the state that stands at the end, after its last update is judged. */
export const settledProgress = (training: Training, progress: Progress): Progress => ({
  ...progress,
  state: training.settled?.(progress.state) ?? progress.state,
})

const damaged = (folder: string, name: string, what: string): Failure =>
  unusable(
    `${folder}/${name}: ${what}.\n` +
      'It was not written by this run, or was damaged. Put back a copy of it, or start a new run ' +
      `from the parameters:\n  psigrad train --from ${shellWord(folder)}`,
  )

/** Reads and decodes a file of the folder. Left when the file was damaged. */
const readFile = <A>(
  folder: string,
  name: string,
  read: (bytes: Uint8Array) => E.Either<string, A>,
): E.Either<Failure, A> =>
  F.pipe(
    load(folder, name),
    E.mapLeft((problem) => unusable(showFolderProblem(problem))),
    E.chain((bytes) => E.mapLeft((what: string) => damaged(folder, name, what))(read(bytes))),
  )

const sameSettings = (
  folder: string,
  { settings }: Checkpoint,
  config: TrainConfig,
): E.Either<Failure, void> => {
  if (settings === undefined) return E.right(undefined)
  const changes = changesOf(settings, config)
  return changes.length === 0 ? E.right(undefined) : E.left(unusable(showChanges(folder, changes)))
}

/** A state that no run of these settings can have reached is no state of this one. */
const reachable = (
  folder: string,
  { state }: Checkpoint,
  training: Training,
): E.Either<Failure, void> => {
  const unfit = training.unfit?.(state)
  return unfit === undefined ? E.right(undefined) : E.left(damaged(folder, files.checkpoint, unfit))
}

/**
 * Returns the checkpoint and the log of a folder when they fit the run and its settings. It only
 * reads, because a training may be running there.
 */
export const loadProgress = (
  folder: string,
  training: Training,
  config: TrainConfig,
): E.Either<Failure, Progress> =>
  F.pipe(
    readFile(folder, files.checkpoint, (bytes) => decodeCheckpoint(bytes, training.initial())),
    E.chainFirst((checkpoint) => sameSettings(folder, checkpoint, config)),
    E.chainFirst((checkpoint) => reachable(folder, checkpoint, training)),
    E.bind('records', ({ state }) =>
      readFile(folder, files.log, (bytes) => readLog(new TextDecoder().decode(bytes), state.step)),
    ),
    E.map(({ state, records, seconds }) => ({ state, records, seconds })),
  )
