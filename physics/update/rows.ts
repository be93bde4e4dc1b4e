import {
  type Matrix,
  matrix,
  matTVec,
  matVec,
  pieceProductInto,
  type RealMatrix,
  symmetricProductInto,
} from '../../core/linalg/index.ts'
import { singleThread, type Team } from '../../core/tiles/index.ts'

// This file holds the rows X of stochastic reconfiguration, all in memory or in blocks that are
// computed when needed, and the products that a solve needs. The bits are the same in both cases.

/** The place of a block: it is resident, or streamed past the resident one. */
export type Place = 'resident' | 'streamed'

/** A matrix of which only some rows are in memory at a time. */
export interface BlockedRows {
  readonly rows: number
  readonly cols: number
  /** The number of rows that fit into each place. */
  readonly capacity: { readonly [P in Place]: number }
  /**
   * Returns rows from <= r < to, each column multiplied by its number in `scale`. The next block in
   * the same place overwrites them.
   */
  readonly block: (place: Place, from: number, to: number, scale?: Float64Array) => RealMatrix
}

export type Rows = RealMatrix | BlockedRows

/** Multiplies every column by its number, in place. */
export const scaleColumns = ({ data, cols }: RealMatrix, scale: Float64Array): void => {
  for (let row = 0; row < data.length; row += cols)
    for (let k = 0; k < cols; k += 1) data[row + k]! *= scale[k]!
}

/** Returns X diag(scale); blocks are scaled when they are computed, in their own memory. */
export const scaledColumns = (x: Rows, scale: Float64Array): Rows => {
  if (!('data' in x)) return { ...x, block: (place, from, to) => x.block(place, from, to, scale) }
  const copy = { ...x, data: x.data.slice() }
  scaleColumns(copy, scale)
  return copy
}

/** Returns a matrix in memory as one block. */
const inBlocks = (x: Rows): BlockedRows => {
  if (!('data' in x)) return x
  return { rows: x.rows, cols: x.cols, capacity: { resident: x.rows, streamed: 0 }, block: () => x }
}

export type Range = readonly [number, number]

/** Splits from <= i < to into ranges of at most `size`. */
export const ranges = (from: number, to: number, size: number): readonly Range[] => {
  const out: Range[] = []
  for (let i = from; i < to; i += size) out.push([i, Math.min(i + size, to)])
  return out
}

export interface RowsOptions {
  readonly team?: Team
  /** True: products are in float32 and their sums in float64, see `ProductOptions`. */
  readonly single?: boolean
}

/** Returns X v, one number for each row. */
export const timesVector = (
  x: Rows,
  v: Float64Array,
  { team = singleThread }: RowsOptions = {},
): Float64Array => {
  const { rows, capacity, block } = inBlocks(x)
  const out = new Float64Array(rows)
  // The blocks are taken backwards: the last one is still in memory from the means, and the solve
  // needs the first one next.
  for (const [from, to] of ranges(0, rows, capacity.resident).toReversed())
    out.set(matVec(block('resident', from, to), v, team), from)
  return out
}

/**
 * Returns Xᵀ y, one number for each column; rows are added one after the other, whatever the
 * blocks.
 */
export const transposedTimesVector = (
  x: Rows,
  y: Float64Array,
  { team = singleThread }: RowsOptions = {},
): Float64Array => {
  const { rows, cols, capacity, block } = inBlocks(x)
  let out: Float64Array = new Float64Array(cols)
  for (const [from, to] of ranges(0, rows, capacity.resident))
    out = matTVec(block('resident', from, to), y.slice(from, to), team, out)
  return out
}

const square = (n: number, team: Team): Matrix =>
  matrix(n, n, team.memory('symmetricProduct', n * n))

/**
 * Returns X Xᵀ, [rows, rows], in the memory of the team. Elements above the diagonal are undefined.
 *
 * Each block is resident once while all earlier rows are streamed past it: m blocks compute (m +
 * 1)/2 times the rows of X.
 */
export const productOfRows = (
  x: Rows,
  { team = singleThread, single = false }: RowsOptions,
): Matrix => {
  const { rows, capacity, block } = inBlocks(x)
  const out = square(rows, team)
  for (const [from, to] of ranges(0, rows, capacity.resident).toReversed()) {
    const left = { a: block('resident', from, to), at: from }
    pieceProductInto(out, left, left, { team, single })
    for (const [at, end] of ranges(0, from, capacity.streamed))
      pieceProductInto(out, left, { a: block('streamed', at, end), at }, { team, single })
  }
  return out
}

/**
 * Returns Xᵀ X, [cols, cols], in the same way. Blocks of whole packed depths, 256 rows, give the
 * same bits.
 */
export const productOfColumns = (
  x: Rows,
  { team = singleThread, single = false }: RowsOptions,
): Matrix => {
  const { rows, cols, capacity, block } = inBlocks(x)
  const out = square(cols, team)
  for (const [from, to] of ranges(0, rows, capacity.resident)) {
    const options = { add: from > 0, team, single }
    symmetricProductInto(out, block('resident', from, to), 'columns', options)
  }
  return out
}
