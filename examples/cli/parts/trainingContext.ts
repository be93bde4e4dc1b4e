import type { TrainRequest } from '../../run/index.ts'
import type { TrainConfig } from '../../settings/index.ts'
import type { CommandContext } from './context.ts'
import { announce, progressScreen } from './screen.ts'

/** The parts of the command line that a training needs, besides its plan and its folder. */
export type TrainingContext = Pick<TrainRequest, 'screen' | 'stopped' | 'interruptibly' | 'draw'>

/** Returns the signals for a command of several runs. */
export const signalsOf = ({
  stopped,
  interruptibly,
}: Pick<CommandContext, 'stopped' | 'interruptibly'>): Pick<
  TrainRequest,
  'stopped' | 'interruptibly'
> => ({ stopped, ...(interruptibly === undefined ? {} : { interruptibly }) })

/** Announces a training, and returns its screen, signals and pictures. */
export const trainingContext = (config: TrainConfig, context: CommandContext): TrainingContext => {
  announce(config, context.stderr)
  return {
    screen: progressScreen(config, context.stderr),
    ...signalsOf(context),
    draw: async (finished) => (await import('../../pictures/runPictures.ts')).drawRun(finished),
  }
}
