/**
 * This file finds the lowest eigenpair of a large real symmetric matrix that is given only by its
 * action on vectors.
 */

import { matrix, symmetricEigen } from '../../core/linalg/index.ts'
import { fail } from '../../core/values/index.ts'

export interface LanczosProblem {
  readonly dimension: number
  /** Computes y = A x, overwriting y. A must be symmetric. */
  readonly apply: (x: Float64Array, y: Float64Array) => void
  /** The search stays orthogonal to these orthonormal vectors: eigenvectors already found. */
  readonly orthogonalTo: readonly Float64Array[]
  /** The bound on ||A v - value v||, relative to the largest |eigenvalue| of A that was seen. */
  readonly tolerance: number
  /** The largest |eigenvalue| of A seen earlier. Default: that of `orthogonalTo`. */
  readonly norm?: number
  /** The number of applications of A after which the search ends with an error. */
  readonly maxApplications: number
  /** The largest number of vectors kept; the memory is this times the dimension. */
  readonly maxVectors: number
  /** Chooses the start vector, the same one for the same seed. */
  readonly seed: number
}

export interface Eigenpair {
  readonly value: number
  /** The eigenvector has unit length. */
  readonly vector: Float64Array
  /** The residual ||A v - value v||, computed from v at the end. */
  readonly residual: number
  readonly applications: number
  /** The largest |eigenvalue| of A that was seen, which is at most its norm. */
  readonly norm: number
}

const dot = (x: Float64Array, y: Float64Array): number => {
  let [a, b, c, d] = [0, 0, 0, 0]
  let k = 0
  for (; k + 3 < x.length; k += 4) {
    a += x[k]! * y[k]!
    b += x[k + 1]! * y[k + 1]!
    c += x[k + 2]! * y[k + 2]!
    d += x[k + 3]! * y[k + 3]!
  }
  for (; k < x.length; k += 1) a += x[k]! * y[k]!
  return a + b + (c + d)
}

/** Computes y += c x. */
const addScaled = (y: Float64Array, c: number, x: Float64Array): void => {
  for (let k = 0; k < y.length; k += 1) y[k]! += c * x[k]!
}

const scaleBy = (x: Float64Array, c: number): void => {
  for (let k = 0; k < x.length; k += 1) x[k]! *= c
}

/**
 * Returns components in [-1/2, 1/2): an integer hash (the finaliser of MurmurHash3) of their index.
 */
const startVector = (dimension: number, seed: number): Float64Array =>
  Float64Array.from({ length: dimension }, (_, k) => {
    let h = Math.imul(k + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32 - 0.5
  })

/**
 * Removes from w its components along four orthonormal vectors in one pass, which saves memory
 * traffic.
 */
const removeFour = (w: Float64Array, four: readonly Float64Array[]): readonly number[] => {
  const [p, q, r, s] = [four[0]!, four[1]!, four[2]!, four[3]!]
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let k = 0; k < w.length; k += 1) {
    const x = w[k]!
    a += p[k]! * x
    b += q[k]! * x
    c += r[k]! * x
    d += s[k]! * x
  }
  for (let k = 0; k < w.length; k += 1) w[k]! -= a * p[k]! + b * q[k]! + (c * r[k]! + d * s[k]!)
  return [a, b, c, d]
}

const removeOne = (w: Float64Array, u: Float64Array): number => {
  const component = dot(u, w)
  addScaled(w, -component, u)
  return component
}

/** Removes all components of w along orthonormal vectors and adds them to `along`. */
const remove = (w: Float64Array, vectors: readonly Float64Array[], along: Float64Array): void => {
  let k = vectors.length
  // In Lanczos the newest vectors hold nearly all of w: removing them first leaves little.
  for (; k >= 4; k -= 4) {
    removeFour(w, vectors.slice(k - 4, k)).forEach((component, i) => {
      along[k - 4 + i]! += component
    })
  }
  for (k -= 1; k >= 0; k -= 1) along[k]! += removeOne(w, vectors[k]!)
}

/** If less than this fraction remains, one pass of Gram-Schmidt may not have been enough. */
const safeRemainder = 0.1

/**
 * Makes w orthogonal to the locked vectors and to all of V. Returns the norm that remains, or 0 if
 * that is only rounding. The components along V are added to `along`.
 */
const orthogonalise = (
  w: Float64Array,
  locked: readonly Float64Array[],
  v: readonly Float64Array[],
  along: Float64Array,
): number => {
  const unused = new Float64Array(locked.length)
  let before = Math.sqrt(dot(w, w))
  for (let pass = 0; pass < 4; pass += 1) {
    remove(w, v, along)
    // The locked vectors come last: the parts of them that V still contains would otherwise return
    // to w and grow at each step.
    remove(w, locked, unused)
    const after = Math.sqrt(dot(w, w))
    if (after > safeRemainder * before) return after
    before = after
  }
  return 0
}

