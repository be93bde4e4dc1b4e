import { either as E } from 'fp-ts'
import type { Configured, TrainConfig, Wish } from '../settings/index.ts'
import { idleEffort, type Suited, suited } from './suited.ts'
import { withinTime } from './withinTime.ts'

/** A user who gives one of these chose it, also where only a time is wanted. */
export type SuitedTo = (
  config: TrainConfig,
  given: readonly string[],
  wish: Wish,
  tell?: (text: string) => void,
) => Configured<Suited>

/**
 * Returns the settings of a run that suit its problem and the wish of its user.
 *
 * Left  an effort that has no effect beside the given settings.
 */
export const suitedTo: SuitedTo = (config, given, { effort, seconds }, tell) => {
  if (effort !== undefined && idleEffort(config, given))
    return E.left([
      {
        where: '--effort',
        received: effort,
        expected: 'none: the given settings leave it nothing to choose',
      },
    ])
  const found = suited(config, given, {
    ...(effort === undefined ? {} : { effort }),
    ...(tell === undefined ? {} : { tell }),
  })
  if (seconds === undefined) return E.right(found)
  tell?.('a few steps are timed')
  const timed = withinTime(found.config, seconds, { given })
  return E.right({ config: timed.config, notes: [...found.notes, ...timed.notes] })
}
