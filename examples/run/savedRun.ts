import { join } from 'node:path'
import { either as E, function as F } from 'fp-ts'
import { type Problem, showProblem } from '../../core/index.ts'
import type { PlanTraining, Training } from '../session/index.ts'
import {
  readConfigFile,
  resolveConfig,
  showConfigProblems,
  type TrainConfig,
} from '../settings/index.ts'
import { type Failure, unusable } from './caller.ts'
import { files } from './folder.ts'
import { loadProgress, settledProgress } from './progress.ts'
import { asStarted } from './start.ts'
import type { Progress } from './unfold.ts'

/** A run as its folder has it, ready to be looked at. */
export interface SavedRun {
  readonly config: TrainConfig
  readonly training: Training
  readonly progress: Progress
}

const configOf = (folder: string): E.Either<Failure, TrainConfig> =>
  F.pipe(
    readConfigFile(join(folder, files.config)),
    E.mapLeft((problems) => {
      const why = problems.map(({ expected }) => expected).join('; ')
      return `${folder}: expected the folder of a run with its ${files.config}: ${why}`
    }),
    E.chain((file) =>
      E.mapLeft(showConfigProblems)(resolveConfig({ flags: {}, file: { ...file, ofRun: true } })),
    ),
    E.mapLeft(unusable),
  )

/**
 * Opens the folder of a run at its last state; `dispose` of the training ends its threads. The
 * folder is only read: a training may be under way there.
 *
 * Left  the folder holds no run, or one that was damaged.
 */
export const openRun = (folder: string, plan: PlanTraining): E.Either<Failure, SavedRun> =>
  F.pipe(
    E.Do,
    E.bind('config', () => configOf(folder)),
    E.bind('planned', ({ config }) =>
      E.mapLeft((problem: Problem) => unusable(showProblem(problem)))(plan(config)),
    ),
    E.chain(({ config, planned }) =>
      F.pipe(
        asStarted(folder, planned),
        E.bindTo('training'),
        E.bind('progress', ({ training }) => loadProgress(folder, training, config)),
        E.map(({ training, progress }) => ({
          training,
          progress: settledProgress(training, progress),
        })),
        E.bimap(
          (failure) => {
            planned.dispose()
            return failure
          },
          (found): SavedRun => ({ config, ...found }),
        ),
      ),
    ),
  )
