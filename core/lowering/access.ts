import type { Equation } from '../primitives/index.ts'
import { mergedAxes, type Shape, stridesOf } from '../values/index.ts'

// An access locates a value's elements in memory. Views are arithmetic on strides and cost nothing.

/** Element [i, j, …] of a value is element offset + Σ stride·index of the buffer of `base`. */
export interface Access {
  /** The variable whose buffer it is. */
  readonly base: number
  readonly offset: number
  readonly strides: readonly number[]
}

export const whole = (base: number, shape: Shape): Access => ({
  base,
  offset: 0,
  strides: stridesOf(shape),
})

/** Finds the strides of a reshaped view; undefined where its elements are not evenly spaced. */
const reshaped = (from: Shape, strides: readonly number[], to: Shape): number[] | undefined => {
  const merged = mergedAxes(from, [strides])
  const out: number[] = new Array<number>(to.length).fill(0)
  let axis = to.length - 1
  for (let m = merged.sizes.length - 1; m >= 0; m -= 1) {
    let left = merged.sizes[m]!
    let stride = merged.strides[0]![m]!
    while (left > 1) {
      while (axis >= 0 && to[axis] === 1) axis -= 1
      const size = to[axis]
      if (size === undefined || left % size !== 0) return undefined
      out[axis] = stride
      stride *= size
      left /= size
      axis -= 1
    }
  }
  return out
}

/**
 * Returns an equation's output as a view of its operand's memory. The result is undefined where
 * the equation computes something, or where a copy is needed first.
 */
export const viewed = (eq: Equation, x: Access): Access | undefined => {
  const shape = eq.inputs[0]?.shape ?? []
  switch (eq.primitive) {
    case 'stopGradient':
      return x
    case 'transpose':
      return { ...x, strides: eq.params.axes.map((a) => x.strides[a]!) }
    case 'broadcast': {
      // Operand axis k becomes output axis axes[k]; the others, and those of length 1, repeat.
      const strides: number[] = new Array<number>(eq.params.shape.length).fill(0)
      eq.params.axes.forEach((axis, k) => {
        if (shape[k] !== 1) strides[axis] = x.strides[k]!
      })
      return { ...x, strides }
    }
    case 'slice':
      return {
        ...x,
        offset: x.offset + eq.params.start.reduce((sum, s, k) => sum + s * x.strides[k]!, 0),
      }
    case 'reshape': {
      const strides = reshaped(shape, x.strides, eq.output.shape)
      return strides === undefined ? undefined : { ...x, strides }
    }
    default:
      return undefined
  }
}
