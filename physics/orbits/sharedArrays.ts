// Arrays that all threads see, where threads can share memory at all.

const shares =
  (globalThis as { readonly SharedArrayBuffer?: unknown }).SharedArrayBuffer !== undefined

const bytes = (length: number): SharedArrayBuffer | ArrayBuffer =>
  shares ? new SharedArrayBuffer(length) : new ArrayBuffer(length)

/** So many whole numbers, all 0. */
export const sharedInts = (length: number): Int32Array => new Int32Array(bytes(4 * length))

/** So many numbers, all 0. */
export const sharedNumbers = (length: number): Float64Array => new Float64Array(bytes(8 * length))
