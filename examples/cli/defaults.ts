import { availableParallelism } from 'node:os'
import type { TrainConfig } from '../training.ts'

/** What `psigrad train` does when told nothing: 4x4 sites at the frustrated point J2/J1 = 0.5. */
export const defaults: TrainConfig = {
  lattice: 'square',
  size: [4, 4],
  boundary: 'periodic',
  j1: 1,
  j2: 0.5,
  marshall: true,
  patch: 1,
  layers: 1,
  dim: 8,
  heads: 8,
  attention: 'factored',
  samples: 32768,
  steps: 80,
  lr: 0.05,
  lrSchedule: 'constant',
  diagShift: 1e-3,
  momentum: 0.9,
  optimizer: 'sr',
  sum: 'sampled',
  finalRounds: 16,
  precision: 'float64',
  seed: 1,
  threads: availableParallelism(),
}

/** 4x4, or 16 for a chain. */
export const showSize = (size: readonly number[]): string => size.join('x')