/** Returns the basis rotated to the Ritz vectors that a restart keeps. */
const rotated = (
  v: readonly Float64Array[],
  vectors: { readonly data: Float64Array; readonly cols: number },
  keep: number,
): Float64Array[] =>
  Array.from({ length: keep }, (_, r) => {
    const x = new Float64Array(v[0]!.length)
    v.forEach((u, k) => {
      addScaled(x, vectors.data[k * vectors.cols + r]!, u)
    })
    return x
  })

/** Returns the Rayleigh quotient of a unit vector and its residual. */
const rayleigh = (
  problem: LanczosProblem,
  x: Float64Array,
): { value: number; residual: number } => {
  const y = new Float64Array(x.length)
  problem.apply(x, y)
  const value = dot(x, y)
  addScaled(y, -value, x)
  return { value, residual: Math.sqrt(dot(y, y)) }
}

/**
 * Returns the norm of A that rounding is compared with. A may be 0, up to rounding, in the
 * complement of the vectors found; the Ritz values alone would take that rounding for the norm.
 */
const normSeen = ({ norm, orthogonalTo, apply, dimension }: LanczosProblem): number =>
  norm ??
  orthogonalTo.reduce((most, u) => {
    const y = new Float64Array(dimension)
    apply(u, y)
    return Math.max(most, Math.sqrt(dot(y, y)))
  }, 0)

/** The number of steps between diagonalisations of the small matrix. */
const lookEvery = 4

const notConverged = (problem: LanczosProblem, residual: number, applications: number): never =>
  fail(
    'NotConverged',
    'lanczos',
    `the residual is ${residual.toExponential(1)} after ${applications} matrix products.`,
    {
      operands: [`tolerance ${problem.tolerance}, dimension ${problem.dimension}`],
      fix: 'raise the tolerance or maxApplications.',
      data: { residual, applications },
    },
  )

/**
 * Finds the lowest eigenpair by thick-restart Lanczos with full reorthogonalisation.
 *
 * V holds an orthonormal basis and T = V^T A V is the matrix in it, with A V = V T + beta v_next
 * e^T. A Ritz pair (theta, V s) of T has the residual |beta s_last|. When V is full, its lowest
 * Ritz vectors and v_next start the next basis. In the complement of `orthogonalTo` the same
 * iteration finds the next level, or the next state of a degenerate one.
 *
 * Laws    c A has c times the values and residuals, for c > 0, as long as squares of them are
 *         numbers; every tolerance is relative to the matrix.
 * Errors  NotConverged { residual, applications }.
 * Cost    per step one product with A and 4 · vectors · dimension operations.
 * Source  Wu, Simon, SIAM J. Matrix Anal. Appl. 22, 602 (2000).
 */
export const lowestEigenpair = (problem: LanczosProblem): Eigenpair => {
  const { dimension, orthogonalTo } = problem
  const size = Math.max(2, Math.min(problem.maxVectors, dimension - orthogonalTo.length))
  let v: Float64Array[] = []
  let t = new Float64Array(size * size)
  let norm = normSeen(problem)
  let next = startVector(dimension, problem.seed)
  scaleBy(next, 1 / orthogonalise(next, orthogonalTo, [], new Float64Array(0)))
  for (let applications = 1; ; applications += 1) {
    const j = v.length
    v.push(next)
    const w = new Float64Array(dimension)
    problem.apply(next, w)
    const along = new Float64Array(size)
    const beta = orthogonalise(w, orthogonalTo, v, along)
    for (let k = 0; k <= j; k += 1) {
      t[k * size + j] = along[k]!
      t[j * size + k] = along[k]!
    }
    const m = j + 1
    const full = m === size
    if (full || m % lookEvery === 0 || beta === 0) {
      const small = matrix(m, m)
      for (let k = 0; k < m; k += 1) small.data.set(t.subarray(k * size, k * size + m), k * m)
      const { values, vectors } = symmetricEigen(small)
      norm = Math.max(norm, Math.abs(values[0]!), Math.abs(values[m - 1]!))
      const estimate = Math.abs(beta * vectors.data[(m - 1) * m]!)
      const done = estimate <= problem.tolerance * norm || beta <= Number.EPSILON * norm
      if (done) {
        const x = rotated(v, vectors, 1)[0]!
        scaleBy(x, 1 / Math.sqrt(dot(x, x)))
        const pair = rayleigh(problem, x)
        // The estimate assumes exact arithmetic and exact eigenvectors in `orthogonalTo`, each of
        // which adds up to its own residual; the residual of x itself decides.
        const slack = 4 * Math.sqrt(1 + orthogonalTo.length)
        if (pair.residual <= slack * problem.tolerance * norm) {
          return { ...pair, vector: x, applications: applications + 1, norm }
        }
        if (beta <= Number.EPSILON * norm) notConverged(problem, pair.residual, applications)
      }
      if (applications >= problem.maxApplications) notConverged(problem, estimate, applications)
      if (full) {
        const keep = Math.max(1, Math.floor(size / 3))
        v = rotated(v, vectors, keep)
        t = new Float64Array(size * size)
        for (let k = 0; k < keep; k += 1) t[k * size + k] = values[k]!
      }
    }
    scaleBy(w, 1 / beta)
    next = w
  }
}
