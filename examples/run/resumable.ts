import { withoutFolder } from '../forms/index.ts'
import { shellWord, type TrainConfig } from '../settings/index.ts'
import type { Settings } from './checkpoint.ts'

// What makes a run this run. A checkpoint keeps the settings that it was made with; to go on with
// others would give numbers that no settings give.

/**
 * What may change when a run goes on: its length, how well its end is measured, and what computes
 * it. Everything else decides which numbers a run has.
 */
export const resumable: readonly (keyof TrainConfig)[] = [
  'steps',
  'backend',
  'threads',
  'memory',
  'finalRounds',
]

export interface Change {
  readonly key: string
  readonly was: unknown
  readonly is: unknown
}

/** A form of one's own is its sources, whose hash the setting has, wherever they lie. */
const comparable = (value: unknown): string =>
  JSON.stringify(typeof value === 'string' ? withoutFolder(value) : value)

/**
 * The settings that changed and must not. The number of steps is one of them where the learning
 * rate goes down with it. Settings that the run did not know are no change.
 */
export const changesOf = (before: Settings, now: TrainConfig): readonly Change[] => {
  const { lrSchedule = now.lrSchedule } = before
  const free = resumable.filter((key) => key !== 'steps' || lrSchedule === 'constant')
  return Object.entries(now)
    .filter(([key]) => Object.hasOwn(before, key) && !(free as readonly string[]).includes(key))
    .map(([key, is]) => ({ key, was: before[key], is }))
    .filter(({ was, is }) => comparable(was) !== comparable(is))
}

const show = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))

const why = (changes: readonly Change[]): string =>
  changes.some(({ key }) => key === 'steps')
    ? '\nWith a learning rate that goes down over the steps, their number decides every step.'
    : ''

/** What changed in the settings of a run, and what to do. */
export const showChanges = (folder: string, changes: readonly Change[]): string =>
  `${folder}: the run was made with other settings than it has now:\n` +
  changes.map(({ key, was, is }) => `  ${key} was ${show(was)}, now ${show(is)}\n`).join('') +
  `Give it back what it had to go on with it, or start a new run from its parameters:\n` +
  `  psigrad train --from ${shellWord(folder)}${why(changes)}`
