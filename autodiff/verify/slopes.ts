import {
  type Concrete,
  copy,
  dataOf,
  flatten,
  leavesOf,
  leavesWithPaths,
  mul,
  type Path,
  shapeOf,
  sizeOf,
  sum,
  type TensorLike,
  type TensorTree,
  tensor,
  toNumber,
  toPrecision,
  toTensor,
  zerosLike,
} from '../../core/index.ts'
import { jvp, vjp } from '../derivatives/index.ts'
import { type Difference, derivativeAtZero } from './differences.ts'

// The derivative of ⟨u, f(x)⟩ along a direction of one leaf of x, found in three independent ways.
// Every check of a derivative compares two of them.

/** A tree function maps a tree to a tree. */
export type TreeFunction = (x: TensorTree) => TensorTree

/** Returns a fixed, structureless direction: no entry is zero, none repeats. */
export const probe = (n: number, phase = 0): Float64Array =>
  Float64Array.from(
    { length: n },
    (_, i) => Math.sin(1.7 * i + 0.6 + phase) + 0.2 * Math.cos(0.9 * i * i),
  )

/** Returns the fixed cotangent u of a value: every output enters ⟨u, f(x)⟩ with another weight. */
const weightsOf = (value: TensorTree): TensorTree => {
  const { leaves, unflatten } = flatten<TensorLike>(value)
  const weights = leaves.map((leaf, k) => tensor(probe(sizeOf(shapeOf(leaf)), k), shapeOf(leaf)))
  return unflatten(weights)
}

/** Returns ⟨u, y⟩ from plain numbers, so that no derivative rule takes part. */
const project = (y: TensorTree): number => {
  const weights = leavesOf<TensorLike>(weightsOf(y))
  return leavesOf<TensorLike>(y).reduce<number>(
    (total, leaf, k) => total + toNumber(sum(mul(leaf, weights[k]!))),
    0,
  )
}

/** Returns Jᵀ(x) u, the gradient of ⟨u, f(x)⟩. */
export const pulledBack =
  (f: TreeFunction): TreeFunction =>
  (x) => {
    const { value, pullback } = vjp(f)(x)
    return pullback(weightsOf(value))[0]
  }

export interface Slopes {
  /** The leaves of the point, in float64, with their paths. */
  readonly leaves: readonly { readonly path: Path; readonly leaf: Concrete }[]
  /** The gradient of ⟨u, f⟩, leaf by leaf. */
  readonly gradient: readonly Float64Array[]
  /** The slope along a direction of leaf k by central differences, which use only values. */
  readonly numeric: (k: number, direction: Float64Array, step: number) => Difference
  /** The same by the pullback of f. */
  readonly pulled: (k: number, direction: Float64Array) => number
  /** The same by the jvp of f. */
  readonly pushed: (k: number, direction: Float64Array) => number
}

/** Prepares the slopes of ⟨u, f⟩ at a point. */
export const slopesAt = (f: TreeFunction, x: TensorTree): Slopes => {
  const { leaves, unflatten } = flatten<TensorLike>(x)
  const point = leaves.map((leaf) => copy(toPrecision(toTensor(leaf) as Concrete, 'float64')))
  const bars = leavesOf(pulledBack(f)(unflatten(point))) as Concrete[]
  const gradient = bars.map((bar) => Float64Array.from(dataOf(bar)))
  /** Returns the leaves with new data in leaf k. */
  const withLeaf = (all: readonly TensorLike[], k: number, data: Float64Array): TensorTree =>
    unflatten(all.map((other, i) => (i === k ? tensor(data, point[k]!.shape) : other)))
  return {
    leaves: leavesWithPaths(unflatten(point)) as Slopes['leaves'],
    gradient,
    numeric: (k, direction, step) => {
      const moved = (t: number): Float64Array =>
        Float64Array.from(point[k]!.data, (v, i) => v + t * direction[i]!)
      return derivativeAtZero((t) => project(f(withLeaf(point, k, moved(t)))), step)
    },
    pulled: (k, direction) => gradient[k]!.reduce((total, g, i) => total + g * direction[i]!, 0),
    pushed: (k, direction) => {
      const tangent = withLeaf(point.map(zerosLike), k, direction)
      return project(jvp(f)([unflatten(point)], [tangent]).tangent)
    },
  }
}
