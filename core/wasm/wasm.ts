import { hostFunctions } from '../lowering/lanes/index.ts'
import { evaluatePrimitive, runEquations } from '../primitives/index.ts'
import {
  type AddRows,
  addRows,
  fromRows,
  type ProgramSpec,
  type TileRunner,
  type TileSpec,
  toRows,
} from '../tiles/index.ts'
import {
  type Concrete,
  type Data,
  dataOf,
  sameNumbers,
  sizeOf,
  toPrecision,
  wrap,
} from '../values/index.ts'
import { tableOf } from './emitLoops.ts'
import { type FunctionCode, TOTAL, VECTOR, wasmModule } from './encode.ts'
import { engine } from './engine.ts'
import { type Compiled, compiled } from './module.ts'
import { STRIP } from './sampleRows.ts'
import { IN_ROWS } from './wasmTarget.ts'

// The compiled backend: a module whose vectors hold samples runs tile after tile in a memory that
// was planned in advance.

/** This function has a vector, and is valid where the engine knows SIMD. */
const probe: FunctionCode = { locals: ['v128'], body: [] }

/**
 * Tells whether modules can run here: with SIMD, and where a page's security policy allows them.
 */
export const wasmAvailable = (): boolean => {
  const WebAssembly = engine()
  try {
    const bytes = wasmModule([], [probe], {}, 1)
    return WebAssembly !== undefined && Boolean(new WebAssembly.Module(bytes))
  } catch {
    return false
  }
}

/**
 * One sum takes so many samples: enough to make its end cheap, few enough to share among threads.
 */
const SUM = 128

/** Compiles once, for all threads. */
export const wasmPrepared = (spec: ProgramSpec): TileSpec => {
  const whole = compiled(spec)
  return { ...spec, tile: spec.summed ? SUM : whole.tile, compiled: whole }
}

/** Returns the module that was compiled for all threads, or compiles one for this thread. */
const compiledOf = (spec: TileSpec): Compiled =>
  (spec.compiled as Compiled | undefined) ?? compiled(spec)

interface Exports {
  readonly run: () => void
  readonly rows: (from: number, blocks: number, to: number) => void
}

/** Makes a tile runner of one thread, with its own memory and instance. */
export const wasmTiles = (spec: TileSpec): TileRunner => {
  const { program, perSample, precision } = spec
  const { format, lowered, plan, tile, strip, pages, module } = compiledOf(spec)
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
    const table = tableOf({ format, lanes: tile, plan, totals: lowered.totals }, kernel)
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
  /** Writes rows of an output of many numbers. The lowering has put its elements in order. */
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
  let loaded: readonly Data[] | undefined
  /**
   * Loads shared values. If the arguments are those of the last call, the values computed from
   * them are still in memory.
   */
  const load = (shared: readonly Concrete[]): void => {
    const given = shared.map((x) => toPrecision(x, precision))
    if (loaded?.every((x, i) => sameNumbers(x, dataOf(given[i]!)))) return
    loaded = undefined
    const env = runEquations(
      { inputs: sharedInputs, equations: lowered.once },
      given,
      ({ primitive, params, output }, xs) =>
        evaluatePrimitive(primitive, params, xs, output.shape, precision),
    )
    for (const id of inMemory) numbers.set(dataOf(env[id]!), at(id))
    loaded = given.map((x) => dataOf(x).slice())
  }
  const runTile = (rows: readonly Data[], start: number, count: number): void => {
    sampleInputs.forEach((to, i) => {
      fromRows(to, rows[i]!, start, count, tile)
    })
    run()
  }
  const runRows: TileRunner['run'] = (rows, start, count, out) => {
    runTile(rows, start, count)
    outputs.forEach(({ x, varies, size, address }, i) => {
      if (varies && size >= IN_ROWS) leave(out[i]!, address, size, start, count)
      else toRows(out[i]!, x, start, count, varies)
    })
  }
  if (!spec.summed) return { load, run: runRows }

  const side = TOTAL / width
  /**
   * Makes a runner for a last tile that is not full. Such a tile repeats samples, which a sum must
   * not do, so this runner returns one row for each sample.
   */
  const newRest = (): { readonly runner: TileRunner; readonly add: AddRows } => {
    const rowSpec = wasmPrepared({ ...spec, summed: false })
    const runner = wasmTiles(rowSpec)
    return { runner, add: addRows(rowSpec, runner) }
  }
  let rest: ReturnType<typeof newRest> | undefined
  let given: readonly Concrete[] = []
  return {
    load: (shared) => {
      given = shared
      load(shared)
      rest?.runner.load(shared)
    },
    run: (rows, start, count, out) => {
      const row = start / spec.tile
      const full = count - (count % tile)
      for (const id of lowered.totals)
        numbers.fill(0, at(id), at(id) + lowered.sizes.get(id)! * side)
      for (let done = 0; done < full; done += tile) runTile(rows, start + done, tile)
      outputs.forEach(({ x, varies, size, address }, k) => {
        const sums = out[k]!
        if (!varies) toRows(sums, x, row, 1, false)
        for (let i = 0; i < size; i += 1) {
          const to = row * size + i
          if (varies) {
            sums[to] = 0
            for (let l = 0; l < side; l += 1) sums[to]! += numbers[address / width + i * side + l]!
          } else sums[to] = full === 0 ? 0 : sums[to]! * full
        }
      })
      if (full === count) return
      if (rest === undefined) {
        rest = newRest()
        rest.runner.load(given)
      }
      rest.add(rows, start + full, count - full, out, row)
    },
  }
}
