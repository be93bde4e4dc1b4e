import { either as E } from 'fp-ts'
import {
  type Checked,
  type Concrete,
  copy,
  dataOf,
  flatten,
  leavesOf,
  leavesWithPaths,
  mul,
  type Path,
  type Problem,
  showPath,
  sum,
  type Tensor,
  type TensorLike,
  type TensorTree,
  type Tree,
  tensor,
  toNumber,
  toPrecision,
  toTensor,
} from '../core/index.ts'
import { largest, largestSize } from '../core/values/index.ts'
import { blame } from './blame.ts'
import { derivativeAtZero } from './differences.ts'
import { jvp } from './jvp.ts'
import { vjp } from './vjp.ts'

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
  /** How many derivatives were compared. */
  readonly compared: number
}

/** A fixed, structureless direction: no entry is zero, none repeats. */
export const probe = (n: number, phase = 0): Float64Array =>
  Float64Array.from(
    { length: n },
    (_, i) => Math.sin(1.7 * i + 0.6 + phase) + 0.2 * Math.cos(0.9 * i * i),
  )

const probeLike = (x: Tensor, phase: number): Concrete =>
  tensor(
    probe(
      x.shape.reduce((a, b) => a * b, 1),
      phase,
    ),
    x.shape,
  )

/** A function of a tree whose value is a tree. */
type TreeFunction = (x: Tree<TensorLike>) => TensorTree

/** The fixed cotangent u of a value: every output enters ⟨u, f(x)⟩ with another weight. */
const probeTree = (value: TensorTree): TensorTree => {
  const { leaves, unflatten } = flatten<TensorLike>(value)
  return unflatten(leaves.map((leaf, k) => probeLike(toTensor(leaf), k)))
}
/** ⟨u, y⟩, by numbers alone: no derivative rule has a part in it. */
const project = (y: TensorTree): number => {
  const weights = leavesOf<TensorLike>(probeTree(y))
  return leavesOf<TensorLike>(y).reduce<number>(
    (total, leaf, k) => total + toNumber(sum(mul(leaf, weights[k]!))),
    0,
  )
}
/** Jᵀ(x) u */
const pulledBack =
  (f: TreeFunction) =>
  (x: Tree<TensorLike>): TensorTree => {
    const { value, pullback } = vjp(f)(x)
    return pullback(probeTree(value))[0] as TensorTree
  }

interface Mismatch {
  readonly path: Path
  readonly index: readonly number[]
  readonly witness: string
  readonly pullback: number
  readonly other: number
}

const unravel = (flat: number, shape: readonly number[]): number[] => {
  let rest = flat
  const index = shape.map(() => 0)
  for (let a = shape.length - 1; a >= 0; a -= 1) {
    index[a] = rest % shape[a]!
    rest = Math.floor(rest / shape[a]!)
  }
  return index
}

const spreadIndices = (n: number, most: number): number[] =>
  n <= most
    ? Array.from({ length: n }, (_, i) => i)
    : Array.from({ length: most }, (_, i) => Math.floor((i * n) / most))

const problemOf = (
  name: string,
  m: Mismatch,
  ratios: readonly number[],
  cause: Problem | undefined,
): Problem => {
  const ratio = m.pullback / m.other
  const constant =
    ratios.length > 1 && ratios.every((r) => Math.abs(r - ratio) < 1e-4 * Math.abs(ratio))
  const index = m.index.length > 0 ? `[${m.index.join(', ')}]` : ''
  const place = m.path.length === 0 && index !== '' ? index : `${showPath(m.path)}${index}`
  return {
    kind: 'GradientError',
    where: name,
    what: `wrong at ${place}: pullback ${m.pullback.toPrecision(6)}, ${m.witness} ${m.other.toPrecision(6)}, ratio ${ratio.toPrecision(4)}.`,
    operands: [
      ...(constant
        ? [`The ratio is the same for all entries: is a factor ${ratio.toPrecision(3)} too much?`]
        : []),
      ...(cause === undefined
        ? []
        : [`Blamed: ${cause.where}: ${cause.what}`, ...(cause.operands ?? [])]),
    ],
    data: { ...m, ratio, constant, blamed: cause?.data },
  }
}

const checkOnce = (
  f: TreeFunction,
  x: Tree<TensorLike>,
  name: string,
  { tolerance = 1e-7, entries = 40 }: CheckOptions,
): Checked<GradientReport> => {
  const { leaves, unflatten } = flatten(x)
  const point = leaves.map((leaf) => copy(toPrecision(toTensor(leaf) as Concrete, 'float64')))
  const paths = leavesWithPaths(x).map(({ path }) => path)
  const at = (k: number, moved: Concrete): Tree<TensorLike> =>
    unflatten(point.map((p, i) => (i === k ? moved : p)))
  const gradient = leavesOf(pulledBack(f)(unflatten(point))).map((g) =>
    Float64Array.from(dataOf(g as Concrete)),
  )
  const scale = Math.max(1e-12, largest(gradient.map(largestSize)))
  const mismatches: Mismatch[] = []
  const ratios: number[] = []
  let maxError = 0
  let compared = 0
  const compare = (m: Mismatch, slack: number): void => {
    const error = Math.abs(m.pullback - m.other) / (scale + Math.abs(m.other))
    compared += 1
    if (Math.abs(m.other) > 1e-6 * scale) ratios.push(m.pullback / m.other)
    if (!(error <= tolerance + slack / scale)) mismatches.push(m)
    else maxError = Math.max(maxError, error)
  }
  point.forEach((leaf, k) => {
    const data = leaf.data
    for (const i of spreadIndices(data.length, entries)) {
      const moved = (t: number): number => {
        const shifted = data.slice()
        shifted[i]! += t
        return project(f(at(k, tensor(shifted, leaf.shape))))
      }
      const numeric = derivativeAtZero(moved, 0.02 * Math.max(1, Math.abs(data[i]!)))
      const found = { path: paths[k]!, index: unravel(i, leaf.shape), pullback: gradient[k]![i]! }
      compare({ ...found, witness: 'central difference', other: numeric.value }, 20 * numeric.error)
    }
    const direction = tensor(probe(data.length, k), leaf.shape)
    const tangent = point.map((p, i) =>
      i === k ? direction : tensor(new Float64Array(p.size), p.shape),
    )
    const pushed = jvp(f)([unflatten(point)], [unflatten(tangent)]).tangent
    const along = gradient[k]!.reduce((a, g, i) => a + g * direction.data[i]!, 0)
    const found = { path: paths[k]!, index: [], witness: 'jvp along a direction' }
    compare({ ...found, pullback: along, other: project(pushed) }, 0)
  })
  const [first] = mismatches
  if (first === undefined) return E.right({ maxError, compared })
  return E.left(problemOf(name, first, ratios, blame(f, unflatten(point))))
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
    const point = x as Tree<TensorLike>
    const first = checkOnce(f as TreeFunction, point, name, options)
    if (options.order !== 2 || E.isLeft(first)) return first
    return checkOnce(pulledBack(f as TreeFunction), point, `gradient of ${name}`, options)
  }
