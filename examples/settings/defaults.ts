import { availableParallelism, totalmem } from 'node:os'
import { type LatticeName, latticeKinds } from './lattices.ts'
import type { TrainConfig } from './settings.ts'

const STEP = 2 ** 28

/** Returns half of the memory that this process may use, in steps of 256 MiB. */
const halfOfMemory = (): number => {
  const limit = process.constrainedMemory?.() ?? 0
  const all = limit > 0 ? Math.min(limit, totalmem()) : totalmem()
  return Math.max(1, Math.floor(all / 2 / STEP)) * STEP
}

/** The defaults of `psigrad train`: 4x4 sites at the frustrated point J2/J1 = 0.5. */
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
  symmetry: 'none',
  sector: 'auto',
  samples: 32768,
  samplePower: 2,
  steps: 80,
  lr: 0.05,
  lrSchedule: 'constant',
  diagShift: 1e-3,
  momentum: 0.9,
  optimizer: 'sr',
  takeBack: true,
  sum: 'sampled',
  finalRounds: 16,
  precision: 'float64',
  backend: 'wasm',
  seed: 1,
  threads: availableParallelism(),
  memory: halfOfMemory(),
}

/**
 * Settings that are newer than some runs, as these runs had them: the file of a run that was
 * written before a setting existed does not name it.
 */
export const beforeTheyExisted = {
  samplePower: 2,
  takeBack: false,
} as const satisfies Partial<TrainConfig>

/** Tells whether the backend is gpu or one of its modes. */
export const onDevice = (backend: unknown): boolean => /^gpu(:|$)/.test(String(backend))

/**
 * Returns the defaults for a lattice and a backend: without sublattices there are no Marshall
 * signs, and where a graphics card may be used, numbers are float32.
 */
export const defaultsOf = (lattice: unknown, backend?: unknown): TrainConfig => ({
  ...defaults,
  ...(Object.hasOwn(latticeKinds, String(lattice)) &&
  !latticeKinds[lattice as LatticeName].bipartite
    ? { marshall: false }
    : {}),
  ...(onDevice(backend) || backend === 'auto' ? { precision: 'float32' } : {}),
})

/** A size is written as 4x4, or as 16 for a chain. */
export const showSize = (size: readonly number[]): string => size.join('x')
