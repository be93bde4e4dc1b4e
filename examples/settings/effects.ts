import { optimizerNames, solves } from './optimizerKinds.ts'
import type { TrainConfig } from './settings.ts'

// Which settings count where: the one table that the help text, the refusals, the command in a
// report and the specs are made of. It loads next to nothing, for the help text is made at every
// start.

/** A condition says what a setting needs beside it to have any effect. */
export interface Condition {
  /** The setting `by` decides, and the flag `needs` makes this one count. */
  readonly by: keyof TrainConfig
  readonly needs: string
  readonly holds: (config: TrainConfig) => boolean
  /** This is why it does nothing elsewhere. */
  readonly because: string
}

const sampling: Condition = {
  by: 'sum',
  needs: '--sum sampled',
  holds: ({ sum }) => sum === 'sampled',
  because: 'full sums take no samples',
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
 * null: the setting counts in every run. Threads serve sampling and the solve on any backend, and
 * memory holds the derivatives of every optimizer: they change the pace or refuse a run, and no
 * number. A schedule counts in a run of one step as well, for --resume --steps goes on with it.
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

/** Does a setting do nothing in this run, whatever its value? */
export const isIdle = (config: TrainConfig, key: keyof TrainConfig): boolean =>
  conditions[key]?.holds(config) === false

/** These settings do nothing in this run. */
export const idleIn = (config: TrainConfig): readonly (keyof TrainConfig)[] =>
  (Object.keys(conditions) as (keyof TrainConfig)[]).filter((key) => isIdle(config, key))
