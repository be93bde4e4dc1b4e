import type { Access } from './access.ts'
import type { LaneCode } from './lanes/index.ts'

// The lowered form: loops over memory, and nothing of WebAssembly.

/** A value as a kernel reads it: with one number per lane, or one for all lanes. */
export interface Operand extends Access {
  readonly varies: boolean
}

/**
 * Where a kernel writes: every sample its own numbers, or `total`: added up over samples, in one
 * vector of partial sums for each element.
 */
export interface Write extends Access {
  readonly total?: boolean
}

/** Every element of the writes is the lane code of the same element of the reads. */
export interface MapKernel {
  readonly kind: 'map'
  readonly shape: readonly number[]
  readonly reads: readonly Operand[]
  readonly code: LaneCode
  readonly writes: readonly Write[]
}

/** Sums or maxima; operand strides follow the kept axes, then the reduced ones. */
export interface ReduceKernel {
  readonly kind: 'reduce'
  readonly op: 'sum' | 'max'
  readonly kept: readonly number[]
  readonly reduced: readonly number[]
  readonly read: Operand
  readonly write: Write
}

/** One label of a contraction: its length, and its stride in x, y and the output. */
export interface Label {
  readonly size: number
  readonly x: number
  readonly y: number
  readonly out: number
  /** In what an epilogue reads and writes. */
  readonly beside?: readonly number[]
}

/** Lane code that runs on each sum; only its results reach memory. */
export interface Epilogue extends Pick<MapKernel, 'shape' | 'reads' | 'code' | 'writes'> {
  /** Which of the reads is the sum. */
  readonly sum: number
}

/** out = Σ x · y over the summed labels. If only one operand varies, it is y. */
export interface ContractKernel {
  readonly kind: 'contract'
  readonly x: Operand
  readonly y: Operand
  readonly write: Write
  /** In x, y and the output; in x and the output; in y and the output; in x and y. */
  readonly both: readonly Label[]
  readonly xOnly: readonly Label[]
  readonly yOnly: readonly Label[]
  readonly summed: readonly Label[]
  readonly epilogue?: Epilogue
}

/**
 * Positions along one axis looked up in a table: write[k] = read[table[k]], or with `add`
 * write[table[k]] += read[k]. The first stride of both is that axis, the others run over `shape`.
 */
export interface TableKernel {
  readonly kind: 'table'
  readonly add: boolean
  readonly table: readonly number[]
  readonly shape: readonly number[]
  readonly read: Operand
  readonly write: Write
}

export type Kernel = MapKernel | ReduceKernel | ContractKernel | TableKernel

/** Variables whose memory a kernel reads. */
export const readsOf = (kernel: Kernel): readonly Operand[] => {
  switch (kernel.kind) {
    case 'map':
      return kernel.reads
    case 'contract': {
      const { x, y, epilogue } = kernel
      return [x, y, ...(epilogue?.reads.filter((_, i) => i !== epilogue.sum) ?? [])]
    }
    default:
      return [kernel.read]
  }
}

/** Variables whose memory a kernel writes. */
export const writesOf = (kernel: Kernel): readonly Write[] => {
  if (kernel.kind === 'map') return kernel.writes
  return (kernel.kind === 'contract' && kernel.epilogue?.writes) || [kernel.write]
}
