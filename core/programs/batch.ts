import {
  type Equation,
  type PrimitiveName,
  type PrimitiveParams,
  type Program,
  primitives,
  runEquations,
} from '../primitives/index.ts'
import { axesOf, type Precision } from '../values/index.ts'
import { applied } from './function.ts'
import { broadcastInDim } from './ops.ts'
import { bind, shapeOf, type Tensor, trace } from './trace.ts'

// One program for many samples. Every batched value carries one more axis, always the LAST: the
// samples lie side by side in memory, and axis numbers written for one sample stay right.

/** A value of a batched run is marked when it differs from sample to sample. */
export interface Batched {
  readonly x: Tensor
  readonly batched: boolean
}

/** Adds the sample axis, with stride 0, to an operand that all samples share. */
export const spread = ({ x, batched }: Batched, size: number): Tensor => {
  if (batched) return x
  const shape = shapeOf(x)
  return broadcastInDim(x, [...shape, size], axesOf(shape.length))
}

const batchedParams = (
  { primitive, params }: Equation,
  size: number,
  batched: readonly boolean[],
): PrimitiveParams[PrimitiveName] => {
  if (primitive === 'customVjp')
    return {
      ...params,
      forward: batchProgram(params.forward, size),
      pullback: batchProgram(params.pullback, size),
    }
  return primitives[primitive].batch?.(params as never, size, batched) ?? params
}

/** Applies a program of one sample to `size` samples at once, by `bind`: computed or traced. */
export const interpretBatched = (
  program: Program,
  inputs: readonly Batched[],
  size: number,
  precision: Precision,
): Batched[] => {
  const values = runEquations<Batched>(program, inputs, (equation, operands) => {
    const { primitive } = equation
    const batched = operands.map((o) => o.batched)
    const mixed = primitive === 'contract' || !batched.includes(true)
    const xs = operands.map((o) => (mixed ? o.x : spread(o, size)))
    if (!batched.includes(true)) return { x: applied(equation, xs, precision), batched: false }
    return { x: bind(primitive, batchedParams(equation, size, batched), xs), batched: true }
  })
  return program.outputs.map((v) => values[v.id]!)
}

/** Returns the program of `size` samples in which every input and output has the sample axis. */
export const batchProgram = (program: Program, size: number): Program => {
  const run = (inputs: readonly Tensor[]): Tensor[] => {
    const samples = inputs.map((x) => ({ x, batched: true }))
    return interpretBatched(program, samples, size, 'float64').map((y) => spread(y, size))
  }
  const shapes = program.inputs.map((v) => [...v.shape, size])
  return trace(run, shapes).program
}
