import { fail, largestSize } from '../values/index.ts'
import {
  explainNonFinite,
  type Matrix,
  matrix,
  requireFinite,
  requireLength,
  requireSquare,
  transpose,
} from './matrix.ts'

// Eigenvalues and eigenvectors of real symmetric matrices.

export interface Eigen {
  /** The eigenvalues are in ascending order. */
  readonly values: Float64Array
  /** The eigenvectors are orthonormal; column k belongs to values[k]. */
  readonly vectors: Matrix
}

/** This is far above what is ever needed (two or three an eigenvalue). */
const MAX_SWEEPS = 60
/** A column below this share of the largest element is zero: of denormals no reflection is made. */
const TINY = 2 ** -900
/**
 * A matrix whose elements (i, j), (j, i) differ by more than this, relative to the largest, has a
 * bug.
 */
const ASYMMETRY = 1e-10

/** Finds a power of two that brings the largest element near 1, so that no square overflows. */
export const scaleFor = (largest: number): number =>
  largest === 0 ? 1 : 2 ** -Math.max(-1000, Math.min(1000, Math.floor(Math.log2(largest))))

/** Turns rows i and j of z by the angle with cosine c and sine s. */
const rotateRows = (z: Matrix, i: number, j: number, c: number, s: number): void => {
  const { cols, data } = z
  for (let k = 0, p = i * cols, q = j * cols; k < cols; k += 1, p += 1, q += 1) {
    const x = data[p]!
    const y = data[q]!
    data[p] = c * x - s * y
    data[q] = s * x + c * y
  }
}

/**
 * Diagonalises T in place: d becomes the eigenvalues, and every rotation is applied to the rows of
 * z, which so become the eigenvectors of Zᵀ T Z.
 *
 * Method  implicit QL with Wilkinson's shift: Golub and Van Loan, Matrix Computations, 8.3; the
 *         arrangement is that of EISPACK imtql2. e[i] couples i and i + 1; e has one element more.
 *         A coupling below ε of the largest element counts as none: that moves no eigenvalue by
 *         more than 2ε of it, as much as the rounding of the matrix itself.
 */
const implicitQL = (where: string, d: Float64Array, e: Float64Array, z: Matrix): void => {
  const n = d.length
  // Relative to the norm, not to the neighbours: among many zero eigenvalues all neighbours are
  // rounding, and nothing would be small beside them.
  const floor = Number.EPSILON * Math.max(largestSize(d), largestSize(e))
  const negligible = (i: number): boolean => Math.abs(e[i]!) <= floor
  for (let l = 0; l < n; l += 1)
    for (let sweep = 0; ; sweep += 1) {
      let m = l
      while (m < n - 1 && !negligible(m)) m += 1
      if (m === l) break
      if (sweep === MAX_SWEEPS)
        fail(
          'NotConverged',
          where,
          `eigenvalue ${l} of ${n} is not found after ${sweep} QL sweeps.`,
          { data: { index: l, size: n, sweeps: sweep } },
        )
      const half = (d[l + 1]! - d[l]!) / (2 * e[l]!)
      const root = Math.hypot(half, 1)
      let g = d[m]! - d[l]! + e[l]! / (half + (half >= 0 ? root : -root))
      let [c, s, p] = [1, 1, 0]
      let i = m - 1
      for (; i >= l; i -= 1) {
        const f = s * e[i]!
        const b = c * e[i]!
        const r = Math.hypot(f, g)
        e[i + 1] = r
        if (r === 0) {
          // The block splits here by underflow: undo the last shift and look again.
          d[i + 1]! -= p
          break
        }
        s = f / r
        c = g / r
        g = d[i + 1]! - p
        const t = (d[i]! - g) * s + 2 * c * b
        p = s * t
        d[i + 1] = g + p
        g = c * t - b
        rotateRows(z, i, i + 1, c, s)
      }
      e[m] = 0
      if (i >= l) continue
      d[l]! -= p
      e[l] = g
    }
}

/**
 * Sorts the eigenvalues in ascending order, and the rows of z with them, as columns.
 *
 * Errors  NonFinite when an eigenvalue overflows as the scale is taken off.
 */
const sorted = (where: string, d: Float64Array, z: Matrix, scale: number): Eigen => {
  const order = Array.from(d.keys()).sort((i, j) => d[i]! - d[j]!)
  const rows = matrix(d.length, z.cols)
  order.forEach((from, to) => {
    rows.data.set(z.data.subarray(from * z.cols, (from + 1) * z.cols), to * z.cols)
  })
  const values = Float64Array.from(order, (i) => d[i]! / scale)
  return values.every(Number.isFinite)
    ? { values, vectors: transpose(rows) }
    : explainNonFinite(where, {})
}

const identity = (n: number): Matrix => {
  const out = matrix(n, n)
  for (let i = 0; i < n; i += 1) out.data[i * n + i] = 1
  return out
}

/**
 * Finds eigenvalues and eigenvectors of the symmetric tridiagonal matrix with these diagonals.
 *
 * Shapes  diagonal [n]; offDiagonal [n − 1] (n = 0: [0]); vectors [n, n].
 * Errors  ShapeError; NonFinite; NotConverged (not seen).
 * Cost    O(n³) with the vectors.
 */
export const tridiagonalEigen = (diagonal: Float64Array, offDiagonal: Float64Array): Eigen => {
  const n = diagonal.length
  const where = 'tridiagonalEigen'
  requireLength(where, 'offDiagonal', offDiagonal, Math.max(0, n - 1), 'pair of neighbours')
  requireFinite(where, 'diagonal', diagonal)
  requireFinite(where, 'offDiagonal', offDiagonal)
  const scale = scaleFor(Math.max(largestSize(diagonal), largestSize(offDiagonal)))
  const d = diagonal.map((x) => x * scale)
  const z = identity(n)
  const e = new Float64Array(n)
  offDiagonal.forEach((x, i) => {
    e[i] = x * scale
  })
  implicitQL(where, d, e, z)
  return sorted(where, d, z, scale)
}

