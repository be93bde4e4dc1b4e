import { evaluatePrimitive, type Program, type Variable } from '../primitives/index.ts'
import { type Batched, interpretBatched, trace } from '../programs/index.ts'
import { allocate, type Concrete, sizeOf, toPrecision, wrap } from '../values/index.ts'
import { fromRows, type TileRunner, type TileSpec, toRows } from './job.ts'

// The reference backend for many samples: the program of one sample is lifted to a tile of samples
// that lie side by side in memory, and tile after tile goes through its equations. What no sample
// changes runs once per call.

/** Samples that run together: enough to fill inner loops, few enough to stay in cache. */
export const referenceWidth = 32

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

/** Runs the program on tiles, through the reference primitives. */
export const referenceTiles = (spec: TileSpec): TileRunner => {
  const { program, varies } = lift(spec)
  const { precision, tile } = spec
  const isShared = (v: Variable): boolean => varies[v.id] !== true
  const compute = (values: Concrete[], which: (v: Variable) => boolean): void => {
    for (const { primitive, params, inputs, output } of program.equations) {
      if (!which(output)) continue
      const xs = inputs.map((v) => values[v.id]!)
      values[output.id] = evaluatePrimitive(primitive, params, xs, output.shape, precision)
    }
  }
  let known: Concrete[] = []
  return {
    load: (shared) => {
      known = []
      program.inputs.filter(isShared).forEach((v, i) => {
        known[v.id] = toPrecision(shared[i]!, precision)
      })
      compute(known, isShared)
    },
    run: (rows, start, count, out) => {
      const values = [...known]
      const own = program.inputs.filter((v) => !isShared(v))
      own.forEach((v, i) => {
        const samples = allocate(sizeOf(v.shape), precision)
        fromRows(samples, rows[i]!, start, count, tile)
        values[v.id] = wrap(samples, v.shape)
      })
      compute(values, (v) => !isShared(v))
      program.outputs.forEach((v, i) => {
        toRows(out[i]!, values[v.id]!, start, count, !isShared(v))
      })
    },
  }
}
