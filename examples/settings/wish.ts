import { either as E } from 'fp-ts'
import type { ConfigProblem, Configured } from './config.ts'

// What the user of a run wants of it as a whole, in place of its settings: an effort, or a time.

export const efforts = ['quick', 'normal', 'long'] as const
export type Effort = (typeof efforts)[number]

/** Settings that follow from the problem follow from this as well. */
export interface Wish {
  readonly effort?: Effort
  /** The time that the run may take. */
  readonly seconds?: number
}

/** A wish as it was typed. */
export interface WishTexts {
  readonly effort?: string | undefined
  readonly time?: string | undefined
}

const seconds = { s: 1, m: 60, h: 3600 } as const
const LONGEST = 30 * 24 * 3600

/** Reads a time such as 90s, 10m or 1.5h; undefined where it is none. */
const readTime = (text: string): number | undefined => {
  const found = /^(\d+(?:\.\d+)?)([smh])$/.exec(text.trim())
  if (found === null) return undefined
  const time = Number(found[1]) * seconds[found[2] as keyof typeof seconds]
  return time >= 1 && time <= LONGEST ? time : undefined
}

const isEffort = (text: string): text is Effort => (efforts as readonly string[]).includes(text)

/**
 * Reads the wish of a run. `given` names the settings that the user gave, `others` the options that
 * bring settings of their own.
 *
 * Left  what is wrong with it, and options beside which it has no effect.
 */
export const readWish = (
  { effort, time }: WishTexts,
  given: readonly string[],
  others: readonly string[],
): Configured<Wish> => {
  const problems: ConfigProblem[] = []
  const wrong = (where: string, received: string, expected: string): void => {
    problems.push({ where, received, expected })
  }
  const spent = time === undefined ? undefined : readTime(time)
  if (effort !== undefined && !isEffort(effort))
    wrong('--effort', effort, `${efforts.slice(0, -1).join(', ')} or ${efforts.at(-1)}`)
  if (time !== undefined && spent === undefined)
    wrong('--time', time, 'a time from 1s to 30 days, such as 90s, 10m or 1.5h')
  for (const [where, text] of [
    ['--effort', effort],
    ['--time', time],
  ] as const)
    if (text !== undefined && others.length > 0)
      wrong(where, text, `none with ${others.join(' and ')}, which has its settings`)
  if (time !== undefined && given.includes('steps'))
    wrong('--time', time, 'it without --steps, which it chooses')
  if (problems.length > 0) return E.left(problems)
  return E.right({
    ...(effort === undefined ? {} : { effort: effort as Effort }),
    ...(spent === undefined ? {} : { seconds: spent }),
  })
}
