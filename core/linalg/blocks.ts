import type { Data } from '../values/index.ts'
import { BLOCK, DEPTH, GAP, type Kernel, LINES, places, STRIP_ROWS, TILE } from './kernel.ts'

// Square blocks of products R·Rᵀ, lower triangle only: rows are packed into strips of four
// (float32: eight), k-major, and a kernel multiplies strips.

/**
 * Rows of numbers have element (r, k) at base + r·stride + k, or, lying across, at base + k·stride
 * + r.
 */
export interface Rows {
  readonly data: Data
  readonly base: number
  readonly stride: number
  readonly across: boolean
  /**
   * Whether they are multiplied in float32, a strip's depth at a time. The default is float64.
   */
  readonly single?: boolean
  /** A row has so many numbers. */
  readonly depth: number
}

/** The target is a square matrix inside a larger one: element (i, j) is at base + i·stride + j. */
export interface Target {
  readonly data: Float64Array
  readonly base: number
  readonly stride: number
}

/** A block of the product has rows from <= i < to against rows fromColumn <= j < toColumn. */
export interface Block {
  readonly from: number
  readonly to: number
  readonly fromColumn: number
  readonly toColumn: number
}

/** Some lengths are counted in numbers of the precision in which rows are multiplied. */
const unitsOf = (single: boolean) =>
  single
    ? {
        rows: STRIP_ROWS.f32,
        left: 2 * places.left,
        right: 2 * places.right,
        lines: 2 * places.lines,
      }
    : { rows: STRIP_ROWS.f64, left: places.left, right: places.right, lines: places.lines }

const padded = (n: number, unit: number): number => unit * Math.ceil(n / unit)

/**
 * Packs rows from <= r < to, values start <= k < end, into strips at `at`. What fills up the last
 * strip does not matter: its products are never read.
 */
const packRows = (
  { numbers, singles, ...loops }: Kernel,
  at: number,
  { data, base, stride, across, single = false }: Rows,
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): void => {
  const { lines, rows } = unitsOf(single)
  const memory = single ? singles : numbers
  const pack = single ? loops.packSingle : loops.pack
  const strip = rows * (end - start)
  // Lines are contiguous in memory; a few of them at a time are packed for the kernel.
  const [first, last, begin, length] = across
    ? [start, end, from, to - from]
    : [from, to, start, end - start]
  for (let line = first; line < last; line += LINES) {
    const next = Math.min(line + LINES, last)
    for (let l = line; l < next; l += 1) {
      const p = base + l * stride + begin
      memory.set(data.subarray(p, p + length), lines + (l - line) * BLOCK)
    }
    if (across)
      for (let r = 0; r < to - from; r += rows) {
        const q = at + (r / rows) * strip + rows * (line - start)
        pack(lines + r, 1, BLOCK, q, q + rows * (next - line))
      }
    else
      for (let r = line; r < next; r += rows) {
        const q = at + ((r - from) / rows) * strip
        pack(lines + (r - line) * BLOCK, BLOCK, 1, q, q + strip)
      }
  }
}

/** Copies one row of a block, as far as the diagonal. */
const lowerWidth = (i: number, { fromColumn, toColumn }: Block): number =>
  Math.max(0, Math.min(toColumn, i + 1) - fromColumn)

/**
 * Computes target += sign · R·Cᵀ in the lower triangle of one block, of at most BLOCK rows and
 * columns; C is R itself unless other rows are given, which stand for the block's columns.
 *
 * Every element is the sum over DEPTH values of k at a time, added in the order of k, whatever the
 * block it is part of: the bits do not depend on how a product is divided.
 */
export const addBlock = (
  kernel: Kernel,
  target: Target,
  rows: Rows,
  block: Block,
  sign: 1 | -1,
  columnRows = rows,
): void => {
  const { numbers } = kernel
  const single = rows.single ?? false
  const column = single ? kernel.columnSingle : kernel.column
  const { from, to, fromColumn, toColumn } = block
  const { block: c } = places
  const { rows: unit, left, right } = unitsOf(single)
  const columns = unit * kernel.strips
  const pitch = padded(toColumn - fromColumn, unit) + GAP
  for (let i = from; i < to; i += 1) {
    const at = target.base + i * target.stride + fromColumn
    const width = lowerWidth(i, block)
    if (width > 0) numbers.set(target.data.subarray(at, at + width), c + (i - from) * pitch)
  }
  const same = rows === columnRows && from === fromColumn && to === toColumn
  for (let k = 0; k < rows.depth; k += DEPTH) {
    const end = Math.min(k + DEPTH, rows.depth)
    const strip = unit * (end - k)
    packRows(kernel, left, rows, [from, to], [k, end])
    if (!same) packRows(kernel, right, columnRows, [fromColumn, toColumn], [k, end])
    const aEnd = left + (padded(to - from, unit) / unit) * strip
    for (let j = 0; j < toColumn - fromColumn; j += columns) {
      // Strips that lie wholly above the diagonal are skipped.
      const skipped = Math.max(0, Math.floor((fromColumn + j - from) / unit))
      const a = left + skipped * strip
      const b = (same ? left : right) + (j / unit) * strip
      if (a < aEnd)
        column(
          a,
          aEnd,
          b,
          c + skipped * unit * pitch + j,
          strip,
          pitch,
          sign > 0 ? places.plus : places.minus,
        )
    }
  }
  for (let i = from; i < to; i += 1) {
    const at = c + (i - from) * pitch
    const width = lowerWidth(i, block)
    if (width > 0)
      target.data.set(
        numbers.subarray(at, at + width),
        target.base + i * target.stride + fromColumn,
      )
  }
}

/**
 * Chooses the rows of a block for a matrix of n rows: small enough for every thread to find some,
 * large enough for packing not to count. It must not depend on the number of threads.
 */
export const blockRows = (n: number): number =>
  Math.min(BLOCK, Math.max(BLOCK / 2, TILE * Math.ceil(n / 4 / TILE)))

/** Lists blocks that cover the lower triangle of rows and columns from <= i < to, j < columns. */
export const lowerBlocks = (from: number, to: number, columns: number, size: number): Block[] => {
  const cuts: number[] = []
  for (let i = from; i < to; i += size) cuts.push(i)
  return cuts.flatMap((i) =>
    cuts
      .filter((j) => j <= i && j < columns)
      .map((j) => ({
        from: i,
        to: Math.min(i + size, to),
        fromColumn: j,
        toColumn: Math.min(j + size, columns),
      })),
  )
}

type Range = readonly [number, number]

/** Lists blocks that cover rows against columns, all of which come before them. */
export const rectangle = ([from, to]: Range, [left, right]: Range, size: number): Block[] => {
  const blocks: Block[] = []
  for (let i = from; i < to; i += size)
    for (let j = left; j < right; j += size)
      blocks.push({
        from: i,
        to: Math.min(i + size, to),
        fromColumn: j,
        toColumn: Math.min(j + size, right),
      })
  return blocks
}
