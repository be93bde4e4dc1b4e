import type { TrainRequest } from '../run/index.ts'
import type { TrainConfig } from '../settings/index.ts'
import type { CommandContext } from './context.ts'
import { announce, progressScreen } from './screen.ts'

/** What a training needs of the command line, beside its plan and its folder. */
export type TrainingContext = Pick<TrainRequest, 'screen' | 'stopped' | 'interruptibly' | 'draw'>

/** How a command of several runs hears of signals between them. */
export const signalsOf = ({
  stopped,
  interruptibly,
}: Pick<CommandContext, 'stopped' | 'interruptibly'>): Pick<
  TrainRequest,
  'stopped' | 'interruptibly'
> => ({ stopped, ...(interruptibly === undefined ? {} : { interruptibly }) })

/** Announces a training on the terminal, and gives what it needs: screen, signals and pictures. */
export const trainingContext = (config: TrainConfig, context: CommandContext): TrainingContext => {
  announce(config, context.stderr)
  return {
    screen: progressScreen(config, context.stderr),
    ...signalsOf(context),
    draw: async (finished) => (await import('../pictures/runPictures.ts')).drawRun(finished),
  }
}
