import type { TrainRequest } from '../run/index.ts'
import type { TrainConfig } from '../settings/index.ts'
import type { CommandContext } from './context.ts'
import { announce, progressScreen } from './screen.ts'

/** A training needs this of the command line, beside its plan and its folder. */
export type TrainingContext = Pick<TrainRequest, 'screen' | 'stopped' | 'interruptibly' | 'draw'>

/** A command of several runs hears of signals between them in this way. */
export const signalsOf = ({
  stopped,
  interruptibly,
}: Pick<CommandContext, 'stopped' | 'interruptibly'>): Pick<
  TrainRequest,
  'stopped' | 'interruptibly'
> => ({ stopped, ...(interruptibly === undefined ? {} : { interruptibly }) })

/** This announces a training, and gives what it needs: its screen, signals and pictures. */
export const trainingContext = (config: TrainConfig, context: CommandContext): TrainingContext => {
  announce(config, context.stderr)
  return {
    screen: progressScreen(config, context.stderr),
    ...signalsOf(context),
    draw: async (finished) => (await import('../pictures/runPictures.ts')).drawRun(finished),
  }
}
