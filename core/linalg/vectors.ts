import { singleThread, type Task, type Team } from '../tiles/index.ts'
import type { Data } from '../values/index.ts'
import { explainNonFinite, type RealMatrix, requireLength } from './matrix.ts'

// Products of a matrix with a vector, which threads share by rows or by columns. Every element is
// summed in one order, so the bits depend neither on threads nor on the pieces a matrix comes in.

/** The task is out = A·x or out += Aᵀ·x. */
export interface VectorProduct {
  readonly out: Float64Array
  readonly a: RealMatrix
  readonly x: Float64Array
  readonly transposed: boolean
}

/** One item computes so many elements of the result: few enough to stay in the nearest cache. */
const ROWS = 64
const COLUMNS = 2048

/** Computes out_i = Σ_j a_ij x_j for rows from <= i < to. */
const dotRows = ({ out, a, x }: VectorProduct, from: number, to: number): void => {
  const { cols, data } = a
  for (let i = from; i < to; i += 1) {
    // Two sums, so that one addition need not wait for the other.
    let [even, odd] = [0, 0]
    let [j, p] = [0, i * cols]
    for (; j + 1 < cols; j += 2, p += 2) {
      even += data[p]! * x[j]!
      odd += data[p + 1]! * x[j + 1]!
    }
    if (j < cols) even += data[p]! * x[j]!
    out[i] = even + odd
  }
}

/** Computes out_j += Σ_i a_ij x_i for columns from <= j < to, row after row. */
const addRows = ({ out, a, x }: VectorProduct, from: number, to: number): void => {
  const { rows, cols, data } = a
  let i = 0
  // Four rows at a time, in their order, so that the sums are read and written once for four.
  for (; i + 3 < rows; i += 4) addFourRows(data, i * cols, cols, x, i, out, from, to)
  for (; i < rows; i += 1)
    for (let j = from, xi = x[i]!; j < to; j += 1) out[j]! += data[i * cols + j]! * xi
}

const addFourRows = (
  data: Data,
  p0: number,
  cols: number,
  x: Float64Array,
  i: number,
  out: Float64Array,
  from: number,
  to: number,
): void => {
  const [x0, x1, x2, x3] = [x[i]!, x[i + 1]!, x[i + 2]!, x[i + 3]!]
  const [p1, p2, p3] = [p0 + cols, p0 + 2 * cols, p0 + 3 * cols]
  for (let j = from; j < to; j += 1)
    out[j] =
      out[j]! + data[p0 + j]! * x0 + data[p1 + j]! * x1 + data[p2 + j]! * x2 + data[p3 + j]! * x3
}

/** One item is a range of elements of the result. */
export const vectorTask: Task<VectorProduct> = {
  name: 'vectorProduct',
  phases: ({ out, transposed }) => [Math.ceil(out.length / (transposed ? COLUMNS : ROWS))],
  start: (spec) => {
    const size = spec.transposed ? COLUMNS : ROWS
    const part = spec.transposed ? addRows : dotRows
    return (_, item) => part(spec, item * size, Math.min((item + 1) * size, spec.out.length))
  },
}

const product = (
  where: string,
  a: RealMatrix,
  x: Float64Array,
  start: Float64Array,
  transposed: boolean,
  team: Team,
): Float64Array => {
  const shared = (name: string, like: Float64Array): Float64Array => {
    const copy = team.memory(`vector ${name}`, like.length)
    copy.set(like)
    return copy
  }
  const out = shared('out', start)
  team.run(vectorTask, { out, a, x: shared('in', x), transposed })
  return out.every(Number.isFinite) ? out.slice() : explainNonFinite(where, { A: a, x })
}

/**
 * Computes A·x. The bits do not depend on the team.
 *
 * Shapes  a [rows, cols]; x [cols]; result [rows].
 * Errors  ShapeError; NonFinite when the result is not finite, naming the operand to blame.
 */
export const matVec = (a: RealMatrix, x: Float64Array, team: Team = singleThread): Float64Array => {
  requireLength('matVec', 'x', x, a.cols, 'column of A')
  return product('matVec', a, x, new Float64Array(a.rows), false, team)
}

/**
 * Computes start + Aᵀ·x, read row by row; `start` is zero unless the product of earlier rows is
 * given.
 *
 * Shapes  a [rows, cols]; x [rows]; start and result [cols].
 * Laws    rows in pieces, one after the other, give the bits of all at once.
 * Errors  ShapeError; NonFinite when the result is not finite, naming the operand to blame.
 */
export const matTVec = (
  a: RealMatrix,
  x: Float64Array,
  team: Team = singleThread,
  start: Float64Array = new Float64Array(a.cols),
): Float64Array => {
  requireLength('matTVec', 'x', x, a.rows, 'row of A')
  return product('matTVec', a, x, start, true, team)
}
