import { type Batched, interpretBatched } from '../batch.ts'
import { primitives } from '../primitives/index.ts'
import type { Equation, Evaluation, PrimitiveName, Program, Variable } from '../program.ts'
import { sizeOf } from '../shape.ts'
import {
  allocate,
  assign,
  type Concrete,
  type Data,
  type Precision,
  toPrecision,
  wrap,
} from '../tensor.ts'
import { trace } from '../trace.ts'
import { fromRows, type TileRunner, type TileSpec, toRows } from './tile.ts'

// The reference backend for many samples: the program of one sample is lifted to a tile of samples
// that lie side by side in memory, every buffer is allocated once, and tile after tile runs
// through the same list of steps. What no sample changes runs once per call.

/** Samples that run together: enough to fill inner loops, few enough to stay in cache. */
export const referenceWidth = 32

type Step = () => void

interface Lifted {
  readonly program: Program
  readonly varies: readonly boolean[]
}

/** The program on tiles, and which of its values differ from sample to sample. */
const lift = ({ program, perSample, tile, precision }: TileSpec): Lifted => {
  const lifted = trace(
    (inputs) => {
      const values = inputs.map((x, i): Batched => ({ x, batched: perSample[i]! }))
      return interpretBatched(program, values, tile, precision).map((y) => y.x)
    },
    program.inputs.map((v, i) => (perSample[i] ? [...v.shape, tile] : v.shape)),
  ).program
  const varies = [...perSample]
  for (const eq of lifted.equations)
    varies[eq.output.id] = eq.inputs.some((v) => varies[v.id] === true)
  return { program: lifted, varies }
}

/** Index of the last equation that reads each buffer, directly or through a view. */
const lastUses = (program: Program): { base: number[]; last: number[] } => {
  const base = program.inputs.map((v) => v.id)
  const last: number[] = []
  program.equations.forEach((eq, i) => {
    for (const v of eq.inputs) last[base[v.id]!] = i
    const isView = 'view' in primitives[eq.primitive].evaluate
    base[eq.output.id] = isView ? base[eq.inputs[0]!.id]! : eq.output.id
    last[base[eq.output.id]!] = Math.max(last[base[eq.output.id]!] ?? i, i)
  })
  for (const v of program.outputs) last[base[v.id]!] = Number.POSITIVE_INFINITY
  return { base, last }
}

/** Memory handed out and taken back; blocks of equal size are used again. */
const pool = (precision: Precision) => {
  const free = new Map<number, Data[]>()
  return {
    take: (size: number): Data => free.get(size)?.pop() ?? allocate(size, precision),
    give: (block: Data): void => {
      const list = free.get(block.length) ?? []
      free.set(block.length, [...list, block])
    },
  }
}

/** Turns a program into steps on buffers that exist already. */
export const referenceTiles = (spec: TileSpec): TileRunner => {
  const { program, varies } = lift(spec)
  const { precision, tile } = spec
  const { base, last } = lastUses(program)
  const memory = pool(precision)
  const values: Concrete[] = program.inputs.map((v) =>
    wrap(allocate(sizeOf(v.shape), precision), v.shape),
  )
  const owned = new Map<number, Data>()
  const once: Step[] = []
  const perTile: Step[] = []

  const own = (v: Variable): Concrete => {
    // Shared values must survive from tile to tile; only per-tile memory is used again.
    if (varies[v.id] !== true) return wrap(allocate(sizeOf(v.shape), precision), v.shape)
    const block = memory.take(sizeOf(v.shape))
    owned.set(base[v.id]!, block)
    return wrap(block, v.shape)
  }
  const add = (eq: Equation, i: number): void => {
    const inputs = eq.inputs.map((v) => values[v.id]!)
    const steps = varies[eq.output.id] === true ? perTile : once
    const evaluation = primitives[eq.primitive].evaluate as Evaluation<PrimitiveName>
    if ('inline' in evaluation) throw new Error('programs are inlined before they are tiled')
    if ('view' in evaluation) {
      const view = evaluation.view(inputs, eq.params)
      if (view.data === inputs[0]!.data) values[eq.output.id] = view
      else {
        // A reshape of strided memory has to copy.
        const to = allocate(view.size, precision)
        const ordered = wrap(to, inputs[0]!.shape)
        steps.push(() => assign(ordered, inputs[0]!))
        values[eq.output.id] = wrap(to, view.shape)
      }
    } else {
      const out = own(eq.output)
      values[eq.output.id] = out
      steps.push(() => evaluation.write(inputs, eq.params, out))
    }
    for (const [id, block] of owned)
      if (last[id] === i) {
        memory.give(block)
        owned.delete(id)
      }
  }
  program.equations.forEach(add)

  const sharedInputs = program.inputs.filter((_, i) => !spec.perSample[i])
  const sampleInputs = program.inputs.filter((_, i) => spec.perSample[i])
  return {
    load: (shared) => {
      sharedInputs.forEach((v, i) => {
        assign(values[v.id]!, toPrecision(shared[i]!, precision))
      })
      for (const step of once) step()
    },
    run: (rows, start, count, out) => {
      sampleInputs.forEach((v, i) => {
        fromRows(values[v.id]!.data, rows[i]!, start, count, tile)
      })
      for (const step of perTile) step()
      program.outputs.forEach((v, i) => {
        toRows(out[i]!, values[v.id]!, start, count, varies[v.id] === true)
      })
    },
  }
}
