import type { Program } from '../primitives/index.ts'
import {
  assign,
  type Concrete,
  type Data,
  mergedAxes,
  type Precision,
  sizeOf,
  stridesOf,
  wrap,
} from '../values/index.ts'

// All backends work on tiles of samples: they read rows of inputs and write rows of outputs.

/** `reference` is the backend to read, `wasm` the one to use; they compute the same. */
export type BackendName = 'reference' | 'wasm'

/** A source is a program of one sample, and how it runs on many. */
export interface Source {
  /** The program of one sample, with everything inlined. */
  readonly program: Program
  /** Tells for each input of the program whether every sample has its own. */
  readonly perSample: readonly boolean[]
  readonly precision: Precision
  /** Whether results are added up over the samples. */
  readonly summed: boolean
  /** Whether two vectors run as one where the engine can. */
  readonly wide: boolean
}

/** A source with the backend that runs it. */
export interface ProgramSpec extends Source {
  readonly backend: BackendName
}

/** A program prepared by its backend: plain data, from which every thread can start. */
export interface TileSpec extends ProgramSpec {
  /** Samples of one piece of work: a tile, or as many as one sum over samples takes. */
  readonly tile: number
  /** The compiled program; only the backend knows its type. */
  readonly compiled?: unknown
}

export interface TileRunner {
  /** Loads what all samples share. */
  readonly load: (shared: readonly Concrete[]) => void
  /**
   * Samples start … start + count − 1 (count <= tile): reads row-major rows of every per-sample
   * input, writes rows of every output; or their sum, as row start/tile.
   */
  readonly run: (rows: readonly Data[], start: number, count: number, out: readonly Data[]) => void
}

/** A job is one call: inputs as row-major data, outputs to fill; the same for every backend. */
export interface Job {
  readonly shared: readonly Concrete[]
  readonly rows: readonly Data[]
  readonly out: readonly Data[]
  readonly samples: number
}
/** A runner turns a program on tiles into a function that runs jobs. */
export type Runner = (spec: TileSpec) => (job: Job) => void

/** Runs tile after tile on the calling thread. */
export const runSerially = (tiles: TileRunner, job: Job, tile: number): void => {
  tiles.load(job.shared)
  for (let start = 0; start < job.samples; start += tile)
    tiles.run(job.rows, start, Math.min(tile, job.samples - start), job.out)
}

/** Writes rows [count, size] samples-last, [size, tile]; a short tile repeats its last sample. */
export const fromRows = (
  to: Data,
  rows: Data,
  start: number,
  count: number,
  tile: number,
): void => {
  const size = to.length / tile
  for (let b = 0; b < tile; b += 1) {
    const from = (start + Math.min(b, count - 1)) * size
    for (let i = 0; i < size; i += 1) to[i * tile + b] = rows[from + i]!
  }
}

/** Writes samples-last values, or one value for all samples, as rows [count, size]. */
export const toRows = (
  to: Data,
  x: Concrete,
  start: number,
  count: number,
  varies: boolean,
): void => {
  const axes = varies ? x.shape.length - 1 : x.shape.length
  const shape = x.shape.slice(0, axes)
  const size = sizeOf(shape)
  const step = varies ? x.stride[axes]! : 0
  const first = x.offset
  const merged = mergedAxes(shape, [x.stride])
  if (merged.sizes.length > 1) {
    const rows = wrap(to, [...shape, count], [...stridesOf(shape), size], start * size)
    assign(rows, wrap(x.data, rows.shape, [...x.stride.slice(0, axes), step], first))
    return
  }
  const pitch = merged.strides[0]![0] ?? 0
  for (let i = 0; i < size; i += 1)
    for (let b = 0; b < count; b += 1)
      to[(start + b) * size + i] = x.data[first + i * pitch + b * step]!
}
