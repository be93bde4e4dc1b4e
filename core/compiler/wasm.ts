import { evaluatePrimitive } from '../backends/reference.ts'
import { fromRows, type TileRunner, type TileSpec, toRows } from '../backends/tile.ts'
import { type Concrete, type Data, dataOf, toPrecision, wrap } from '../tensor.ts'
import type { Target } from './emit.ts'
import { emitContract } from './emitContract.ts'
import { emitSimple, tableOf } from './emitLoops.ts'
import { call, type FunctionCode, wasmModule } from './encode.ts'
import { engine, fusedMultiplyAdd } from './engine.ts'
import { hostFunctions, imports } from './host.ts'
import type { Format } from './lanes.ts'
import { type Lowered, lower } from './lower.ts'
import { type MemoryPlan, planMemory } from './memory.ts'

// The compiled backend: a program of one sample becomes a WebAssembly module whose vectors hold
// samples, and runs tile after tile in a memory that was planned in advance.

const PAGE = 65536
/** A tile's values are to stay in the second-level cache. */
const CACHE = 512 * 1024

export interface Compiled {
  readonly lowered: Lowered
  readonly plan: MemoryPlan
  readonly bytes: Uint8Array<ArrayBuffer>
}

const formatOf = ({ precision }: Pick<TileSpec, 'precision'>): Format =>
  precision === 'float64' ? 'f64' : 'f32'

/** From a program to the bytes of its module; plain data all the way. */
export const compiled = (spec: TileSpec): Compiled => {
  const format = formatOf(spec)
  const lowered = lower(spec.program, spec.perSample, format)
  const plan = planMemory(lowered, spec.tile)
  const target: Target = { format, lanes: spec.tile, plan, fused: fusedMultiplyAdd() }
  const kernels = lowered.kernels.map(
    (kernel, k): FunctionCode =>
      kernel.kind === 'contract' ? emitContract(target, kernel) : emitSimple(target, kernel, k),
  )
  const run: FunctionCode = {
    locals: [],
    body: kernels.flatMap((_, k) => call(imports.length + k)),
  }
  const pages = Math.ceil(plan.bytes / PAGE)
  return { lowered, plan, bytes: wasmModule(imports, [...kernels, run], pages) }
}

/** A function with a vector: valid where the engine knows SIMD. */
const probe: FunctionCode = { locals: ['v128'], body: [] }

/** Can modules run here? Not without SIMD, nor where a page's security policy forbids them. */
export const wasmAvailable = (): boolean => {
  const WebAssembly = engine()
  try {
    return WebAssembly !== undefined && Boolean(new WebAssembly.Module(wasmModule([], [probe], 1)))
  } catch {
    return false
  }
}

/** As many vectors to a value, four or two, as leave a tile in the cache. */
export const wasmWidth = (spec: Omit<TileSpec, 'tile'>): number => {
  const four = spec.precision === 'float64' ? 8 : 16
  const lowered = lower(spec.program, spec.perSample, formatOf(spec))
  return planMemory(lowered, four).tileBytes <= CACHE ? four : four / 2
}

/** A tile runner of one thread: its own memory, its own instance. */
export const wasmTiles = (spec: TileSpec): TileRunner => {
  const { lowered, plan, bytes } = compiled(spec)
  const WebAssembly = engine()!
  const memory = new WebAssembly.Memory({ initial: Math.ceil(plan.bytes / PAGE) })
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    m: { memory, ...hostFunctions },
  }).exports as { readonly run: () => void }
  const { program, perSample, precision, tile } = spec
  const numbers: Data =
    precision === 'float64' ? new Float64Array(memory.buffer) : new Float32Array(memory.buffer)
  const width = numbers.BYTES_PER_ELEMENT
  const at = (id: number): number => plan.address.get(id)! / width
  lowered.kernels.forEach((kernel, k) => {
    if (kernel.kind !== 'table') return
    const table = tableOf(lowered.format, tile, kernel)
    new Int32Array(memory.buffer, plan.tables.get(k), table.length).set(table)
  })
  const sharedInputs = program.inputs.filter((_, i) => !perSample[i])
  const sampleInputs = lowered.inputs.map((id) =>
    numbers.subarray(at(id), at(id) + lowered.sizes.get(id)! * tile),
  )
  const outputs = lowered.outputs.map(({ base, offset, strides, varies }, i) => {
    const shape = program.outputs[i]!.shape
    const pitch = varies ? tile : 1
    const x = wrap(
      numbers,
      varies ? [...shape, tile] : [...shape],
      [...strides.map((s) => s * pitch), ...(varies ? [1] : [])],
      at(base) + offset * pitch,
    )
    return { x, varies }
  })
  const inMemory = [...plan.address.keys()].filter((id) => !lowered.varies[id])
  return {
    load: (shared) => {
      const env: Concrete[] = []
      sharedInputs.forEach((v, i) => {
        env[v.id] = toPrecision(shared[i]!, precision)
      })
      for (const { primitive, params, inputs, output } of lowered.once)
        env[output.id] = evaluatePrimitive(
          primitive,
          params,
          inputs.map((v) => env[v.id]!),
          output.shape,
          precision,
        )
      for (const id of inMemory) numbers.set(dataOf(env[id]!), at(id))
    },
    run: (rows, start, count, out) => {
      sampleInputs.forEach((to, i) => {
        fromRows(to, rows[i]!, start, count, tile)
      })
      run()
      outputs.forEach(({ x, varies }, i) => {
        toRows(out[i]!, x, start, count, varies)
      })
    },
  }
}
