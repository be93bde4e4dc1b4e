import { fail } from '../errors.ts'
import {
  explainNonFinite,
  type Matrix,
  matrix,
  requireFinite,
  requireLength,
  requireSquare,
} from './matrix.ts'
import { makeStrips } from './simd.ts'
import { addLowerProduct, DEPTH, packStrips, tileCount } from './tiles.ts'

// Cholesky factors and the triangular systems they solve.

/** Columns factored one by one, not as two halves: a multiple of TILE. */
const FEW = 32

/** Factors columns from <= j < to of rows from <= i < to: the square on the diagonal. */
const factorDiagonal = (l: Float64Array, n: number, from: number, to: number): number => {
  for (let j = from; j < to; j += 1)
    for (let i = from; i <= j; i += 1) {
      let sum = l[j * n + i]!
      for (let k = from; k < i; k += 1) sum -= l[j * n + k]! * l[i * n + k]!
      if (i < j) l[j * n + i] = sum / l[i * n + i]!
      else if (sum > 0) l[j * n + j] = Math.sqrt(sum)
      else {
        l[j * n + j] = sum
        return j
      }
    }
  return -1
}

/** The same columns of the rows below: rows of A₂₁ become rows of L₂₁ = A₂₁ L₁₁⁻ᵀ. */
const solveBelow = (l: Float64Array, n: number, from: number, to: number): void => {
  for (let first = to; first < n; first += 4) {
    // Four rows at a time; beyond the last row it is repeated, and written four times alike.
    const p = first * n
    const q = Math.min(first + 1, n - 1) * n
    const r = Math.min(first + 2, n - 1) * n
    const s = Math.min(first + 3, n - 1) * n
    for (let j = from; j < to; j += 1) {
      const row = j * n
      let a = l[p + j]!
      let b = l[q + j]!
      let c = l[r + j]!
      let d = l[s + j]!
      for (let k = from; k < j; k += 1) {
        const x = l[row + k]!
        a -= x * l[p + k]!
        b -= x * l[q + k]!
        c -= x * l[r + k]!
        d -= x * l[s + k]!
      }
      const pivot = l[row + j]!
      l[p + j] = a / pivot
      l[q + j] = b / pivot
      l[r + j] = c / pivot
      l[s + j] = d / pivot
    }
  }
}

/** A₂₂ −= L₂₁ L₂₁ᵀ in columns mid <= j < to, with L₂₁ in columns from <= k < mid. */
const update = (l: Float64Array, n: number, from: number, mid: number, to: number): void => {
  const block = { data: l, base: mid * n + mid, stride: n, size: n - mid }
  const tiles = tileCount(n - mid)
  for (let k = from; k < mid; k += DEPTH) {
    const strips = makeStrips(tiles, Math.min(DEPTH, mid - k))
    packStrips(strips, l, mid * n + k, n, 1, n - mid)
    addLowerProduct(block, strips, -1, 0, tiles, tileCount(to - mid))
  }
}

/**
 * Columns from <= j < to of L, where those before are known and subtracted. Returns the first
 * column whose pivot is not positive, or -1.
 *
 * Method  the left half, its part in the right half subtracted, the right half: almost all the work
 *         is products of tiles.
 */
const factorColumns = (l: Float64Array, n: number, from: number, to: number): number => {
  if (to - from <= FEW) {
    const bad = factorDiagonal(l, n, from, to)
    if (bad < 0) solveBelow(l, n, from, to)
    return bad
  }
  const mid = from + FEW * Math.ceil((to - from) / FEW / 2)
  const bad = factorColumns(l, n, from, mid)
  if (bad >= 0) return bad
  update(l, n, from, mid, to)
  return factorColumns(l, n, mid, to)
}

/** L, as far as its first column whose pivot is not positive; `bad` is that column, or -1. */
const factor = (a: Matrix, shift: number): { readonly l: Matrix; readonly bad: number } => {
  const n = a.rows
  const out = matrix(n, n)
  const l = out.data
  for (let i = 0; i < n; i += 1) {
    l.set(a.data.subarray(i * n, i * n + i + 1), i * n)
    l[i * n + i]! += shift
    for (let j = 0; j <= i; j += 1)
      if (!Number.isFinite(l[i * n + j]!)) explainNonFinite('cholesky', { A: a })
  }
  return { l: out, bad: factorColumns(l, n, 0, n) }
}

/** Two digits, rounded up, so that to follow the advice is enough. */
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
  const isRounding = Math.abs(value) <= rounding && factor(a, Number(slight)).bad < 0
  return fail({
    kind: 'NotPositiveDefinite',
    where: 'cholesky',
    what: `pivot ${pivot} of ${size} (counted from 0) is ${value} with shift ${shift}.`,
    fix: isRounding
      ? `the matrix is singular up to rounding: shift >= ${slight} is enough.`
      : `a matrix without negative eigenvalues; shift >= ${roundedUp(enough + rounding)} is enough.`,
    data: { pivot, value, size, shift },
  })
}

/**
 * The lower triangular L with positive diagonal and
 *
 *   L Lᵀ = A + shift·1
 *
 * Shapes  a [n, n], of which only the lower triangle is read; result [n, n], zero above the
 *         diagonal.
 * Errors  NotPositiveDefinite { pivot, value, size, shift }, naming a shift that works;
 *         NonFinite; ShapeError.
 * Cost    n³/3 multiplications and additions.
 */
export const cholesky = (a: Matrix, options: { readonly shift?: number } = {}): Matrix => {
  const n = requireSquare('cholesky', a)
  const shift = options.shift ?? 0
  requireFinite('cholesky', 'shift', Float64Array.of(shift))
  const { l, bad } = factor(a, shift)
  return bad < 0 ? l : notPositiveDefinite(a, bad, l.data[bad * n + bad]!, shift)
}

const requireSystem = (where: string, l: Matrix, b: Float64Array): number => {
  const n = requireSquare(where, l)
  requireLength(where, 'b', b, n, 'row of L')
  return n
}

const checked = (where: string, l: Matrix, b: Float64Array, x: Float64Array): Float64Array =>
  x.every(Number.isFinite) ? x : explainNonFinite(where, { L: l, b })

/**
 * x with L x = b, L lower triangular.
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
 * x with Lᵀ x = b, L lower triangular.
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

/** x with L Lᵀ x = b, for L from `cholesky`. Errors as `solveLower`. */
export const solveCholesky = (l: Matrix, b: Float64Array): Float64Array =>
  solveLowerTransposed(l, solveLower(l, b))
