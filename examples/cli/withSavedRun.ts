import { either as E } from 'fp-ts'
import type { SavedRun } from '../run/index.ts'
import { type CommandContext, reportFailure } from './context.ts'

/**
 * Opens a run folder for a command that looks at its last state, and closes it behind. Gives the
 * command's exit code; a folder that holds no run, or one that cannot be opened, is wrong usage.
 */
export const withSavedRun = async (
  folder: string,
  { plan, stderr }: Pick<CommandContext, 'plan' | 'stderr'>,
  look: (saved: SavedRun) => Promise<number>,
): Promise<number> => {
  const { openRun } = await import('../run/index.ts')
  const opened = openRun(folder, await plan())
  if (E.isLeft(opened)) return reportFailure(stderr, opened.left)
  try {
    return await look(opened.right)
  } finally {
    opened.right.training.dispose()
  }
}
