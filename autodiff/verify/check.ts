import { either as E } from 'fp-ts'
import {
  axesOf,
  type Checked,
  type Path,
  type Problem,
  showPath,
  type TensorTree,
} from '../../core/index.ts'
import { largest, largestSize, stridesOf } from '../../core/values/index.ts'
import { blame } from './blame.ts'
import { probe, pulledBack, slopesAt, type TreeFunction } from './slopes.ts'

export interface CheckOptions {
  /** 1 checks the gradient; 2 also checks the gradient's own gradient. Default 1. */
  readonly order?: 1 | 2
  /** Allowed error relative to the largest derivative of the function. Default 1e-7. */
  readonly tolerance?: number
  /** At most so many entries of each leaf are compared one by one. Default 40. */
  readonly entries?: number
}

export interface GradientReport {
  /** Largest error found, relative to the largest derivative. */
  readonly maxError: number
  /** The number of derivatives that were compared. */
  readonly compared: number
}

/** A comparison holds the slope by the pullback and the same by a witness. */
interface Comparison {
  readonly path: Path
  /** The entry of the leaf along which the slope is taken; none for a general direction. */
  readonly index: readonly number[]
  readonly witness: string
  readonly pullback: number
  readonly other: number
  /** The error that the witness itself may have. */
  readonly slack: number
}

/** Returns at most so many of the numbers 0 … n − 1, evenly spread. */
const spreadIndices = (n: number, most: number): number[] =>
  axesOf(Math.min(n, most)).map((i) => (n <= most ? i : Math.floor((i * n) / most)))

const problemOf = (
  name: string,
  first: Comparison,
  ratios: readonly number[],
  cause: Problem | undefined,
): Problem => {
  const { path, index, witness, pullback, other } = first
  const ratio = pullback / other
  const constant =
    ratios.length > 1 && ratios.every((r) => Math.abs(r - ratio) < 1e-4 * Math.abs(ratio))
  const entry = index.length > 0 ? `[${index.join(', ')}]` : ''
  const place = path.length === 0 && entry !== '' ? entry : `${showPath(path)}${entry}`
  return {
    kind: 'GradientError',
    where: name,
    what: `wrong at ${place}: pullback ${pullback.toPrecision(6)}, ${witness} ${other.toPrecision(6)}, ratio ${ratio.toPrecision(4)}.`,
    operands: [
      ...(constant
        ? [`The ratio is the same for all entries: is a factor ${ratio.toPrecision(3)} too much?`]
        : []),
      ...(cause ? [`Blamed: ${cause.where}: ${cause.what}`, ...(cause.operands ?? [])] : []),
    ],
    data: { ...first, ratio, constant, blamed: cause?.data },
  }
}

const checkOnce = (
  f: TreeFunction,
  x: TensorTree,
  name: string,
  { tolerance = 1e-7, entries = 40 }: CheckOptions,
): Checked<GradientReport> => {
  const { leaves, gradient, numeric, pulled, pushed } = slopesAt(f, x)
  const scale = Math.max(1e-12, largest(gradient.map(largestSize)))
  const comparisons = leaves.flatMap(({ path, leaf }, k): Comparison[] => {
    const strides = stridesOf(leaf.shape)
    const entry = (i: number): Comparison => {
      const direction = new Float64Array(leaf.size).fill(1, i, i + 1)
      const { value, error } = numeric(k, direction, 0.02 * Math.max(1, Math.abs(leaf.data[i]!)))
      const index = leaf.shape.map((d, a) => Math.floor(i / strides[a]!) % d)
      const numbers = { pullback: pulled(k, direction), other: value, slack: 20 * error }
      return { path, index, witness: 'central difference', ...numbers }
    }
    const along = probe(leaf.size, k + 1)
    const numbers = { pullback: pulled(k, along), other: pushed(k, along), slack: 0 }
    return [
      ...spreadIndices(leaf.size, entries).map(entry),
      { path, index: [], witness: 'jvp along a direction', ...numbers },
    ]
  })
  const errorOf = (c: Comparison): number =>
    Math.abs(c.pullback - c.other) / (scale + Math.abs(c.other))
  const first = comparisons.find((c) => !(errorOf(c) <= tolerance + c.slack / scale))
  if (first === undefined)
    return E.right({
      maxError: Math.max(0, largest(comparisons.map(errorOf))),
      compared: comparisons.length,
    })
  const certain = comparisons.filter((c) => Math.abs(c.other) > 1e-6 * scale)
  const ratios = certain.map((c) => c.pullback / c.other)
  return E.left(problemOf(name, first, ratios, blame(f, x)))
}

/**
 * Checks the derivatives of a function at a point, in float64: its pullback against extrapolated
 * central differences, entry by entry, and against its jvp. A failure names the entry, shows the
 * ratio, and blames the rule of the equation whose own derivative is wrong.
 *
 * Shapes  x: a tensor or a tree; f may return tensors of any shape (a fixed projection is taken).
 * Errors  Left(GradientError) with path, index, both numbers, and `data.blamed`.
 * Cost    about 15 runs of f per compared entry.
 * @example checkGradient((x: Tensor) => sum(tanh(x)))(tensor([0.3, -1]))._tag // → 'Right'
 */
export const checkGradient =
  <X>(f: (x: X) => unknown, options: CheckOptions = {}) =>
  (x: X): Checked<GradientReport> => {
    const name = f.name || 'function'
    const point = x as TensorTree
    const first = checkOnce(f as TreeFunction, point, name, options)
    if (options.order !== 2 || E.isLeft(first)) return first
    return checkOnce(pulledBack(f as TreeFunction), point, `gradient of ${name}`, options)
  }
