import {
  type Matrix,
  matrix,
  matTVec,
  matVec,
  pieceProductInto,
  type RealMatrix,
  symmetricProductInto,
} from '../../core/linalg/index.ts'
import { alone, type Team } from '../../core/tiles/index.ts'

// The rows X of stochastic reconfiguration, all in memory or in pieces that are made when asked
// for, and the products that a solve needs of them. The bits are the same either way.

/** Where a piece lies: held for a while, or streamed past the one that is held. */
export type Place = 'held' | 'streamed'

/** A matrix of which only some rows are in memory at a time. */
export interface PiecewiseRows {
  readonly rows: number
  readonly cols: number
  /** How many rows each place has room for. */
  readonly room: { readonly [P in Place]: number }
  /**
   * Rows from <= r < to, each column times its number in `scale`; in memory that the next piece in
   * the same place takes.
   */
  readonly piece: (place: Place, from: number, to: number, scale?: Float64Array) => RealMatrix
}

export type Rows = RealMatrix | PiecewiseRows

/** Every column times its number, in place. */
export const scaleColumns = ({ data, cols }: RealMatrix, scale: Float64Array): void => {
  for (let row = 0; row < data.length; row += cols)
    for (let k = 0; k < cols; k += 1) data[row + k]! *= scale[k]!
}

/** X diag(scale); pieces are scaled when they are made, in the memory that they have anyway. */
export const scaledColumns = (x: Rows, scale: Float64Array): Rows => {
  if (!('data' in x)) return { ...x, piece: (place, from, to) => x.piece(place, from, to, scale) }
  const copy = { ...x, data: x.data.slice() }
  scaleColumns(copy, scale)
  return copy
}

/** A matrix in memory is one piece. */
const inPieces = (x: Rows): PiecewiseRows => {
  if (!('data' in x)) return x
  return { rows: x.rows, cols: x.cols, room: { held: x.rows, streamed: 0 }, piece: () => x }
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
  { team = alone }: RowsOptions = {},
): Float64Array => {
  const { rows, room, piece } = inPieces(x)
  const out = new Float64Array(rows)
  // Backwards: the last piece is still there from the means, the first one wanted next.
  for (const [from, to] of ranges(0, rows, room.held).toReversed())
    out.set(matVec(piece('held', from, to), v, team), from)
  return out
}

/** Xᵀ y, one number for each column: rows one after the other, in whatever pieces. */
export const transposedTimesVector = (
  x: Rows,
  y: Float64Array,
  { team = alone }: RowsOptions = {},
): Float64Array => {
  const { rows, cols, room, piece } = inPieces(x)
  let out: Float64Array = new Float64Array(cols)
  for (const [from, to] of ranges(0, rows, room.held))
    out = matTVec(piece('held', from, to), y.slice(from, to), team, out)
  return out
}

const square = (n: number, team: Team): Matrix =>
  matrix(n, n, team.memory('symmetricProduct', n * n))

/**
 * X Xᵀ, [rows, rows], in the team's memory; of what stands above the diagonal nothing is said.
 *
 * Each piece is held once, and all rows before it are streamed past it: m pieces make (m + 1)/2
 * times the rows of X.
 */
export const productOfRows = (x: Rows, { team = alone, single = false }: RowsOptions): Matrix => {
  const { rows, room, piece } = inPieces(x)
  const out = square(rows, team)
  for (const [from, to] of ranges(0, rows, room.held).toReversed()) {
    const left = { a: piece('held', from, to), at: from }
    pieceProductInto(out, left, left, { team, single })
    for (const [at, end] of ranges(0, from, room.streamed))
      pieceProductInto(out, left, { a: piece('streamed', at, end), at }, { team, single })
  }
  return out
}

/** Xᵀ X, [cols, cols], likewise. Pieces of whole packed depths, 256 rows, give the same bits. */
export const productOfColumns = (
  x: Rows,
  { team = alone, single = false }: RowsOptions,
): Matrix => {
  const { rows, cols, room, piece } = inPieces(x)
  const out = square(cols, team)
  for (const [from, to] of ranges(0, rows, room.held)) {
    const options = { add: from > 0, team, single }
    symmetricProductInto(out, piece('held', from, to), 'columns', options)
  }
  return out
}
