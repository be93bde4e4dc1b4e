import { fail } from '../errors.ts'
import { explainNonFinite, type Matrix, matrix } from './matrix.ts'
import { makeStrips } from './simd.ts'
import { addLowerProduct, DEPTH, packStrips, TILE, tileCount } from './tiles.ts'

// Products of a matrix with its own transpose: the matrices of stochastic reconfiguration.

/** Which inner products: between rows, A·Aᵀ, or between columns, Aᵀ·A. */
export type Side = 'rows' | 'columns'

/** Tile rows from <= I < to; tile row I holds rows 4I to 4I + 3 of the product. */
export interface TileRange {
  readonly from: number
  readonly to: number
}

const sizeOf = (a: Matrix, side: Side): number => (side === 'rows' ? a.rows : a.cols)

/**
 * Disjoint ranges covering all tile rows of an n x n product, each with about the same number of
 * tiles of the lower triangle: one range for each thread.
 */
export const tileRanges = (n: number, parts: number): TileRange[] => {
  const require = (name: string, x: number, low: number): void => {
    if (Number.isSafeInteger(x) && x >= low) return
    fail({
      kind: 'DomainError',
      where: 'tileRanges',
      what: `${name} is ${x}.`,
      fix: `an integer >= ${low}.`,
    })
  }
  require('n', n, 0)
  require('parts', parts, 1)
  const tiles = tileCount(n)
  // Tile row I has I + 1 tiles, so rows below I hold a share (I / tiles)² of them.
  const cut = (part: number) => Math.round(tiles * Math.sqrt(part / parts))
  return Array.from({ length: parts }, (_, part) => ({ from: cut(part), to: cut(part + 1) }))
}

/**
 * Writes a range of tile rows of A·Aᵀ or Aᵀ·A into `out`, lower triangle only: one thread's part.
 * `mirrorLower` completes the matrix once all parts are written. Every range gives the same bits.
 *
 * Shapes  a [rows, cols]; out [n, n] with n = rows or cols of a.
 * Errors  ShapeError; NonFinite when a diagonal element (a sum of squares) is not finite.
 */
export const symmetricProductInto = (
  out: Matrix,
  a: Matrix,
  side: Side = 'rows',
  range: TileRange = { from: 0, to: tileCount(sizeOf(a, side)) },
): void => {
  const n = sizeOf(a, side)
  if (out.rows !== n || out.cols !== n)
    fail({
      kind: 'ShapeError',
      where: 'symmetricProductInto',
      what: `out is [${out.rows}, ${out.cols}].`,
      operands: [`A [${a.rows}, ${a.cols}], products of its ${side}`],
      fix: `out [${n}, ${n}].`,
    })
  const { from, to } = range
  const tiles = tileCount(n)
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= tiles))
    fail({
      kind: 'ShapeError',
      where: 'symmetricProductInto',
      what: `tile rows ${from} to ${to} are not among the ${tiles} of a [${n}, ${n}] product.`,
      fix: `integers 0 <= from <= to <= ${tiles}, as tileRanges gives them.`,
    })
  const byRows = side === 'rows'
  const length = byRows ? a.cols : a.rows
  const [rowStep, depthStep] = byRows ? [a.cols, 1] : [1, a.cols]
  const block = { data: out.data, base: 0, stride: n, size: n }
  const lastRow = Math.min(n, TILE * to)
  for (let i = TILE * from; i < lastRow; i += 1) out.data.fill(0, i * n, i * n + i + 1)
  for (let k = 0; k < length; k += DEPTH) {
    const strips = makeStrips(to, Math.min(DEPTH, length - k))
    packStrips(strips, a.data, k * depthStep, rowStep, depthStep, lastRow)
    addLowerProduct(block, strips, 1, from, to)
  }
  for (let i = TILE * from; i < lastRow; i += 1)
    if (!Number.isFinite(out.data[i * n + i]!)) explainNonFinite('symmetricProduct', { A: a })
}

/** Copies the lower triangle onto the upper one, in place. */
export const mirrorLower = (a: Matrix): void => {
  // In square blocks, so that neither triangle is read across the whole matrix at once.
  const BLOCK = 32
  const { rows: n, data } = a
  for (let I = 0; I < n; I += BLOCK)
    for (let J = 0; J <= I; J += BLOCK)
      for (let i = I; i < Math.min(n, I + BLOCK); i += 1)
        for (let j = J; j < Math.min(i, J + BLOCK); j += 1) data[j * n + i] = data[i * n + j]!
}

/**
 * A·Aᵀ ('rows') or Aᵀ·A ('columns').
 *
 * Shapes  a [rows, cols]; result [rows, rows] or [cols, cols], exactly symmetric.
 * Errors  NonFinite, naming the first NaN or infinity of A, or overflow.
 * Cost    n²·k multiplications and additions, for n rows of length k: half of a full product.
 */
export const symmetricProduct = (a: Matrix, side: Side = 'rows'): Matrix => {
  const n = sizeOf(a, side)
  const out = matrix(n, n)
  symmetricProductInto(out, a, side)
  mirrorLower(out)
  return out
}
