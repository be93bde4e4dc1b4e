import { either as E } from 'fp-ts'
import { parseJson } from './json.ts'

/**
 * This file reads and writes the safetensors format: an 8-byte little-endian length, a JSON header,
 * then the raw data.
 *
 * Source  https://github.com/huggingface/safetensors (format section). Typed arrays are written as
 *         they lie in memory, which is little-endian on every platform Node runs on but s390x.
 */
export type Values = Float64Array | Float32Array | Int8Array

export interface Entry {
  readonly shape: readonly number[]
  readonly values: Values
}

export interface SafeTensors {
  readonly tensors: Readonly<Record<string, Entry>>
  readonly metadata: Readonly<Record<string, string>>
}

const kinds = {
  F64: { bytes: 8, make: (b: ArrayBuffer): Values => new Float64Array(b) },
  F32: { bytes: 4, make: (b: ArrayBuffer): Values => new Float32Array(b) },
  I8: { bytes: 1, make: (b: ArrayBuffer): Values => new Int8Array(b) },
} as const

type Kind = keyof typeof kinds

const kindOf = (values: Values): Kind =>
  values instanceof Float64Array ? 'F64' : values instanceof Float32Array ? 'F32' : 'I8'

const lengthBytes = 8
const metadataKey = '__metadata__'
/** The format limits headers to this size. */
const maxHeader = 100_000_000

/** Wide numbers come first, so that every tensor is aligned in the file. */
const ordered = (tensors: SafeTensors['tensors']): [string, Entry][] =>
  Object.entries(tensors).sort(
    ([, a], [, b]) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT,
  )

/** Encodes tensors as the bytes of a file. A tensor named __metadata__ cannot be written. */
export const encode = ({ tensors, metadata }: SafeTensors): Uint8Array => {
  const header: [string, unknown][] = [[metadataKey, metadata]]
  const list = ordered(tensors)
  let size = 0
  for (const [name, { shape, values }] of list) {
    const offsets = [size, size + values.byteLength]
    header.push([name, { dtype: kindOf(values), shape, data_offsets: offsets }])
    size += values.byteLength
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)))
  const padded = Math.ceil(text.length / lengthBytes) * lengthBytes
  const out = new Uint8Array(lengthBytes + padded + size).fill(32, 0, lengthBytes + padded)
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true)
  out.set(text, lengthBytes)
  let at = lengthBytes + padded
  for (const [, { values }] of list) {
    out.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at)
    at += values.byteLength
  }
  return out
}

const isRecord = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && !Array.isArray(x)

const isCount = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0

interface Place {
  readonly name: string
  readonly kind: Kind
  readonly shape: readonly number[]
  readonly from: number
  readonly to: number
}

const placeOf = ([name, raw]: [string, unknown]): E.Either<string, Place> => {
  const { dtype, shape, data_offsets: offsets } = isRecord(raw) ? raw : {}
  if (typeof dtype !== 'string' || !Object.hasOwn(kinds, dtype))
    return E.left(`tensor ${name} has dtype ${JSON.stringify(dtype)}; F64, F32 and I8 are read`)
  if (!Array.isArray(shape) || !shape.every(isCount))
    return E.left(`tensor ${name} has shape ${JSON.stringify(shape)}`)
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    return E.left(`tensor ${name} has data_offsets ${JSON.stringify(offsets)}`)
  const [from, to] = offsets as [number, number]
  const kind = dtype as Kind
  const bytes = shape.reduce((n: number, d: number) => n * d, kinds[kind].bytes)
  if (to - from !== bytes)
    return E.left(`tensor ${name} of shape [${shape}] needs ${bytes} bytes, has ${to - from}`)
  return E.right({ name, kind, shape, from, to })
}

/** The format allows no holes, no overlaps and no bytes left over. */
const uncovered = (places: readonly Place[], size: number): string | undefined => {
  let at = 0
  for (const { name, from, to } of [...places].sort((p, q) => p.from - q.from || p.to - q.to)) {
    if (from !== at) return `tensor ${name} starts at byte ${from} of the data, not at ${at}`
    at = to
  }
  return at === size ? undefined : `the data has ${size} bytes, its header says ${at}`
}

const headerOf = (file: Uint8Array): E.Either<string, { header: object; start: number }> => {
  if (file.length < lengthBytes) return E.left(`only ${file.length} bytes: not a safetensors file`)
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const length = Number(view.getBigUint64(0, true))
  const start = lengthBytes + length
  if (length > maxHeader) return E.left(`a header of ${length} bytes: not a safetensors file`)
  if (start > file.length)
    return E.left(`the file ends after ${file.length} bytes, inside its header of ${length}`)
  const header = parseJson(new TextDecoder().decode(file.subarray(lengthBytes, start)))
  if (E.isLeft(header)) return E.left(`its header cannot be read: ${header.left}`)
  return isRecord(header.right)
    ? E.right({ header: header.right, start })
    : E.left('its header is not a JSON object')
}

/** Decodes the tensors of a file's bytes. Left: what is wrong with the file, in one sentence. */
export const decode = (file: Uint8Array): E.Either<string, SafeTensors> => {
  const opened = headerOf(file)
  if (E.isLeft(opened)) return opened
  const { header, start } = opened.right
  const { [metadataKey]: metadata = {}, ...rest } = header as Record<string, unknown>
  if (!isRecord(metadata) || !Object.values(metadata).every((x) => typeof x === 'string'))
    return E.left('its metadata is not a map of texts')
  const places: Place[] = []
  for (const item of Object.entries(rest)) {
    const place = placeOf(item)
    if (E.isLeft(place)) return place
    places.push(place.right)
  }
  const gap = uncovered(places, file.length - start)
  if (gap !== undefined) return E.left(gap)
  const tensors = places.map(({ name, kind, shape, from, to }) => {
    const bytes = file.slice(start + from, start + to)
    return [name, { shape, values: kinds[kind].make(bytes.buffer) }] as const
  })
  return E.right({
    tensors: Object.fromEntries(tensors),
    metadata: metadata as Record<string, string>,
  })
}
