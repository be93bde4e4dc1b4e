import { singleThread, type Task, type Team } from '../tiles/index.ts'
import { fail } from '../values/index.ts'
import { addBlock, type Block, blockRows, lowerBlocks, type Rows, rectangle } from './blocks.ts'
import { explainNonFinite, type Matrix, matrix, type RealMatrix } from './matrix.ts'
import { kernel } from './simd.ts'

// Products of a matrix with its own transpose: the matrices of stochastic reconfiguration.

/** The inner products are between rows, A·Aᵀ, or between columns, Aᵀ·A. */
export type Side = 'rows' | 'columns'

const sizeOf = (a: RealMatrix, side: Side): number => (side === 'rows' ? a.rows : a.cols)

/** A piece is some rows of a larger matrix: its row `at` and those after it. */
export interface RowPiece {
  readonly a: RealMatrix
  readonly at: number
}

/**
 * The task is out += A·Aᵀ or Aᵀ·A, lower triangle; or those of its elements that two pieces of A
 * give.
 */
export interface SymmetricProduct {
  readonly out: Float64Array
  /** `out` has n rows. */
  readonly n: number
  readonly left: RowPiece
  /** These rows come before those of `left`; they are the same piece when this is not given. */
  readonly right?: RowPiece
  readonly side: Side
  /** Whether the product is added to the numbers in `out`. */
  readonly add: boolean
  /** Whether products are in float32, and added up in float64. */
  readonly single: boolean
  /** Whether pairs of vectors are joined, where the engine can. */
  readonly wide: boolean
}

const blocksOf = ({ left, right, side }: SymmetricProduct): Block[] => {
  const rows = sizeOf(left.a, side)
  const [from, to] = [left.at, left.at + rows]
  const size = blockRows(rows)
  return right === undefined
    ? lowerBlocks(from, to, to, size)
    : rectangle([from, to], [right.at, right.at + right.a.rows], size)
}

/** One item is one block of the lower triangle. */
export const productTask: Task<SymmetricProduct> = {
  name: 'symmetricProduct',
  phases: (spec) => [blocksOf(spec).length],
  start: (spec) => {
    const { out, n, left, right, side, add, single, wide } = spec
    const across = side === 'columns'
    const rowsOf = ({ a, at }: RowPiece): Rows => ({
      data: a.data,
      base: across ? 0 : -at * a.cols,
      stride: a.cols,
      across,
      depth: across ? a.rows : a.cols,
      single,
    })
    const rows = rowsOf(left)
    const columnRows = right === undefined ? rows : rowsOf(right)
    const blocks = blocksOf(spec)
    const loops = kernel(wide)
    return (_, item) => {
      const block = blocks[item]!
      if (!add)
        for (let i = block.from; i < block.to; i += 1)
          out.fill(0, i * n + block.fromColumn, i * n + Math.min(block.toColumn, i + 1))
      addBlock(loops, { data: out, base: 0, stride: n }, rows, block, 1, columnRows)
    }
  },
}

export interface ProductOptions {
  /**
   * Whether products are in float32, 256 at a time, with their sums added up in float64. This is
   * twice as fast, for numbers that are float32 anyway. By default all is in float64.
   */
  readonly single?: boolean
  readonly team?: Team
}

/**
 * Writes A·Aᵀ or Aᵀ·A into `out`, lower triangle only; with `add`, adds it to what is there, so
 * that a product may come in pieces. `mirrorLower` completes the matrix. The bits do not depend on
 * the team.
 *
 * Shapes  a [rows, cols]; out [n, n] with n = rows or cols of a.
 * Errors  ShapeError; NonFinite when a diagonal element (a sum of squares) is not finite.
 * Cost    n²·k multiplications and additions, for n rows of length k: half of a full product.
 */
export const symmetricProductInto = (
  out: Matrix,
  a: RealMatrix,
  side: Side = 'rows',
  {
    add = false,
    single = false,
    team = singleThread,
  }: ProductOptions & { readonly add?: boolean } = {},
): void => {
  const n = sizeOf(a, side)
  if (out.rows !== n || out.cols !== n)
    fail('ShapeError', 'symmetricProductInto', `out is [${out.rows}, ${out.cols}].`, {
      operands: [`A [${a.rows}, ${a.cols}], products of its ${side}`],
      fix: `out [${n}, ${n}].`,
    })
  const wide = team.wide ?? false
  team.run(productTask, { out: out.data, n, left: { a, at: 0 }, side, add, single, wide })
  requireFiniteDiagonal(out, a, 0, n)
}

/** Checks the diagonal: an element is a sum of squares, finite when all its terms are. */
const requireFiniteDiagonal = (out: Matrix, a: RealMatrix, from: number, to: number): void => {
  for (let i = from; i < to; i += 1)
    if (!Number.isFinite(out.data[i * out.cols + i]!))
      explainNonFinite('symmetricProduct', { A: a })
}

/**
 * Computes the same product of rows that are never in memory all at once: it writes the elements of
 * A·Aᵀ between the rows of one piece and those of another that comes before it, or of the piece
 * itself. The bits are those of the product as a whole.
 *
 * Shapes  left [rows, cols] from row `at` on, right likewise; out [n, n], lower triangle.
 * Errors  ShapeError when pieces overlap or do not fit; NonFinite on the diagonal.
 */
export const pieceProductInto = (
  out: Matrix,
  left: RowPiece,
  right: RowPiece = left,
  { single = false, team = singleThread }: ProductOptions = {},
): void => {
  const { a, at } = left
  const before = right === left || right.at + right.a.rows <= at
  if (!before || right.a.cols !== a.cols || at + a.rows > out.rows)
    fail(
      'ShapeError',
      'pieceProductInto',
      'the pieces are not rows of one matrix, one before the other.',
      {
        operands: [left, right].map((p) => `rows ${p.at} … ${p.at + p.a.rows}, [, ${p.a.cols}]`),
        fix: `rows that end where the others start or before, and at most ${out.rows}.`,
      },
    )
  const how = { side: 'rows', add: false, single, wide: team.wide ?? false } as const
  const spec = { out: out.data, n: out.rows, left, ...how }
  team.run(productTask, right === left ? spec : { ...spec, right })
  if (right === left) requireFiniteDiagonal(out, a, at, at + a.rows)
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
 * Computes A·Aᵀ ('rows') or Aᵀ·A ('columns').
 *
 * Shapes  a [rows, cols]; result [rows, rows] or [cols, cols], exactly symmetric, in the team's
 *         memory: a team's next product takes its place.
 * Errors  NonFinite, naming the first NaN or infinity of A, or overflow.
 * Cost    n²·k multiplications and additions, for n rows of length k: half of a full product.
 */
export const symmetricProduct = (
  a: RealMatrix,
  side: Side = 'rows',
  { single = false, team = singleThread }: ProductOptions = {},
): Matrix => {
  const n = sizeOf(a, side)
  const out = matrix(n, n, team.memory('symmetricProduct', n * n))
  symmetricProductInto(out, a, side, { single, team })
  mirrorLower(out)
  return out
}
