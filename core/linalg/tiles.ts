// The one hot loop of dense linear algebra: sums of outer products over square tiles.
//
// Rows (or columns) of a matrix are packed three at a time into strips, k-major, and two strips
// give a 3x3 tile Σ_k a_ik b_jk held in nine local variables. Three, because JavaScript has no
// SIMD and V8 sixteen registers: 9 sums + 3 + 1 operands stay in them, 4x4 would spill.

export const TILE = 3
/** How many k one strip holds: 6 kB, so that two strips and a tile live in the first-level cache. */
export const DEPTH = 256
/** Strips of one group (200 kB) stay in the second-level cache while others pass by. */
const GROUP = 32

/** TILE rows by at most DEPTH values of k, element (r, k) at 3k + r. */
export type Strip = Float64Array

export const tileCount = (n: number): number => Math.ceil(n / TILE)

export const makeStrips = (count: number, depth = DEPTH): Strip[] =>
  Array.from({ length: count }, () => new Float64Array(TILE * depth))

/**
 * Packs values base + r·rowStep + k·depthStep for r < width and k < depth. Rows from width on keep
 * what they held: the products they enter are never read.
 */
export const packStrip = (
  strip: Strip,
  data: Float64Array,
  base: number,
  rowStep: number,
  depthStep: number,
  width: number,
  depth: number,
): void => {
  for (let r = 0; r < width; r += 1)
    for (let k = 0, p = base + r * rowStep, q = r; k < depth; k += 1, p += depthStep, q += 3)
      strip[q] = data[p]!
}

/** tile[3i + j] = Σ_k a_ik b_jk, summed in the order of k. */
const multiplyStrips = (a: Strip, b: Strip, depth: number, tile: Float64Array): void => {
  let [c00, c01, c02, c10, c11, c12, c20, c21, c22] = [0, 0, 0, 0, 0, 0, 0, 0, 0]
  // For V8's sake: the mask (which changes nothing) says that indices are small, so that none is
  // checked for overflow; and 3 is written out because an exported constant is read anew each time.
  const end = depth & 0xfff
  for (let k = 0; k < end; k += 1) {
    const p = k * 3
    const b0 = b[p]!
    const b1 = b[p + 1]!
    const b2 = b[p + 2]!
    const a0 = a[p]!
    c00 += a0 * b0
    c01 += a0 * b1
    c02 += a0 * b2
    const a1 = a[p + 1]!
    c10 += a1 * b0
    c11 += a1 * b1
    c12 += a1 * b2
    const a2 = a[p + 2]!
    c20 += a2 * b0
    c21 += a2 * b1
    c22 += a2 * b2
  }
  tile[0] = c00
  tile[1] = c01
  tile[2] = c02
  tile[3] = c10
  tile[4] = c11
  tile[5] = c12
  tile[6] = c20
  tile[7] = c21
  tile[8] = c22
}

/** A square block of a row-major matrix: its element (0, 0), its row stride and its size. */
export interface SquareBlock {
  readonly data: Float64Array
  readonly base: number
  readonly stride: number
  readonly size: number
}

/**
 * block += sign · (strips · stripsᵀ), lower triangle only, for tile rows from <= I < to.
 *
 * Every element gets one addition per call, so the result does not depend on how tile rows are
 * divided among calls or threads.
 */
export const addLowerProduct = (
  block: SquareBlock,
  strips: readonly Strip[],
  depth: number,
  sign: 1 | -1,
  from: number,
  to: number,
): void => {
  const { data, base, stride, size } = block
  const tile = new Float64Array(TILE * TILE)
  for (let group = 0; group < to; group += GROUP)
    for (let I = Math.max(from, group); I < to; I += 1)
      for (let J = group; J <= I && J < group + GROUP; J += 1) {
        multiplyStrips(strips[I]!, strips[J]!, depth, tile)
        const height = Math.min(TILE, size - TILE * I)
        for (let r = 0; r < height; r += 1) {
          const width = I === J ? r + 1 : TILE
          const at = base + (TILE * I + r) * stride + TILE * J
          for (let c = 0; c < width; c += 1) data[at + c]! += sign * tile[TILE * r + c]!
        }
      }
}
