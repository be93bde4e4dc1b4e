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

// The rows X of stochastic reconfiguration, all in memory or in blocks that are made when asked
// for, and the products that a solve needs of them. The bits are the same either way.

/** Where a block lies: held for a while, or streamed past the one that is held. */
export type Place = 'resident' | 'streamed'

/** A matrix of which only some rows are in memory at a time. */
export interface BlockedRows {
  readonly rows: number
  readonly cols: number
  /** How many rows each place has room for. */
  readonly room: { readonly [P in Place]: number }
  /**
   * Rows from <= r < to, each column times its number in `scale`; in memory that the next block in
   * the same place takes.
   */
  readonly block: (place: Place, from: number, to: number, scale?: Float64Array) => RealMatrix
}

export type Rows = RealMatrix | BlockedRows

/** Every column times its number, in place. */
export const scaleColumns = ({ data, cols }: RealMatrix, scale: Float64Array): void => {
  for (let row = 0; row < data.length; row += cols)
    for (let k = 0; k < cols; k += 1) data[row + k]! *= scale[k]!
}

/** X diag(scale); blocks are scaled when they are made, in the memory that they have anyway. */
export const scaledColumns = (x: Rows, scale: Float64Array): Rows => {
  if (!('data' in x)) return { ...x, block: (place, from, to) => x.block(place, from, to, scale) }
  const copy = { ...x, data: x.data.slice() }
  scaleColumns(copy, scale)
  return copy
}

/** A matrix in memory is one block. */
const inBlocks = (x: Rows): BlockedRows => {
  if (!('data' in x)) return x
  return { rows: x.rows, cols: x.cols, room: { resident: x.rows, streamed: 0 }, block: () => x }
}

export type Range = readonly [number, number]

/** From <= i < to in ranges of at most so many. */
export const ranges = (from: number, to: number, size: number): readonly Range[] => {
  const out: Range[] = []
  for (let i = from; i < to; i += size) out.push([i, Math.min(i + size, to)])
  return out
}

export interface RowsOptions {
  readonly team?: Team
  /** Products in float32, sums of them in float64? See `ProductOptions`. */
  readonly single?: boolean
}

/** X v, one number for each row. */
export const timesVector = (
  x: Rows,
  v: Float64Array,
  { team = singleThread }: RowsOptions = {},
): Float64Array => {
  const { rows, room, block } = inBlocks(x)
  const out = new Float64Array(rows)
  // Backwards: the last block is still there from the means, the first one wanted next.
  for (const [from, to] of ranges(0, rows, room.resident).toReversed())
    out.set(matVec(block('resident', from, to), v, team), from)
  return out
}

/** Xᵀ y, one number for each column: rows one after the other, in whatever blocks. */
export const transposedTimesVector = (
  x: Rows,
  y: Float64Array,
  { team = singleThread }: RowsOptions = {},
): Float64Array => {
  const { rows, cols, room, block } = inBlocks(x)
  let out: Float64Array = new Float64Array(cols)
  for (const [from, to] of ranges(0, rows, room.resident))
    out = matTVec(block('resident', from, to), y.slice(from, to), team, out)
  return out
}

const square = (n: number, team: Team): Matrix =>
  matrix(n, n, team.memory('symmetricProduct', n * n))

/**
 * X Xᵀ, [rows, rows], in the team's memory; of what stands above the diagonal nothing is said.
 *
 * Each block is held once, and all rows before it are streamed past it: m blocks make (m + 1)/2
 * times the rows of X.
 */
export const productOfRows = (
  x: Rows,
  { team = singleThread, single = false }: RowsOptions,
): Matrix => {
  const { rows, room, block } = inBlocks(x)
  const out = square(rows, team)
  for (const [from, to] of ranges(0, rows, room.resident).toReversed()) {
    const left = { a: block('resident', from, to), at: from }
    pieceProductInto(out, left, left, { team, single })
    for (const [at, end] of ranges(0, from, room.streamed))
      pieceProductInto(out, left, { a: block('streamed', at, end), at }, { team, single })
  }
  return out
}

/** Xᵀ X, [cols, cols], likewise. Blocks of whole packed depths, 256 rows, give the same bits. */
export const productOfColumns = (
  x: Rows,
  { team = singleThread, single = false }: RowsOptions,
): Matrix => {
  const { rows, cols, room, block } = inBlocks(x)
  const out = square(cols, team)
  for (const [from, to] of ranges(0, rows, room.resident)) {
    const options = { add: from > 0, team, single }
    symmetricProductInto(out, block('resident', from, to), 'columns', options)
  }
  return out
}
