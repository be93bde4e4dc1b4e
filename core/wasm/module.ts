import {
  type Lowered,
  lower,
  type MemoryPlan,
  planMemory,
  shortScatters,
} from '../lowering/index.ts'
import { type Format, WIDTH } from '../lowering/lanes/index.ts'
import type { Source } from '../tiles/index.ts'
import { collides } from './cacheWays.ts'
import type { Tile } from './emit.ts'
import { emitContract } from './emitContract.ts'
import { emitSimple } from './emitLoops.ts'
import { call, type FunctionCode, wasmModule } from './encode.ts'
import { engine, fusedMultiplyAdd, joinVectors } from './engine.ts'
import { imports } from './imports.ts'
import { emitRows, STRIP } from './sampleRows.ts'
import { type Machine, memoryUnits, wasmTarget } from './wasmTarget.ts'

// The program of one sample is compiled once to a WebAssembly module; every thread instantiates it.

const PAGE = 65536
/** The bytes of a tile's values, which should stay in the second-level cache. */
const CACHE = 512 * 1024

/** A planned program is lowered, and its memory is laid out for tiles of so many samples. */
export interface Planned {
  readonly format: Format
  readonly lowered: Lowered
  readonly plan: MemoryPlan
  readonly tile: number
}

export interface Compiled extends Planned {
  /** Rows are written through the strip at this address. */
  readonly strip: number
  readonly pages: number
  /** A WebAssembly.Module, which threads share, optimised code included. */
  readonly module: object
}

/**
 * Plans a program with four vectors to a value, or with two, where four would not leave a tile in
 * the caches.
 */
export const planned = ({
  program,
  perSample,
  precision,
  summed,
}: Omit<Source, 'wide'>): Planned => {
  const format: Format = precision === 'float64' ? 'f64' : 'f32'
  const short = format === 'f64' ? program : shortScatters(program)
  const lowered = lower(short, perSample, wasmTarget(format), summed)
  const units = memoryUnits(format)
  const four = precision === 'float64' ? 8 : 16
  const plan = planMemory(lowered, four, units)
  return plan.tileBytes <= CACHE && !collides(lowered, four * units.number)
    ? { format, lowered, plan, tile: four }
    : { format, lowered, plan: planMemory(lowered, four / 2, units), tile: four / 2 }
}

/** Writes the bytes of a planned program's module: it exports `run` for a tile, and `rows`. */
export const moduleBytes = (
  { format, lowered, plan, tile }: Planned,
  pages: number,
  machine: Machine,
): Uint8Array<ArrayBuffer> => {
  const t: Tile = { format, lanes: tile, plan, totals: lowered.totals, ...machine }
  const kernels = lowered.kernels.map(
    (kernel, k): FunctionCode =>
      kernel.kind === 'contract' ? emitContract(t, kernel) : emitSimple(t, kernel, k),
  )
  const run: FunctionCode = {
    locals: [],
    body: kernels.flatMap((_, k) => call(imports.length + k)),
  }
  const functions = [...kernels, run, emitRows(format, tile)]
  const exported = { run: kernels.length, rows: kernels.length + 1 }
  return wasmModule(imports, functions, exported, pages)
}

const machineHere = (wide: boolean): Machine => ({
  fused: fusedMultiplyAdd(),
  wide: wide && joinVectors(),
})

/** Compiles a program to a module that is ready to run. */
export const compiled = (source: Source, machine = machineHere(source.wide)): Compiled => {
  const parts = planned(source)
  const { format, plan, tile } = parts
  const pages = Math.ceil((plan.bytes + STRIP * tile * WIDTH[format]) / PAGE)
  const WebAssembly = engine()!
  const module = new WebAssembly.Module(moduleBytes(parts, pages, machine))
  return { ...parts, strip: plan.bytes, pages, module }
}
