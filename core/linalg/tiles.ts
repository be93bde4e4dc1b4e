// The one hot loop of dense linear algebra: sums of outer products over square tiles.
//
// Rows (or columns) of a matrix are packed four at a time into strips, k-major, and two strips
// give a 4x4 tile Σ_k a_ik b_jk. The loop here is the plain one; simd.ts has its twin.

export const TILE = 4
export const TILE_LENGTH = TILE * TILE
/** The most k in a strip, 8 kB: two strips and a tile live in the first-level cache. */
export const DEPTH = 256
/** Strips of one group (256 kB) stay in the second-level cache while others pass by. */
const GROUP = 32

/** Strips in a row, of TILE rows and `depth` >= 1 values of k: element (r, k) at 4k + r of each. */
export interface Strips {
  readonly depth: number
  readonly data: Float64Array
  /** tile[4i + j] = Σ_k a_ik b_jk for strips a = I and b = J, summed in the order of k. */
  readonly multiply: (I: number, J: number) => void
  readonly tile: Float64Array
}

export const tileCount = (n: number): number => Math.ceil(n / TILE)

/**
 * Packs rows r < height, whose values for k < depth are at base + r·rowStep + k·depthStep. The last
 * strip is filled up with repetitions of the last row, whose products are never read.
 */
export const packStrips = (
  strips: Strips,
  data: Float64Array,
  base: number,
  rowStep: number,
  depthStep: number,
  height: number,
): void => {
  const { depth, data: packed } = strips
  const last = base + (height - 1) * rowStep
  for (let row = 0, q = 0; row < height; row += 4) {
    let p0 = base + row * rowStep
    let p1 = Math.min(p0 + rowStep, last)
    let p2 = Math.min(p0 + 2 * rowStep, last)
    let p3 = Math.min(p0 + 3 * rowStep, last)
    for (let k = 0; k < depth; k += 1, q += 4) {
      packed[q] = data[p0]!
      packed[q + 1] = data[p1]!
      packed[q + 2] = data[p2]!
      packed[q + 3] = data[p3]!
      p0 += depthStep
      p1 += depthStep
      p2 += depthStep
      p3 += depthStep
    }
  }
}

/** Two columns of a tile. Not four: eight sums and six operands stay in V8's sixteen registers. */
const multiplyHalf = (
  strips: Float64Array,
  a: number,
  b: number,
  depth: number,
  tile: Float64Array,
  column: number,
): void => {
  let [c00, c01, c10, c11, c20, c21, c30, c31] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let k = 0, p = a, q = b + column; k < depth; k += 1, p += 4, q += 4) {
    const b0 = strips[q]!
    const b1 = strips[q + 1]!
    const a0 = strips[p]!
    c00 += a0 * b0
    c01 += a0 * b1
    const a1 = strips[p + 1]!
    c10 += a1 * b0
    c11 += a1 * b1
    const a2 = strips[p + 2]!
    c20 += a2 * b0
    c21 += a2 * b1
    const a3 = strips[p + 3]!
    c30 += a3 * b0
    c31 += a3 * b1
  }
  tile[column] = c00
  tile[column + 1] = c01
  tile[column + 4] = c10
  tile[column + 5] = c11
  tile[column + 8] = c20
  tile[column + 9] = c21
  tile[column + 12] = c30
  tile[column + 13] = c31
}

/** Strips without WebAssembly, with the same bits. */
export const plainStrips = (count: number, depth: number): Strips => {
  const pitch = TILE * depth
  const data = new Float64Array(count * pitch)
  const tile = new Float64Array(TILE_LENGTH)
  return {
    depth,
    data,
    tile,
    multiply: (I, J) => {
      multiplyHalf(data, I * pitch, J * pitch, depth, tile, 0)
      multiplyHalf(data, I * pitch, J * pitch, depth, tile, 2)
    },
  }
}

/** A square block of a row-major matrix: its element (0, 0), its row stride and its size. */
export interface SquareBlock {
  readonly data: Float64Array
  readonly base: number
  readonly stride: number
  readonly size: number
}

/**
 * block += sign · (strips · stripsᵀ), lower triangle only, in tile rows from <= I < to and tile
 * columns J < columns.
 *
 * Every element gets one addition per call, so the result does not depend on how tile rows are
 * divided among calls or threads.
 */
export const addLowerProduct = (
  block: SquareBlock,
  strips: Strips,
  sign: 1 | -1,
  from: number,
  to: number,
  columns = to,
): void => {
  const { data, base, stride, size } = block
  const { tile, multiply } = strips
  for (let group = 0; group < columns; group += GROUP)
    for (let I = Math.max(from, group); I < to; I += 1) {
      const end = Math.min(I + 1, group + GROUP, columns)
      // Constants are written out here: V8 reads an exported one anew each time.
      const height = Math.min(4, size - 4 * I)
      for (let J = group; J < end; J += 1) {
        multiply(I, J)
        for (let r = 0; r < height; r += 1) {
          const width = I === J ? r + 1 : 4
          const at = base + (4 * I + r) * stride + 4 * J
          for (let c = 0; c < width; c += 1) data[at + c]! += sign * tile[4 * r + c]!
        }
      }
    }
}
