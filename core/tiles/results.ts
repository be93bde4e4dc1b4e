import { allocate, type Data, type Precision } from '../values/index.ts'

// The memory that results are written to.

/** A result memory gives memory of this length and precision for an output, by its number. */
export type ResultMemory = (output: number, length: number, precision: Precision) => Data

/** Allocates fresh memory for every result. */
export const freshMemory: ResultMemory = (_, length, precision) => allocate(length, precision)

/**
 * Memory that every call takes again, larger when it has to be, so that a result is lost at the
 * next one; shared, so that threads fill it directly.
 */
export const keptMemory = (): ResultMemory => {
  const kept: Data[] = []
  return (output, length, precision) => {
    const old = kept[output]
    if (old !== undefined && old.length >= length) return old.subarray(0, length)
    const fresh = shareable(length, precision)
    kept[output] = fresh
    return fresh
  }
}

/** Allocates memory that other threads see, where the engine shares memory. */
const shareable = (length: number, precision: Precision): Data => {
  if (typeof SharedArrayBuffer === 'undefined') return allocate(length, precision)
  return precision === 'float32'
    ? new Float32Array(new SharedArrayBuffer(4 * length))
    : new Float64Array(new SharedArrayBuffer(8 * length))
}
