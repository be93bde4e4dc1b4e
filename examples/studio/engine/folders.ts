import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { either as E } from 'fp-ts'
import {
  type Failure,
  loadResult,
  files as names,
  openRun,
  type Progress,
  resultOf,
  type SavedRun,
  save,
  saveProgress,
  showFolderProblem,
  toJson,
} from '../../run/index.ts'
import { planTraining, type StepRecord, type Training } from '../../session/index.ts'
import type { TrainConfig } from '../../settings/index.ts'
import type { Files, OpenedRun, View } from './messages.ts'
import { describe } from './planning.ts'

// Folders of runs in a page: they are read and written by the code of the command line, on files in
// memory.

const folderOf = (run: number): string => `runs/${run}`

/** Opens a run that was kept. Left: why it is no run. */
export const reopened = (run: number, threads: number): E.Either<string, SavedRun> =>
  E.mapLeft(({ message }: Failure) => message.replaceAll(`${folderOf(run)}/`, ''))(
    openRun(folderOf(run), (config) => planTraining({ ...config, threads })),
  )

/** Keeps the files of a run in memory, and returns what they hold. Left: why they hold no run. */
export const opened = (
  run: number,
  name: string,
  files: Files,
  look: (saved: SavedRun) => View,
): E.Either<string, OpenedRun> => {
  const folder = folderOf(run)
  rmSync(folder, { recursive: true, force: true })
  for (const [file, bytes] of files) writeFileSync(`${folder}/${file}`, bytes)
  return E.chain((saved: SavedRun) => {
    const { config, training, progress } = saved
    try {
      const result = loadResult(folder)
      if (E.isLeft(result)) return E.left(showFolderProblem(result.left))
      return E.right({
        name,
        described: describe(config, [], training),
        records: progress.records,
        view: look(saved),
        seconds: progress.seconds,
        ...(result.right === undefined ? {} : { result: result.right }),
      })
    } finally {
      training.dispose()
    }
  })(reopened(run, 1))
}

/** A folder keeps this of a run. */
export interface Kept {
  readonly config: TrainConfig
  readonly training: Training
  readonly progress: Progress
  /** The last measurement, where there was one. */
  readonly measured?: StepRecord | undefined
}

/** Writes the folder of a run, as `psigrad train` leaves it, and returns its files. */
export const written = (
  run: number,
  { config, training, progress, measured }: Kept,
  exact: number | null,
): E.Either<string, Files> => {
  const folder = folderOf(run)
  const done = E.Do
  saveProgress(folder, progress, config)
  const saved = E.chain(() => save(folder, names.config, `${JSON.stringify(config, null, 2)}\n`))(
    done,
  )
  if (E.isLeft(saved)) return E.left(showFolderProblem(saved.left))
  if (measured !== undefined) {
    const result = resultOf(training, config, progress, measured, exact, folder)
    save(folder, names.result, `${toJson(result, 2)}\n`)
  }
  return E.right(
    readdirSync(folder).map((name) => [name, new Uint8Array(readFileSync(`${folder}/${name}`))]),
  )
}
