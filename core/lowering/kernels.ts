import type { Access } from './access.ts'
import type { PlainCode } from './lanes/index.ts'

// The lowered form consists of loops over memory and is independent of the target.

/**
 * An operand is a value as a kernel reads it: every sample has its own numbers, or all samples
 * share them.
 */
export interface Operand extends Access {
  readonly varies: boolean
}

/** The code computes every element of the writes from the same element of the reads. */
export interface MapKernel {
  readonly kind: 'map'
  readonly shape: readonly number[]
  readonly reads: readonly Operand[]
  readonly code: PlainCode
  readonly writes: readonly Access[]
}

/** The kernel takes sums or maxima; operand strides follow the kept axes, then the reduced ones. */
export interface ReduceKernel {
  readonly kind: 'reduce'
  readonly op: 'sum' | 'max'
  readonly kept: readonly number[]
  readonly reduced: readonly number[]
  readonly read: Operand
  readonly write: Access
}

/** A label of a contraction has a length, and strides in x, y and the output. */
export interface Label {
  readonly size: number
  readonly x: number
  readonly y: number
  readonly out: number
  /** Its strides in the operands that an epilogue reads, then in those that it writes. */
  readonly beside?: readonly number[]
}

/** The code runs on each sum, and only its results reach memory. */
export interface Epilogue extends Pick<MapKernel, 'shape' | 'reads' | 'code' | 'writes'> {
  /** `sum` tells which of the reads is the sum. */
  readonly sum: number
}

/** The kernel computes Σ x · y over the summed labels. If only one operand varies, it is y. */
export interface ContractKernel {
  readonly kind: 'contract'
  readonly x: Operand
  readonly y: Operand
  readonly write: Access
  /**
   * `both` are labels in x, y and the output; `xOnly` in x and the output; `yOnly` in y and the
   * output; `summed` in x and y.
   */
  readonly both: readonly Label[]
  readonly xOnly: readonly Label[]
  readonly yOnly: readonly Label[]
  readonly summed: readonly Label[]
  readonly epilogue?: Epilogue
}

/**
 * The kernel maps positions along one axis by a table: write[k] = read[table[k]], or with `add`
 * write[table[k]] += read[k]. The first stride of both is that axis, the others run over `shape`.
 */
export interface TableKernel {
  readonly kind: 'table'
  readonly add: boolean
  readonly table: readonly number[]
  readonly shape: readonly number[]
  readonly read: Operand
  readonly write: Access
}

export type Kernel = MapKernel | ReduceKernel | ContractKernel | TableKernel

/** Lists the operands whose memory a kernel reads. */
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

/** Lists the places in memory that a kernel writes. */
export const writesOf = (kernel: Kernel): readonly Access[] => {
  if (kernel.kind === 'map') return kernel.writes
  return (kernel.kind === 'contract' && kernel.epilogue?.writes) || [kernel.write]
}
