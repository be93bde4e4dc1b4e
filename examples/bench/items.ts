import type { Precision } from '../../core/index.ts'

// An item is one measurement: a kind of work at one size in one precision.

/**
 * The size of a Factored-attention Vision Transformer on a periodic square lattice; hidden width
 * 4·dim.
 */
export interface Size {
  readonly name: SizeName
  readonly lattice: readonly [number, number]
  readonly patch: number
  readonly layers: number
  readonly dim: number
  readonly heads: number
  /** The samples of a VMC step at this size. */
  readonly samples: number
}

export const sizeNames = ['S', 'M', 'X'] as const
export type SizeName = (typeof sizeNames)[number]

/** The sizes by name; S is the quickstart of tachys. */
export const sizes: Readonly<Record<SizeName, Size>> = {
  S: { name: 'S', lattice: [4, 4], patch: 1, layers: 1, dim: 16, heads: 4, samples: 1024 },
  M: { name: 'M', lattice: [6, 6], patch: 2, layers: 2, dim: 48, heads: 6, samples: 1024 },
  X: { name: 'X', lattice: [10, 10], patch: 2, layers: 4, dim: 60, heads: 10, samples: 256 },
}

export const works = ['forward', 'gradient', 'perSample', 'vmc'] as const
/**
 * forward    log psi of every configuration
 * gradient   of the sum of Re log psi over the batch, with respect to the parameters
 * perSample  the gradient of Re log psi of every configuration
 * vmc        one step: sampling, local energies, log-derivatives, stochastic reconfiguration
 */
export type Work = (typeof works)[number]

export const precisions = ['float32', 'float64'] as const

export interface Item {
  readonly work: Work
  readonly size: SizeName
  readonly precision: Precision
  /** The number of configurations of one call; default: by work and size. */
  readonly batch?: number
}

/** A task is what every contender receives for an item. */
export interface Task {
  readonly work: Work
  readonly precision: Precision
  readonly model: Size
  readonly vmc: VmcSettings
}

/** The settings of all VMC steps: Heisenberg exchange J1 and J2, S^z = 0, no sign rule. */
export interface VmcSettings {
  readonly j1: number
  readonly j2: number
  /** The proposals per chain between records, in sweeps of one proposal per site. */
  readonly sweeps: number
  readonly diagShift: number
  readonly learningRate: number
}

export const vmcSettings: VmcSettings = {
  j1: 1,
  j2: 0.5,
  sweeps: 1,
  diagShift: 1e-3,
  learningRate: 0.03,
}

export const taskOf = ({ work, size, precision }: Item): Task => ({
  work,
  precision,
  model: sizes[size],
  vmc: vmcSettings,
})

export const nameOf = ({ work, size, precision }: Item): string => `${work} ${size} ${precision}`

/** Returns the items in the order of the table. */
export const itemsOf = (
  of: readonly Work[],
  at: readonly SizeName[],
  inPrecisions: readonly Precision[],
  batch?: number,
): readonly Item[] =>
  of.flatMap((work) =>
    inPrecisions.flatMap((precision) =>
      at.map((size) => ({ work, size, precision, ...(batch === undefined ? {} : { batch }) })),
    ),
  )

/**
 * The configurations of one call, the same for all contenders: enough to fill their lanes and
 * threads, few enough that the rows of a call stay below about 30 MB, since fresh memory costs more
 * than filling it.
 */
const batches: Readonly<Record<Exclude<Work, 'vmc'>, Readonly<Record<SizeName, number>>>> = {
  forward: { S: 1024, M: 1024, X: 256 },
  gradient: { S: 1024, M: 1024, X: 256 },
  perSample: { S: 512, M: 128, X: 32 },
}

/** Returns the number of configurations of an item; a VMC step has the samples of its size. */
export const batchOf = ({ work, size, batch }: Item): number =>
  work === 'vmc' ? sizes[size].samples : (batch ?? batches[work][size])
