import { fail } from '../errors.ts'
import { alone, type Task, type Team } from '../threads/team.ts'
import { addBlock, type Block, blockRows, lowerBlocks } from './blocks.ts'
import { explainNonFinite, type Matrix, matrix } from './matrix.ts'
import { kernel } from './simd.ts'

// Products of a matrix with its own transpose: the matrices of stochastic reconfiguration.

/** Which inner products: between rows, A·Aᵀ, or between columns, Aᵀ·A. */
export type Side = 'rows' | 'columns'

const sizeOf = (a: Matrix, side: Side): number => (side === 'rows' ? a.rows : a.cols)

/** out += A·Aᵀ or Aᵀ·A, lower triangle. */
export interface SymmetricProduct {
  readonly out: Float64Array
  readonly a: Matrix
  readonly side: Side
  /** Start from what `out` holds? */
  readonly add: boolean
  /** Products in float32, added up in float64? */
  readonly single: boolean
}

const blocksOf = ({ a, side }: SymmetricProduct): Block[] => {
  const n = sizeOf(a, side)
  return lowerBlocks(0, n, n, blockRows(n))
}

/** One item is one block of the lower triangle. */
export const productTask: Task<SymmetricProduct> = {
  name: 'symmetricProduct',
  phases: (spec) => [blocksOf(spec).length],
  start: (spec) => {
    const { out, a, side, add, single } = spec
    const n = sizeOf(a, side)
    const across = side === 'columns'
    const depth = across ? a.rows : a.cols
    const rows = { data: a.data, base: 0, stride: a.cols, across, depth, single }
    const blocks = blocksOf(spec)
    const loops = kernel()
    return (_, item) => {
      const block = blocks[item]!
      if (!add)
        for (let i = block.from; i < block.to; i += 1)
          out.fill(0, i * n + block.fromColumn, i * n + Math.min(block.toColumn, i + 1))
      addBlock(loops, { data: out, base: 0, stride: n }, rows, block, 1)
    }
  },
}

export interface ProductOptions {
  /**
   * Products in float32, 256 at a time, and these sums added up in float64: twice as fast, for
   * numbers that are float32 anyway. Default: all in float64.
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
  a: Matrix,
  side: Side = 'rows',
  { add = false, single = false, team = alone }: ProductOptions & { readonly add?: boolean } = {},
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
  team.run(productTask, { out: out.data, a, side, add, single })
  for (let i = 0; i < n; i += 1)
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
 * Shapes  a [rows, cols]; result [rows, rows] or [cols, cols], exactly symmetric, in the team's
 *         memory: a team's next product takes its place.
 * Errors  NonFinite, naming the first NaN or infinity of A, or overflow.
 * Cost    n²·k multiplications and additions, for n rows of length k: half of a full product.
 */
export const symmetricProduct = (
  a: Matrix,
  side: Side = 'rows',
  { single = false, team = alone }: ProductOptions = {},
): Matrix => {
  const n = sizeOf(a, side)
  const out = matrix(n, n, team.memory('symmetricProduct', n * n))
  symmetricProductInto(out, a, side, { single, team })
  mirrorLower(out)
  return out
}
