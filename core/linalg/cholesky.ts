import { singleThread, type Team } from '../tiles/index.ts'
import { fail } from '../values/index.ts'
import { factorTask } from './factor.ts'
import {
  explainNonFinite,
  type Matrix,
  matrix,
  requireFinite,
  requireLength,
  requireSquare,
} from './matrix.ts'

// Cholesky factors and the triangular systems they solve.

/**
 * Checks the lower triangle. Errors: NonFinite naming its first bad element, or overflow of the
 * shift.
 */
const requireFiniteLower = (l: Float64Array, n: number, a: Matrix): void => {
  for (let i = 0; i < n; i += 1)
    for (let p = i * n; p <= i * n + i; p += 1)
      if (!Number.isFinite(l[p]!)) explainNonFinite('cholesky', { A: a })
}

/** Makes a copy that is zero above the diagonal, to become L. */
const lowerCopy = (a: Matrix, team: Team): Matrix => {
  const n = a.rows
  const out = matrix(n, n, team.memory('cholesky', n * n))
  for (let i = 0; i < n; i += 1) {
    out.data.set(a.data.subarray(i * n, i * n + i + 1), i * n)
    out.data.fill(0, i * n + i + 1, (i + 1) * n)
  }
  return out
}

/**
 * Puts L in the place of a matrix of which only the lower triangle matters, as far as the first
 * column whose pivot is not positive; `bad` is that column, or -1. `a` is what a NaN is blamed on.
 */
const factor = (
  out: Matrix,
  a: Matrix,
  shift: number,
  team: Team,
): { readonly l: Matrix; readonly bad: number } => {
  const n = out.rows
  const l = out.data
  for (let i = 0; i < n; i += 1) l[i * n + i]! += shift
  requireFiniteLower(l, n, a)
  const bad = new Int32Array(team.memory('cholesky pivot', 1).buffer, 0, 1)
  bad[0] = -1
  team.run(factorTask, { l, n, bad, wide: team.wide ?? false })
  return { l: out, bad: bad[0]! }
}

/** Writes two digits, rounded up, so that the advised shift is large enough. */
const roundedUp = (x: number): string => {
  const near = x.toExponential(1)
  return Number(near) >= x ? near : (x + 0.05 * Math.abs(x)).toExponential(1)
}

const notPositiveDefinite = (a: Matrix, pivot: number, value: number, shift: number): never => {
  const { rows: size, data } = a
  let largest = 0
  let enough = 0
  for (let i = 0; i < size; i += 1) {
    let others = 0
    for (let j = 0; j < size; j += 1)
      if (j !== i) others += Math.abs(data[Math.max(i, j) * size + Math.min(i, j)]!)
    const diagonal = data[i * size + i]!
    largest = Math.max(largest, Math.abs(diagonal) + others)
    enough = Math.max(enough, others - diagonal)
  }
  // Rounding alone moves a pivot by no more than about this; the zero matrix has no scale.
  const rounding = 10 * size * Number.EPSILON * (largest === 0 ? 1 : largest)
  const slight = roundedUp(shift + rounding)
  // A small pivot proves nothing, as in [[0, 1], [1, 0]], so the slight shift is tried.
  const isRounding =
    Math.abs(value) <= rounding &&
    factor(lowerCopy(a, singleThread), a, Number(slight), singleThread).bad < 0
  const works = isRounding ? slight : roundedUp(enough + rounding)
  return fail(
    'NotPositiveDefinite',
    'cholesky',
    `pivot ${pivot} of ${size} (counted from 0) is ${value} with shift ${shift}.`,
    {
      fix: isRounding
        ? `the matrix is singular up to rounding: shift >= ${works} is enough.`
        : `a matrix without negative eigenvalues; shift >= ${works} is enough.`,
      data: { pivot, value, size, shift, works: Number(works) },
    },
  )
}

/**
 * Finds the lower triangular L with positive diagonal and
 *
 *   L Lᵀ = A + shift·1
 *
 * Shapes  a [n, n], of which only the lower triangle is read; result [n, n], zero above the
 *         diagonal.
 * Errors  NotPositiveDefinite { pivot, value, size, shift, works }: a shift that works;
 *         NonFinite; ShapeError.
 * Cost    n³/3 multiplications and additions.
 */
export const cholesky = (
  a: Matrix,
  options: { readonly shift?: number; readonly team?: Team } = {},
): Matrix => {
  const n = requireSquare('cholesky', a)
  const shift = options.shift ?? 0
  requireFinite('cholesky', 'shift', Float64Array.of(shift))
  const team = options.team ?? singleThread
  const { l, bad } = factor(lowerCopy(a, team), a, shift, team)
  return bad < 0 ? l : notPositiveDefinite(a, bad, l.data[bad * n + bad]!, shift)
}

/**
 * Finds the same in place of A's lower triangle: it takes half the memory, and A is lost. Elements
 * above the diagonal stay, and are not read.
 *
 * Errors  as `cholesky`, without naming a shift that works.
 */
export const choleskyInPlace = (
  a: Matrix,
  options: { readonly shift?: number; readonly team?: Team } = {},
): Matrix => {
  const size = requireSquare('cholesky', a)
  const shift = options.shift ?? 0
  requireFinite('cholesky', 'shift', Float64Array.of(shift))
  const { l, bad } = factor(a, a, shift, options.team ?? singleThread)
  if (bad < 0) return l
  const value = l.data[bad * size + bad]!
  return fail(
    'NotPositiveDefinite',
    'cholesky',
    `pivot ${bad} of ${size} (counted from 0) is ${value} with shift ${shift}.`,
    { fix: 'a larger shift.', data: { pivot: bad, value, size, shift } },
  )
}

const requireSystem = (where: string, l: Matrix, b: Float64Array): number => {
  const n = requireSquare(where, l)
  requireLength(where, 'b', b, n, 'row of L')
  return n
}

const checked = (where: string, l: Matrix, b: Float64Array, x: Float64Array): Float64Array =>
  x.every(Number.isFinite) ? x : explainNonFinite(where, { L: l, b })

/**
 * Finds x with L x = b, L lower triangular.
 *
 * Errors  ShapeError; NonFinite when x is not finite, as for a zero on the diagonal.
 */
export const solveLower = (l: Matrix, b: Float64Array): Float64Array => {
  const n = requireSystem('solveLower', l, b)
  const x = Float64Array.from(b)
  for (let i = 0; i < n; i += 1) {
    let sum = x[i]!
    for (let j = 0, p = i * n; j < i; j += 1, p += 1) sum -= l.data[p]! * x[j]!
    x[i] = sum / l.data[i * n + i]!
  }
  return checked('solveLower', l, b, x)
}

/**
 * Finds x with Lᵀ x = b, L lower triangular.
 *
 * Errors  as `solveLower`.
 */
export const solveLowerTransposed = (l: Matrix, b: Float64Array): Float64Array => {
  const n = requireSystem('solveLowerTransposed', l, b)
  const x = Float64Array.from(b)
  for (let i = n - 1; i >= 0; i -= 1) {
    const xi = x[i]! / l.data[i * n + i]!
    x[i] = xi
    // By rows of L, which lie together in memory.
    for (let j = 0, p = i * n; j < i; j += 1, p += 1) x[j]! -= l.data[p]! * xi
  }
  return checked('solveLowerTransposed', l, b, x)
}

/** Finds x with L Lᵀ x = b, for L from `cholesky`. Errors as `solveLower`. */
export const solveCholesky = (l: Matrix, b: Float64Array): Float64Array =>
  solveLowerTransposed(l, solveLower(l, b))
