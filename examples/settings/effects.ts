import { optimizerNames, solves } from './optimizerKinds.ts'
import type { TrainConfig } from './settings.ts'

// This table tells which settings have an effect in which runs. The help text, the messages, the
// command in a report and the specs read it. It imports almost nothing, since the help text is made
// at every start.

/** A setting has an effect only under its condition on another setting. */
export interface Condition {
  /** The setting `by` decides; with the flags in `needs`, the condition holds. */
  readonly by: keyof TrainConfig
  readonly needs: string
  readonly holds: (config: TrainConfig) => boolean
  /** The reason why it has no effect otherwise. */
  readonly because: string
}

const sampling: Condition = {
  by: 'sum',
  needs: '--sum sampled',
  holds: ({ sum }) => sum === 'sampled',
  because: 'full sums draw no samples',
}

const naturalGradient: Condition = {
  by: 'optimizer',
  needs: `--optimizer ${optimizerNames.filter(solves).join(' or ')}`,
  holds: ({ optimizer }) => solves(optimizer),
  because: `${optimizerNames.filter((name) => !solves(name)).join(' and ')} have none`,
}

const symmetries: Condition = {
  by: 'symmetry',
  needs: '--symmetry translations or full',
  holds: ({ symmetry }) => /translations|full/.test(symmetry),
  because: 'without symmetries there are no sectors',
}

/**
 * The condition of each setting; null means that it has an effect in every run. Threads serve
 * sampling and the solve on any backend, and memory holds the derivatives of every optimizer: they
 * change the speed, or refuse a run, but no number. A schedule counts even in a run of one step,
 * which --resume --steps may continue.
 */
export const conditions: { readonly [K in keyof TrainConfig]: Condition | null } = {
  lattice: null,
  size: null,
  boundary: null,
  j1: null,
  j2: null,
  marshall: null,
  patch: null,
  layers: null,
  dim: null,
  heads: null,
  attention: null,
  symmetry: null,
  sector: symmetries,
  samples: sampling,
  samplePower: sampling,
  steps: null,
  lr: null,
  lrSchedule: null,
  diagShift: naturalGradient,
  momentum: naturalGradient,
  optimizer: null,
  takeBack: null,
  sum: null,
  finalRounds: sampling,
  precision: null,
  backend: null,
  seed: null,
  threads: null,
  memory: null,
}

/** Tells whether a setting has no effect in this run, whatever its value. */
export const isIdle = (config: TrainConfig, key: keyof TrainConfig): boolean =>
  conditions[key]?.holds(config) === false

/** Lists the settings that have no effect in this run. */
export const idleIn = (config: TrainConfig): readonly (keyof TrainConfig)[] =>
  (Object.keys(conditions) as (keyof TrainConfig)[]).filter((key) => isIdle(config, key))
