import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { showProblem } from '../../core/index.ts'
import { asStarted, exitCodes, files, loadProgress, type Progress } from '../run/index.ts'
import type { Training } from '../session/index.ts'
import {
  readConfigFile,
  resolveConfig,
  showConfigProblem,
  type TrainConfig,
} from '../settings/index.ts'
import { type CommandContext, reportFailure } from './context.ts'

/** A run as its folder has it, ready to be looked at. */
export interface SavedRun {
  readonly config: TrainConfig
  readonly training: Training
  readonly progress: Progress
}

/**
 * Opens a run folder for a command that looks at its last state, and closes it behind. Gives the
 * command's exit code; a folder that holds no run, or one that cannot be opened, is wrong usage.
 */
export const withSavedRun = async (
  run: string,
  { plan, stderr }: Pick<CommandContext, 'plan' | 'stderr'>,
  look: (saved: SavedRun) => Promise<number>,
): Promise<number> => {
  const refuse = (message: string): number =>
    reportFailure(stderr, { code: exitCodes.unusable, message })
  const file = readConfigFile(join(run, files.config))
  if (E.isLeft(file)) {
    const why = file.left.map(({ expected }) => expected).join('; ')
    return refuse(`${run}: expected the folder of a run with its ${files.config}: ${why}`)
  }
  const config = resolveConfig({ flags: {}, file: { ...file.right, ofRun: true } })
  if (E.isLeft(config)) return refuse(config.left.map(showConfigProblem).join('\n         '))
  const planned = (await plan())(config.right)
  if (E.isLeft(planned)) return refuse(showProblem(planned.left))
  try {
    const training = asStarted(run, planned.right)
    if (E.isLeft(training)) return reportFailure(stderr, training.left)
    const progress = loadProgress(run, training.right, config.right)
    if (E.isLeft(progress)) return reportFailure(stderr, progress.left)
    return await look({
      config: config.right,
      training: training.right,
      progress: progress.right,
    })
  } finally {
    planned.right.dispose()
  }
}
