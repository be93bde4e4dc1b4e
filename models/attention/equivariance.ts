import {
  type Concrete,
  type Data,
  dataOf,
  evaluate,
  fail,
  flatten,
  keyFrom,
  normals,
  type Precision,
  type Program,
  sameShape,
  showShape,
  sizeOf,
  split,
  tensor,
  toPrecision,
} from '../../core/index.ts'
import { initialise, type PatchGrid } from '../layers/index.ts'
import type { AttentionForm, FormSizes } from './form.ts'

// This file tests at random points whether the weights of translated tokens are the translated
// weights.

/** The number of random parameters and tokens that are tried; a single point may be special. */
const POINTS = 3

/**
 * The largest ratio of the difference in float64 to that in float32 that counts as rounding:
 * rounding errors shrink by 2⁻²⁹, other differences do not shrink.
 */
const SHRINKS = 1e-7

/**
 * Returns the permutation that moves each patch by one along an axis: patch i takes the place of
 * patch i + 1.
 */
const shifted = ({ grid, tokens }: PatchGrid, axis: number): number[] => {
  const stride = grid.slice(axis + 1).reduce((a, b) => a * b, 1)
  const side = grid[axis]!
  return Array.from({ length: tokens }, (_, i) => {
    const at = Math.floor(i / stride) % side
    return i + (((at + 1) % side) - at) * stride
  })
}

/** Throws unless the weights are [heads, patches, patches]. */
const checkShape = (name: string, program: Program, { grid, heads }: FormSizes): void => {
  const n = grid.tokens
  const shape = program.outputs[0]?.shape
  if (program.outputs.length !== 1 || !sameShape(shape!, [heads, n, n]))
    fail(
      'ShapeError',
      `weights of '${name}'`,
      `they are ${program.outputs.length === 1 ? showShape(shape!) : 'a tree'}, not [heads ${heads}, patches ${n}, patches ${n}].`,
      { fix: 'broadcastTo(weights, [heads, n, n]) where heads share them, of [1, n, n].' },
    )
}

interface Compared {
  /** The largest difference between the weights of moved tokens and the moved weights. */
  readonly difference: number
  /** The largest weight. */
  readonly size: number
}

/** Compares both sides of alpha(T x) = T alpha(x) at one point, for a translation by one patch. */
const compared = (
  program: Program,
  leaves: readonly Concrete[],
  x: Data,
  from: readonly number[],
  { dim, heads }: FormSizes,
  precision: Precision,
): Compared => {
  const n = from.length
  const alphaOf = (tokens: Data): Data => {
    const inputs = [...leaves, tensor(tokens, [n, dim])].map((y) => toPrecision(y, precision))
    return dataOf(evaluate(program, inputs)[0]!)
  }
  const alpha = alphaOf(x)
  const beta = alphaOf(x.map((_, k) => x[from[Math.floor(k / dim)]! * dim + (k % dim)]!))
  let [difference, size] = [0, 0]
  for (let h = 0; h < heads; h += 1)
    for (let i = 0; i < n; i += 1)
      for (let j = 0; j < n; j += 1) {
        const wanted = alpha[(h * n + from[i]!) * n + from[j]!]!
        difference = Math.max(difference, Math.abs(beta[(h * n + i) * n + j]! - wanted))
        size = Math.max(size, Math.abs(wanted))
      }
  return { difference, size }
}

/**
 * Tests whether the weights alpha [heads, i, j] of translated tokens equal the translated weights,
 * at random parameters and tokens. Weights are computed twice, in float64 and in float32, which
 * distinguishes rounding from a real difference; this works for weights of any size, and for small
 * parts of large weights.
 *
 * Errors  ShapeError when weights are not [heads, patches, patches].
 */
export const commutesWithTranslations = <P>(
  form: AttentionForm<P>,
  program: Program,
  sizes: FormSizes,
): boolean => {
  checkShape(form.name, program, sizes)
  const { grid, dim } = sizes
  if (grid.boundary !== 'periodic') return false
  const keys = split(keyFrom(1), POINTS)
  return keys.every((key) => {
    const [forInit, forTokens, ...rest] = split(key, 2 + program.inputs.length)
    // Initial parameters may be equal or zero, which gives a form symmetries that training breaks;
    // noise removes them.
    const leaves = flatten<Concrete>(initialise(form, forInit!) as never).leaves.map((leaf, k) => {
      const noise = normals(rest[k]!, sizeOf(leaf.shape))
      return tensor(
        Float64Array.from(dataOf(leaf), (v, i) => v + 0.3 * noise[i]!),
        leaf.shape,
      )
    })
    const x = normals(forTokens!, grid.tokens * dim)
    return grid.grid.every((_, axis) => {
      const from = shifted(grid, axis)
      const double = compared(program, leaves, x, from, sizes, 'float64')
      const single = compared(program, leaves, x, from, sizes, 'float32')
      const rounding = 64 * Number.EPSILON * double.size
      const allowed = Number.isFinite(single.difference) ? SHRINKS * single.difference : 0
      return double.difference <= rounding + allowed
    })
  })
}
