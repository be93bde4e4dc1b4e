import {
  collides,
  type Lowered,
  lower,
  type MemoryPlan,
  planMemory,
  shortScatters,
} from '../lowering/index.ts'
import { type Format, WIDTH } from '../lowering/lanes/index.ts'
import type { Source } from '../tiles/index.ts'
import type { Target } from './emit.ts'
import { emitContract } from './emitContract.ts'
import { emitSimple } from './emitLoops.ts'
import { call, type FunctionCode, TOTAL, VECTOR, wasmModule } from './encode.ts'
import { engine, fusedMultiplyAdd, joinVectors } from './engine.ts'
import { imports } from './imports.ts'
import { emitRows, STRIP } from './sampleRows.ts'

// From the program of one sample to a WebAssembly module, once; every thread instantiates it.

const PAGE = 65536
/** A tile's values are to stay in the second-level cache. */
const CACHE = 512 * 1024
/** What plans of memory are made for. */
export const alignment = { vector: VECTOR, total: TOTAL } as const

/** A program lowered, and its memory laid out for tiles of so many samples. */
export interface Planned {
  readonly lowered: Lowered
  readonly plan: MemoryPlan
  readonly tile: number
}

export interface Compiled extends Planned {
  /** Address of the strip that rows leave by. */
  readonly strip: number
  readonly pages: number
  /** A WebAssembly.Module: threads share it, optimised code included. */
  readonly module: object
}

/** Four vectors to a value; two, where four would not leave a tile in the caches. */
export const planned = ({
  program,
  perSample,
  precision,
  summed,
}: Omit<Source, 'wide'>): Planned => {
  const format: Format = precision === 'float64' ? 'f64' : 'f32'
  const short = format === 'f64' ? program : shortScatters(program)
  const lowered = lower(short, perSample, format, summed)
  const four = precision === 'float64' ? 8 : 16
  const plan = planMemory(lowered, four, alignment)
  return plan.tileBytes <= CACHE && !collides(lowered, four)
    ? { lowered, plan, tile: four }
    : { lowered, plan: planMemory(lowered, four / 2, alignment), tile: four / 2 }
}

/** The bytes of a planned program's module: it exports `run` for a tile, and `rows`. */
export const moduleBytes = (
  { lowered, plan, tile }: Planned,
  pages: number,
  machine: Machine,
): Uint8Array<ArrayBuffer> => {
  const target: Target = { format: lowered.format, lanes: tile, plan, ...machine }
  const kernels = lowered.kernels.map(
    (kernel, k): FunctionCode =>
      kernel.kind === 'contract' ? emitContract(target, kernel) : emitSimple(target, kernel, k),
  )
  const run: FunctionCode = {
    locals: [],
    body: kernels.flatMap((_, k) => call(imports.length + k)),
  }
  const functions = [...kernels, run, emitRows(lowered.format, tile)]
  const exported = { run: kernels.length, rows: kernels.length + 1 }
  return wasmModule(imports, functions, exported, pages)
}

/** What code is written for. */
export type Machine = Pick<Target, 'fused' | 'wide'>
const machineHere = (wide: boolean): Machine => ({
  fused: fusedMultiplyAdd(),
  wide: wide && joinVectors(),
})

/** From a program to a module that is ready to run. */
export const compiled = (source: Source, machine = machineHere(source.wide)): Compiled => {
  const parts = planned(source)
  const { lowered, plan, tile } = parts
  const pages = Math.ceil((plan.bytes + STRIP * tile * WIDTH[lowered.format]) / PAGE)
  const WebAssembly = engine()!
  const module = new WebAssembly.Module(moduleBytes(parts, pages, machine))
  return { ...parts, strip: plan.bytes, pages, module }
}
