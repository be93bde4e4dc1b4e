import type { Shape } from './shape.ts'
import { type Concrete, wrap } from './tensor.ts'

// Strided loops over several views of one shape, the innermost axis in a tight loop.

/** Returns the axes longer than 1; neighbours are merged where all operands' strides allow it. */
export const mergedAxes = (
  shape: Shape,
  strides: readonly (readonly number[])[],
): { readonly sizes: number[]; readonly strides: number[][] } => {
  const sizes: number[] = []
  const merged: number[][] = strides.map(() => [])
  shape.forEach((size, axis) => {
    if (size === 1) return
    const last = sizes.length - 1
    const merges = last >= 0 && strides.every((s, k) => merged[k]![last] === s[axis]! * size)
    if (merges) sizes[last] = sizes[last]! * size
    else sizes.push(size)
    const at = sizes.length - 1
    strides.forEach((s, k) => {
      merged[k]![at] = s[axis]!
    })
  })
  return { sizes, strides: merged }
}

/** Returns views of the same elements with as few axes as possible. */
export const collapse = (views: readonly Concrete[]): Concrete[] => {
  const { sizes, strides } = mergedAxes(
    views[0]!.shape,
    views.map((v) => v.stride),
  )
  return views.map((v, k) => wrap(v.data, sizes, strides[k]!, v.offset))
}

/** Calls `row(offsets, strides, length)` for every innermost run of the collapsed views. */
export const forEachRow = (
  views: readonly Concrete[],
  row: (offsets: readonly number[], strides: readonly number[], length: number) => void,
): void => {
  if (views[0]!.size === 0) return
  const flat = collapse(views)
  const shape = flat[0]!.shape
  const inner = shape.length - 1
  const length = inner < 0 ? 1 : shape[inner]!
  const rowStrides = flat.map((v) => (inner < 0 ? 0 : v.stride[inner]!))
  const offsets = flat.map((v) => v.offset)
  const walk = (axis: number): void => {
    if (axis >= inner) {
      row(offsets, rowStrides, length)
      return
    }
    const d = shape[axis]!
    for (let i = 0; i < d; i += 1) {
      walk(axis + 1)
      for (let k = 0; k < flat.length; k += 1) offsets[k]! += flat[k]!.stride[axis]!
    }
    for (let k = 0; k < flat.length; k += 1) offsets[k]! -= d * flat[k]!.stride[axis]!
  }
  walk(0)
}

/** Computes out = f(x), element by element. */
export const mapInto = (f: (x: number) => number, out: Concrete, x: Concrete): void => {
  const [o, a] = [out.data, x.data]
  forEachRow([out, x], ([p, q], [dp, dq], n) => {
    for (let i = 0; i < n; i += 1) o[p! + i * dp!] = f(a[q! + i * dq!]!)
  })
}
