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

// Whether weights move along with the tokens, tried at random points.

/** Parameters and tokens at which a form is tried; one alone may be special. */
const POINTS = 3

/**
 * What rounds shrinks by 2⁻²⁹ from float32 to float64, what is not equivariant stays: the part of
 * the difference in float32 that one in float64 may have.
 */
const SHRINKS = 1e-7

/** Patch i goes where patch i + 1 along an axis was. */
const shifted = ({ grid, tokens }: PatchGrid, axis: number): number[] => {
  const stride = grid.slice(axis + 1).reduce((a, b) => a * b, 1)
  const side = grid[axis]!
  return Array.from({ length: tokens }, (_, i) => {
    const at = Math.floor(i / stride) % side
    return i + (((at + 1) % side) - at) * stride
  })
}

/** The weights must be [heads, patches, patches]; anything else fits no attention. */
const checkShape = (name: string, program: Program, { grid, heads }: FormSizes): void => {
  const n = grid.tokens
  const shape = program.outputs[0]?.shape
  if (program.outputs.length !== 1 || !sameShape(shape!, [heads, n, n]))
    fail({
      kind: 'ShapeError',
      where: `weights of '${name}'`,
      what: `they are ${program.outputs.length === 1 ? showShape(shape!) : 'a tree'}, not [heads ${heads}, patches ${n}, patches ${n}].`,
      fix: 'broadcastTo(weights, [heads, n, n]) where heads share them, of [1, n, n].',
    })
}

interface Compared {
  /** The largest difference between weights of moved tokens and moved weights. */
  readonly difference: number
  /** The largest weight. */
  readonly size: number
}

/** Both sides of alpha(T x) = T alpha(x) at one point, for a translation by one patch. */
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
 * Do the weights alpha [heads, i, j] of translated tokens equal the translated weights, at random
 * parameters and tokens? Rounding is told from a dependence on places by computing twice, in
 * float64 and in float32, so that weights of any size, and small parts of large weights, are
 * judged alike.
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
    // Parameters may start equal or at zero, where a form has symmetries that training breaks.
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
