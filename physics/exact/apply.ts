/**
 * This file multiplies matrices with vectors over a sector: into a given array for iterations, and
 * as a function.
 */
import { fail } from '../../core/values/index.ts'
import type { Sector } from '../configurations/index.ts'
import type { Complex, Operator } from '../operators/index.ts'
import { fillEntries, type RowRule, rowRule, type SparseMatrix, sparseMatrix } from './sparse.ts'

/** A vector has one amplitude for each state of a sector, in their order. Shapes [dimension]. */
export interface StateVector {
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Computes y = A x for the real part A of a stored matrix. */
const multiplyReal = (m: SparseMatrix, x: Float64Array, y: Float64Array): void => {
  const { diagonalRe, rowStart, columns, codes, valuesRe } = m
  for (let row = 0; row < m.dimension; row += 1) {
    let sum = diagonalRe[row]! * x[row]!
    const end = rowStart[row + 1]!
    for (let p = rowStart[row]!; p < end; p += 1) sum += valuesRe[codes[p]!]! * x[columns[p]!]!
    y[row] = sum
  }
}

/** Computes y = (A + iB) x; vectors hold the real parts first, then the imaginary parts. */
const multiplyComplex = (m: SparseMatrix, x: Float64Array, y: Float64Array): void => {
  const { diagonalRe, diagonalIm, rowStart, columns, codes, valuesRe, valuesIm } = m
  const n = m.dimension
  for (let row = 0; row < n; row += 1) {
    let re = diagonalRe[row]! * x[row]! - diagonalIm[row]! * x[n + row]!
    let im = diagonalRe[row]! * x[n + row]! + diagonalIm[row]! * x[row]!
    const end = rowStart[row + 1]!
    for (let p = rowStart[row]!; p < end; p += 1) {
      const a = valuesRe[codes[p]!]!
      const b = valuesIm[codes[p]!]!
      const u = x[columns[p]!]!
      const v = x[n + columns[p]!]!
      re += a * u - b * v
      im += a * v + b * u
    }
    y[row] = re
    y[n + row] = im
  }
}

/**
 * Computes y = H x with a stored matrix.
 *
 * Shapes  x, y [dimension] for a real vector and matrix, else [2·dimension]: real parts, then
 *         imaginary parts.
 */
export const multiplySparse = (m: SparseMatrix, x: Float64Array, y: Float64Array): void => {
  const n = m.dimension
  if (!m.isReal) multiplyComplex(m, x, y)
  else {
    multiplyReal(m, x.subarray(0, n), y.subarray(0, n))
    if (x.length > n) multiplyReal(m, x.subarray(n), y.subarray(n))
  }
}

/**
 * Computes y = H x and recomputes every element: this needs little memory and a few times the time.
 * Shapes as above.
 */
export const multiplyRule = (rule: RowRule, x: Float64Array, y: Float64Array): void => {
  const { states, flipMask, re, im, lowBits, lowRank, highStart } = rule
  const n = states.length
  const lowMask = 2 ** lowBits - 1
  const entries = new Int32Array(n)
  y.fill(0)
  for (let t = 0; t < flipMask.length; t += 1) {
    const mask = flipMask[t]!
    fillEntries(rule, t, entries)
    for (let row = 0; row < n; row += 1) {
      const a = re[entries[row]!]!
      const b = im[entries[row]!]!
      if (a === 0 && b === 0) continue
      const other = states[row]! ^ mask
      const column = highStart[other >> lowBits]! + lowRank[other & lowMask]!
      y[row]! += a * x[column]!
      if (x.length === n) continue
      y[row]! -= b * x[n + column]!
      y[n + row]! += a * x[n + column]! + b * x[column]!
    }
  }
}

const stacked = (where: string, dimension: number, v: StateVector): Float64Array => {
  if (v.re.length !== dimension || v.im.length !== dimension) {
    fail(
      'ShapeError',
      where,
      `a vector of ${v.re.length} + ${v.im.length}i amplitudes on ${dimension} states.`,
      { fix: 'give re and im one number for every state of the sector.' },
    )
  }
  const x = new Float64Array(2 * dimension)
  x.set(v.re)
  x.set(v.im, dimension)
  return x
}

/**
 * Returns H psi. Divided by psi it is the local energy of every configuration of the sector.
 *
 * Errors  SectorError when H leaves the sector, ShapeError when psi has another dimension.
 */
export const applyOperator = (
  operator: Operator,
  sector: Sector,
  psi: StateVector,
): StateVector => {
  const rule = rowRule(operator, sector)
  const n = rule.basis.dimension
  const y = new Float64Array(2 * n)
  multiplyRule(rule, stacked('applyOperator', n, psi), y)
  return { re: y.slice(0, n), im: y.slice(n) }
}

/** Returns <a|b>; a is conjugated. */
export const innerProduct = (a: StateVector, b: StateVector): Complex => {
  let re = 0
  let im = 0
  for (let k = 0; k < a.re.length; k += 1) {
    re += a.re[k]! * b.re[k]! + a.im[k]! * b.im[k]!
    im += a.re[k]! * b.im[k]! - a.im[k]! * b.re[k]!
  }
  return { re, im }
}

/**
 * Returns <psi|A|psi> / <psi|psi>, which is complex unless A is Hermitian. Errors as
 * `applyOperator`.
 */
export const expectation = (operator: Operator, sector: Sector, psi: StateVector): Complex => {
  const value = innerProduct(psi, applyOperator(operator, sector, psi))
  const norm = innerProduct(psi, psi).re
  if (!(norm > 0)) {
    fail('NonFinite', 'expectation', `the norm of psi is ${norm}.`)
  }
  return { re: value.re / norm, im: value.im / norm }
}

/** Returns the matrix of an operator on a sector, stored sparsely. Errors as `rowRule`. */
export const toSparse = (operator: Operator, sector: Sector): SparseMatrix =>
  sparseMatrix(rowRule(operator, sector))

export interface DenseMatrix {
  readonly dimension: number
  /** The element <row|A|column> is at row·dimension + column. */
  readonly re: Float64Array
  readonly im: Float64Array
}

/** The largest dimension of a dense matrix. */
const maxDense = 4096

/**
 * Returns the matrix of an operator on a sector as a dense matrix.
 *
 * Errors  as `rowRule`; SectorError above dimension 4096.
 */
export const toDense = (operator: Operator, sector: Sector): DenseMatrix => {
  const rule = rowRule(operator, sector)
  const n = rule.basis.dimension
  if (n > maxDense) {
    fail(
      'SectorError',
      'toDense',
      `a dense matrix of dimension ${n}; at most ${maxDense} is written out.`,
      { fix: 'use toSparse.' },
    )
  }
  const m = sparseMatrix(rule)
  const re = new Float64Array(n * n)
  const im = new Float64Array(n * n)
  for (let row = 0; row < n; row += 1) {
    re[row * n + row] = m.diagonalRe[row]!
    im[row * n + row] = m.diagonalIm[row]!
    for (let p = m.rowStart[row]!; p < m.rowStart[row + 1]!; p += 1) {
      re[row * n + m.columns[p]!]! += m.valuesRe[m.codes[p]!]!
      im[row * n + m.columns[p]!]! += m.valuesIm[m.codes[p]!]!
    }
  }
  return { dimension: n, re, im }
}
