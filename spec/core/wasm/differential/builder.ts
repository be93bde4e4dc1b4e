import { either as E } from 'fp-ts'
import {
  axesOf,
  type Equation,
  otherAxes,
  type PrimitiveName,
  type PrimitiveParams,
  primitives,
  raise,
  type Shape,
  sameShape,
  sizeOf,
  type Variable,
} from '../../../../core/index.ts'

// Equations written one after the other, and any value made to fit any shape.

export interface Builder {
  /** Elements that a value may have; steps that would make more hand on their operand. */
  readonly largest: number
  readonly put: <P extends PrimitiveName>(
    name: P,
    params: PrimitiveParams[P],
    inputs: readonly Variable[],
  ) => Variable
  /** A value that comes from outside. */
  readonly input: (shape: Shape) => Variable
  readonly inputs: readonly Variable[]
  readonly equations: readonly Equation[]
}

export const newBuilder = (largest: number): Builder => {
  const inputs: Variable[] = []
  const equations: Equation[] = []
  let next = 0
  const fresh = (shape: Shape): Variable => {
    next += 1
    return { id: next - 1, shape }
  }
  return {
    largest,
    inputs,
    equations,
    input: (shape) => {
      const v = fresh(shape)
      inputs.push(v)
      return v
    },
    put: (name, params, operands) => {
      const shape = primitives[name].shape(
        operands.map((v) => v.shape),
        params,
      )
      if (E.isLeft(shape)) return raise(shape.left)
      const output = fresh(shape.right)
      equations.push({ primitive: name, params, inputs: operands, output } as unknown as Equation)
      return output
    },
  }
}

/** The same number everywhere. */
export const filled = (b: Builder, value: number, shape: Shape): Variable =>
  b.put('constant', { data: new Float64Array(sizeOf(shape)).fill(value), shape }, [])

/** Finds axes of these lengths among those of a shape, in order; a free length fits all. */
const placed = (lengths: Shape, shape: Shape, free: number): number[] | undefined => {
  const at: number[] = []
  let axis = 0
  for (const d of lengths) {
    while (axis < shape.length && shape[axis] !== d && d !== free) axis += 1
    if (axis >= shape.length) return undefined
    at.push(axis)
    axis += 1
  }
  return at
}

/** A value of this shape made of another one. */
export const fitted = (b: Builder, x: Variable, shape: Shape): Variable => {
  if (sameShape(x.shape, shape)) return x
  const size = sizeOf(x.shape)
  if (size === sizeOf(shape)) return b.put('reshape', { shape }, [x])
  const axes = placed(x.shape, shape, 1)
  if (axes !== undefined) return b.put('broadcast', { shape, axes }, [x])
  const kept = placed(shape, x.shape, Number.NaN)
  if (kept !== undefined && size > 0) {
    const summed = b.put('sum', { axes: otherAxes(x.shape.length, kept) }, [x])
    return fitted(b, summed, shape)
  }
  if (size === 0) return filled(b, 0, shape)
  const flat = b.put('reshape', { shape: [size] }, [x])
  const indices = axesOf(sizeOf(shape)).map((i) => i % size)
  return fitted(b, b.put('gather', { axis: 0, indices }, [flat]), shape)
}