/**
 * Finds the reflections that make A tridiagonal: Qᵀ A Q = T, with `rows` = Qᵀ. It overwrites t = A.
 *
 *   H = 1 − β v vᵀ,   H A H = A − v wᵀ − w vᵀ,   w = p − ½β(pᵀv) v,   p = β A v
 *
 * Source  Golub and Van Loan, Matrix Computations, 8.3.1.
 */
const tridiagonalise = (t: Float64Array, n: number) => {
  const tiny = TINY * largestSize(t)
  const d = new Float64Array(n)
  const e = new Float64Array(n)
  const betas = new Float64Array(n)
  for (let k = 0; k < n - 1; k += 1) {
    const head = (k + 1) * n + k
    // The column below the diagonal, scaled so that its squares do not underflow.
    let [largest, norm] = [0, 0]
    for (let i = k + 1; i < n; i += 1) largest = Math.max(largest, Math.abs(t[i * n + k]!))
    if (largest <= tiny) continue
    if (k < n - 2) {
      for (let i = k + 1; i < n; i += 1) norm += (t[i * n + k]! / largest) ** 2
      norm = Math.sqrt(norm) * largest
    }
    const first = t[head]!
    if (k === n - 2 || norm <= Math.abs(first)) {
      e[k] = first
      continue
    }
    e[k] = first > 0 ? -norm : norm
    // v has first element 1 and is kept in the column it annihilates.
    const v0 = first - e[k]!
    betas[k] = v0 / -e[k]!
    t[head] = 1
    for (let i = k + 2; i < n; i += 1) t[i * n + k]! /= v0
    const v = Float64Array.from({ length: n - k - 1 }, (_, i) => t[(k + 1 + i) * n + k]!)
    reflectTrailing(t, n, k + 1, v, betas[k]!)
  }
  for (let k = 0; k < n; k += 1) d[k] = t[k * n + k]!
  return { d, e, rows: productOfReflections(t, n, betas) }
}

/** Computes H A H for the trailing matrix that starts at (start, start). */
const reflectTrailing = (
  t: Float64Array,
  n: number,
  start: number,
  v: Float64Array,
  beta: number,
): void => {
  const w = new Float64Array(v.length)
  let dot = 0
  for (let i = 0; i < v.length; i += 1) {
    let sum = 0
    for (let j = 0, p = (start + i) * n + start; j < v.length; j += 1, p += 1) sum += t[p]! * v[j]!
    w[i] = beta * sum
    dot += w[i]! * v[i]!
  }
  for (let i = 0; i < v.length; i += 1) w[i]! -= 0.5 * beta * dot * v[i]!
  for (let i = 0; i < v.length; i += 1)
    for (let j = 0, p = (start + i) * n + start; j < v.length; j += 1, p += 1)
      t[p]! -= v[i]! * w[j]! + w[i]! * v[j]!
}

/**
 * Multiplies Qᵀ = H_{n−3} … H₁ H₀, each reflection taken from the column of t where it was kept.
 */
const productOfReflections = (t: Float64Array, n: number, betas: Float64Array): Matrix => {
  const q = identity(n)
  const sum = new Float64Array(n)
  // Q is built from the right, H₀ (H₁ (…)), where only its trailing square is not the identity.
  for (let k = n - 3; k >= 0; k -= 1) {
    const beta = betas[k]!
    if (beta === 0) continue
    sum.fill(0)
    for (let i = k + 1; i < n; i += 1)
      for (let j = k + 1, v = t[i * n + k]!; j < n; j += 1) sum[j]! += v * q.data[i * n + j]!
    for (let i = k + 1; i < n; i += 1)
      for (let j = k + 1, v = beta * t[i * n + k]!; j < n; j += 1) q.data[i * n + j]! -= v * sum[j]!
  }
  return transpose(q)
}

const requireSymmetric = (where: string, a: Matrix, largest: number): void => {
  for (let i = 0; i < a.rows; i += 1)
    for (let j = 0; j < i; j += 1) {
      const [x, y] = [a.data[i * a.cols + j]!, a.data[j * a.cols + i]!]
      if (Math.abs(x - y) > ASYMMETRY * largest)
        fail(
          'DomainError',
          where,
          `the matrix is not symmetric: A[${i}, ${j}] is ${x}, A[${j}, ${i}] is ${y}.`,
          { fix: '(A + Aᵀ) / 2, if the difference is rounding.', data: { index: [i, j] } },
        )
    }
}

/**
 * Finds all eigenvalues and eigenvectors of a real symmetric matrix: A V = V Λ, Vᵀ V = 1.
 *
 * Method  Householder tridiagonalisation, then implicit QL.
 * Shapes  a [n, n]; values [n]; vectors [n, n].
 * Errors  ShapeError; NonFinite; DomainError when A is not symmetric; NotConverged (not seen).
 * Cost    about 9n³ operations.
 */
export const symmetricEigen = (a: Matrix): Eigen => {
  const where = 'symmetricEigen'
  const n = requireSquare(where, a)
  requireFinite(where, 'A', a.data, n)
  const largest = largestSize(a.data)
  requireSymmetric(where, a, largest)
  const scale = scaleFor(largest)
  const scaled = a.data.map((x) => x * scale)
  const { d, e, rows } = tridiagonalise(scaled, n)
  implicitQL(where, d, e, rows)
  return sorted(where, d, rows, scale)
}
