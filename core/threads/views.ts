import type { Data } from '../values/index.ts'

// Arrays in shared memory, as messages carry them. V8 writes the offset of an array in 32 bits
// (Node 20): one that ends beyond 4 GiB would arrive shortened, without any error.

const kinds = { Float64Array, Float32Array, Int32Array } as const
type Kind = keyof typeof kinds

/** A view of shared memory is described by numbers, which have 53 bits. */
interface SharedView {
  readonly view: Kind
  readonly buffer: SharedArrayBuffer
  readonly offset: number
  readonly length: number
}

const isSharedView = (x: object): x is SharedView =>
  'view' in x && 'buffer' in x && x.buffer instanceof SharedArrayBuffer

const mapped = (x: object, f: (value: unknown) => unknown): unknown => {
  if (Array.isArray(x)) return x.map(f)
  if (Object.getPrototypeOf(x) !== Object.prototype) return x
  return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, f(value)]))
}

/** Replaces every array of shared memory in plain data by where it lies, so that it can be sent. */
export const sent = (x: unknown): unknown => {
  if (typeof x !== 'object' || x === null) return x
  for (const view of Object.keys(kinds) as Kind[])
    if (x instanceof kinds[view] && x.buffer instanceof SharedArrayBuffer)
      return { view, buffer: x.buffer, offset: x.byteOffset, length: x.length } satisfies SharedView
  return mapped(x, sent)
}

const viewOf = ({ view, buffer, offset, length }: SharedView): Data | Int32Array => {
  if (view === 'Int32Array') return new Int32Array(buffer, offset, length)
  return view === 'Float64Array'
    ? new Float64Array(buffer, offset, length)
    : new Float32Array(buffer, offset, length)
}

/** Restores the same data on the other side. */
export const received = (x: unknown): unknown => {
  if (typeof x !== 'object' || x === null) return x
  if (isSharedView(x)) return viewOf(x)
  return mapped(x, received)
}
