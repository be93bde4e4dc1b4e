import { evaluatePrimitive } from '../backends/reference.ts'
import {
  fromRows,
  type ProgramSpec,
  type TileRunner,
  type TileSpec,
  toRows,
} from '../backends/tile.ts'
import { sizeOf } from '../shape.ts'
import { type Concrete, type Data, dataOf, toPrecision, wrap } from '../tensor.ts'
import { tableOf } from './emitLoops.ts'
import { type FunctionCode, VECTOR, wasmModule } from './encode.ts'
import { engine } from './engine.ts'
import { hostFunctions } from './host.ts'
import { IN_ROWS } from './lower.ts'
import { compiled } from './module.ts'
import { STRIP } from './rows.ts'

// The compiled backend: a module whose vectors hold samples runs tile after tile in a memory that
// was planned in advance.

/** A function with a vector: valid where the engine knows SIMD. */
const probe: FunctionCode = { locals: ['v128'], body: [] }

/** Can modules run here? Not without SIMD, nor where a page's security policy forbids them. */
export const wasmAvailable = (): boolean => {
  const WebAssembly = engine()
  try {
    const bytes = wasmModule([], [probe], {}, 1)
    return WebAssembly !== undefined && Boolean(new WebAssembly.Module(bytes))
  } catch {
    return false
  }
}

/** Compiles once, for all threads. */
export const wasmPrepared = (spec: ProgramSpec): TileSpec => {
  const whole = compiled(spec.program, spec.perSample, spec.precision)
  return { ...spec, tile: whole.tile, compiled: whole }
}

interface Exports {
  readonly run: () => void
  readonly rows: (from: number, blocks: number, to: number) => void
}

/** A tile runner of one thread: its own memory, its own instance. */
export const wasmTiles = (spec: TileSpec): TileRunner => {
  const { program, perSample, precision } = spec
  const { lowered, plan, tile, strip, pages, module } =
    spec.compiled ?? compiled(program, perSample, precision)
  const WebAssembly = engine()!
  const memory = new WebAssembly.Memory({ initial: pages })
  const { run, rows: toStrip } = new WebAssembly.Instance(module, {
    m: { memory, ...hostFunctions },
  }).exports as Exports
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
    return { x, varies, size: sizeOf(shape), address: (at(base) + offset * pitch) * width }
  })
  /** The lowering has put the elements of every output of many numbers in order. */
  const leave = (to: Data, from: number, size: number, start: number, count: number): void => {
    const side = VECTOR / width
    for (let first = 0; first < size; first += STRIP) {
      const n = Math.min(STRIP, size - first)
      toStrip(from + first * tile * width, Math.ceil(n / side), strip)
      for (let b = 0; b < count; b += 1) {
        const row = strip / width + b * STRIP
        to.set(numbers.subarray(row, row + n), (start + b) * size + first)
      }
    }
  }
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
      outputs.forEach(({ x, varies, size, address }, i) => {
        if (varies && size >= IN_ROWS) leave(out[i]!, address, size, start, count)
        else toRows(out[i]!, x, start, count, varies)
      })
    },
  }
}
