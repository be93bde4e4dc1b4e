import {
  type Equation,
  type PrimitiveName,
  type PrimitiveParams,
  type Program,
  primitives,
} from '../primitives/index.ts'
import { axesOf, type Precision, type Shape, toPrecision, wrap } from '../values/index.ts'
import { broadcastInDim, reshape } from './ops.ts'
import { bind, shapeOf, type Tensor, trace } from './trace.ts'

// One program for many samples. Every batched value carries one more axis, always the LAST: the
// samples lie side by side in memory, and axis numbers written for one sample stay right.

/** A value of a batched run: does it differ from sample to sample? */
export interface Batched {
  readonly x: Tensor
  readonly batched: boolean
}

/** Gives an operand that all samples share its sample axis, by stride 0. */
export const spread = ({ x, batched }: Batched, size: number): Tensor => {
  if (batched) return x
  const shape = shapeOf(x)
  return broadcastInDim(reshape(x, [...shape, 1]), [...shape, size], axesOf(shape.length + 1))
}

const batchedParams = (
  equation: Equation,
  operands: readonly Batched[],
  size: number,
): PrimitiveParams[PrimitiveName] => {
  if (equation.primitive === 'customVjp')
    return {
      name: equation.params.name,
      forward: batchProgram(equation.params.forward, size),
      pullback: batchProgram(equation.params.pullback, size),
    }
  const shapes: Shape[] = equation.inputs.map((v) => v.shape)
  const rule = primitives[equation.primitive].batch as AnyBatchRule | undefined
  const flags = operands.map((o) => o.batched)
  return rule?.(equation.params, size, shapes, flags) ?? equation.params
}
type AnyBatchRule = (
  params: PrimitiveParams[PrimitiveName],
  size: number,
  inputs: readonly Shape[],
  batched: readonly boolean[],
) => PrimitiveParams[PrimitiveName]

/** Applies a program of one sample to `size` samples at once, by `bind`: computed or traced. */
export const interpretBatched = (
  program: Program,
  inputs: readonly Batched[],
  size: number,
  precision: Precision,
): Batched[] => {
  const env: Batched[] = [...inputs]
  for (const equation of program.equations) {
    const { primitive, params, inputs: operands, output } = equation
    const xs = operands.map((v) => env[v.id]!)
    if (primitive === 'constant') {
      const x = toPrecision(wrap(params.data, params.shape), precision)
      env[output.id] = { x, batched: false }
    } else if (xs.every((x) => !x.batched))
      env[output.id] = {
        x: bind(
          primitive,
          params,
          xs.map((x) => x.x),
        ),
        batched: false,
      }
    else {
      const mixed = primitive === 'contract'
      const full = xs.map((x) => (mixed ? x.x : spread(x, size)))
      const x = bind(primitive, batchedParams(equation, xs, size), full)
      env[output.id] = { x, batched: true }
    }
  }
  return program.outputs.map((v) => env[v.id]!)
}

/** The program of `size` samples in which every input and output has the sample axis. */
export const batchProgram = (program: Program, size: number): Program =>
  trace(
    (inputs) =>
      interpretBatched(
        program,
        inputs.map((x) => ({ x, batched: true })),
        size,
        'float64',
      ).map((y) => spread(y, size)),
    program.inputs.map((v) => [...v.shape, size]),
  ).program
