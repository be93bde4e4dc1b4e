import type { Task } from '../tiles/index.ts'
import { addBlock, blockRows, lowerBlocks } from './blocks.ts'
import { type Kernel, places, WIDE } from './kernel.ts'
import { kernel } from './simd.ts'

// Cholesky's factorisation as a task: L Lᵀ = A in the lower triangle of A, by halves of columns, so
// that almost all of it is products of blocks, which threads share.

/** So many columns are factored one by one, not as two halves. */
const FEW = 64
/** One item solves for so many rows below them. */
const MANY = 8 * WIDE

export interface Factorisation {
  /** The matrix [n, n] is A before, L after; the upper triangle is unchanged. */
  readonly l: Float64Array
  readonly n: number
  /** Its one element is the first column whose pivot is not positive, or -1. */
  readonly bad: Int32Array
  /** Whether pairs of vectors are joined, where the engine can. */
  readonly wide: boolean
}

/** Factors columns from <= j < to of rows from <= i < to: the square on the diagonal. */
const factorDiagonal = ({ l, n, bad }: Factorisation, from: number, to: number): void => {
  for (let j = from; j < to; j += 1)
    for (let i = from; i <= j; i += 1) {
      const row = i * n
      // Two sums, so that one addition need not wait for the other.
      let [even, odd] = [l[j * n + i]!, 0]
      let k = from
      for (let p = j * n; k + 1 < i; k += 2) {
        even -= l[p + k]! * l[row + k]!
        odd -= l[p + k + 1]! * l[row + k + 1]!
      }
      if (k < i) even -= l[j * n + k]! * l[row + k]!
      const sum = even + odd
      if (i < j) l[j * n + i] = sum / l[row + i]!
      else if (sum > 0) l[j * n + j] = Math.sqrt(sum)
      else {
        l[j * n + j] = sum
        bad[0] = j
        return
      }
    }
}

/**
 * Solves for the same columns of rows first <= i < last below: rows of A₂₁ become rows of L₂₁ = A₂₁
 * L₁₁⁻ᵀ.
 */
const solveBelow = (
  { numbers, substitute }: Kernel,
  { l, n }: Factorisation,
  [from, to]: readonly [number, number],
  [first, last]: readonly [number, number],
): void => {
  const width = to - from
  const x = places.left + WIDE
  const factor = places.right
  const pitch = width + 1
  numbers.fill(0, places.left, x)
  for (let j = from; j < to; j += 1) {
    const at = factor + (j - from) * pitch
    numbers[at] = 0
    numbers.set(l.subarray(j * n + from, j * n + j + 1), at + 1)
  }
  for (let row = first; row < last; row += WIDE) {
    // Numbers beyond the last row are old, and not read.
    const count = Math.min(WIDE, last - row)
    for (let r = 0; r < count; r += 1)
      for (let k = 0, p = (row + r) * n + from; k < width; k += 1)
        numbers[x + WIDE * k + r] = l[p + k]!
    substitute(x, x + WIDE * width, factor, pitch)
    for (let r = 0; r < count; r += 1)
      for (let k = 0, p = (row + r) * n + from; k < width; k += 1)
        l[p + k] = numbers[x + WIDE * k + r]!
  }
}

type Item = (spec: Factorisation, loops: Kernel) => void

/** Divides rows first <= i < last into pieces. */
const pieces = (first: number, last: number, size: number): (readonly [number, number])[] => {
  const cuts: (readonly [number, number])[] = []
  for (let i = first; i < last; i += size) cuts.push([i, Math.min(i + size, last)])
  return cuts
}

/**
 * Lists the items of A₂₂ −= L₂₁ L₂₁ᵀ in columns mid <= j < to, with L₂₁ in columns from <= k < mid.
 */
const update = (n: number, from: number, mid: number, to: number): Item[] =>
  lowerBlocks(mid, n, to, blockRows(n - mid)).map((block) => ({ l }, loops) => {
    const rows = { data: l, base: from, stride: n, across: false, depth: mid - from }
    addBlock(loops, { data: l, base: 0, stride: n }, rows, block, -1)
  })

/**
 * Lists the items of columns from <= j < to, phase by phase; those before are known and subtracted.
 */
const itemsOf = (n: number, from: number, to: number): Item[][] => {
  if (to - from <= FEW)
    return [
      [(spec) => factorDiagonal(spec, from, to)],
      pieces(to, n, MANY).map((rows) => (spec, loops) => solveBelow(loops, spec, [from, to], rows)),
    ]
  const mid = from + FEW * Math.ceil((to - from) / FEW / 2)
  return [...itemsOf(n, from, mid), update(n, from, mid, to), ...itemsOf(n, mid, to)]
}

/** Factors a matrix. After a pivot that is not positive nothing more is done. */
export const factorTask: Task<Factorisation> = {
  name: 'cholesky',
  phases: ({ n }) => itemsOf(n, 0, n).map((items) => items.length),
  start: (spec) => {
    const phases = itemsOf(spec.n, 0, spec.n)
    const loops = kernel(spec.wide)
    return (phase, item) => {
      if (spec.bad[0]! < 0) phases[phase]![item]!(spec, loops)
    }
  },
}
