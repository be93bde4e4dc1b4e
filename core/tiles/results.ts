import { allocate, type Data, type Precision } from '../values/index.ts'

// Results are written to fresh memory, or to memory that every call uses again.

/** A result memory gives memory of this length and precision for an output, by its number. */
export type ResultMemory = (output: number, length: number, precision: Precision) => Data

/** Allocates fresh memory for every result. */
export const freshMemory: ResultMemory = (_, length, precision) => allocate(length, precision)

/**
 * Returns memory that every call uses again, so a result is valid only until the next call. It
 * grows when needed, and it is shared, so that threads fill it directly.
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

/** Allocates shared memory where the engine has it. */
const shareable = (length: number, precision: Precision): Data => {
  if (typeof SharedArrayBuffer === 'undefined') return allocate(length, precision)
  return precision === 'float32'
    ? new Float32Array(new SharedArrayBuffer(4 * length))
    : new Float64Array(new SharedArrayBuffer(8 * length))
}
