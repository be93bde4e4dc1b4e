import { withoutFolder } from '../forms/index.ts'
import { beforeTheyExisted, shellWord, type TrainConfig } from '../settings/index.ts'
import type { Settings } from './checkpoint.ts'

// A run is defined by its settings. A checkpoint stores the settings with which it was made;
// continuing with others would give numbers that no settings give.

/**
 * These settings may change when a run continues: its length, how precisely its end is measured,
 * and what computes it. All others determine the numbers of the run.
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

/**
 * Returns a setting as text for comparison. A user's form is identified by the hash of its sources,
 * which is part of the setting, wherever they are.
 */
const comparable = (value: unknown): string =>
  JSON.stringify(typeof value === 'string' ? withoutFolder(value) : value)

/**
 * Returns the settings that changed although they must not. The number of steps is one of them
 * where the learning rate decreases with it. Settings that are newer than the run have the
 * values that it had without them.
 */
export const changesOf = (before: Settings, now: TrainConfig): readonly Change[] => {
  const { lrSchedule = now.lrSchedule } = before
  const known: Settings = { ...beforeTheyExisted, ...before }
  const free = resumable.filter((key) => key !== 'steps' || lrSchedule === 'constant')
  return Object.entries(now)
    .filter(([key]) => Object.hasOwn(known, key) && !(free as readonly string[]).includes(key))
    .map(([key, is]) => ({ key, was: known[key], is }))
    .filter(({ was, is }) => comparable(was) !== comparable(is))
}

const show = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))

const why = (changes: readonly Change[]): string =>
  changes.some(({ key }) => key === 'steps')
    ? '\nThe learning rate decreases over the steps, so their number affects every step.'
    : ''

/** Returns a message about the changed settings of a run, and about what to do. */
export const showChanges = (folder: string, changes: readonly Change[]): string =>
  `${folder}: the run was made with other settings than it has now:\n` +
  changes.map(({ key, was, is }) => `  ${key} was ${show(was)}, now ${show(is)}\n`).join('') +
  `Restore its settings to continue it, or start a new run from its parameters:\n` +
  `  psigrad train --from ${shellWord(folder)}${why(changes)}`
