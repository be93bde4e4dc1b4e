import { either as E } from 'fp-ts'
import type { SavedRun } from '../../run/index.ts'
import { type CommandContext, reportFailure } from './context.ts'

/**
 * Opens a run folder for a command that reads its last state, closes it afterwards, and returns the
 * exit code. A folder that holds no run, or cannot be opened, is wrong usage.
 */
export const withSavedRun = async (
  folder: string,
  { plan, stderr }: Pick<CommandContext, 'plan' | 'stderr'>,
  look: (saved: SavedRun) => Promise<number>,
): Promise<number> => {
  const { openRun } = await import('../../run/index.ts')
  const opened = openRun(folder, await plan())
  if (E.isLeft(opened)) return reportFailure(stderr, opened.left)
  try {
    return await look(opened.right)
  } finally {
    opened.right.training.dispose()
  }
}
