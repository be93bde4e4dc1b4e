/**
 * Operators built the other way, for comparison: full 2^N x 2^N matrices as Kronecker products of
 * 2x2 matrices. Nothing here is shared with physics/.
 *
 * One site is ordered (down, up); the product is written with the last site leftmost, so that bit i
 * of a row number is 1 where spin i is up.
 */
export type Entry = readonly [re: number, im: number]
export type Square = readonly (readonly Entry[])[]

const build = (n: number, f: (row: number, column: number) => Entry): Square =>
  Array.from({ length: n }, (_, row) => Array.from({ length: n }, (_, column) => f(row, column)))

const times = ([a, b]: Entry, [c, d]: Entry): Entry => [a * c - b * d, a * d + b * c]

export const plus = (a: Square, b: Square): Square =>
  build(a.length, (r, c) => [a[r]![c]![0] + b[r]![c]![0], a[r]![c]![1] + b[r]![c]![1]])

export const scaled = (s: Entry, a: Square): Square =>
  build(a.length, (r, c) => times(s, a[r]![c]!))

export const product = (a: Square, b: Square): Square =>
  build(a.length, (r, c) =>
    a.reduce<Entry>(
      (sum, _, k) => {
        const p = times(a[r]![k]!, b[k]![c]!)
        return [sum[0] + p[0], sum[1] + p[1]]
      },
      [0, 0],
    ),
  )

export const dagger = (a: Square): Square =>
  build(a.length, (r, c) => [a[c]![r]![0], -a[c]![r]![1]])

const kronecker = (a: Square, b: Square): Square =>
  build(a.length * b.length, (r, c) =>
    times(a[Math.floor(r / b.length)]![Math.floor(c / b.length)]!, b[r % b.length]![c % b.length]!),
  )

const real = (rows: readonly (readonly number[])[]): Square =>
  rows.map((row) => row.map((x) => [x, 0]))

/** Rows and columns (down, up): <row|S|column>. */
export const oneSite = {
  spinX: real([
    [0, 0.5],
    [0.5, 0],
  ]),
  // sigma^y = [[0, -i], [i, 0]] in the usual order (up, down).
  spinY: [
    [
      [0, 0],
      [0, 0.5],
    ],
    [
      [0, -0.5],
      [0, 0],
    ],
  ] as Square,
  spinZ: real([
    [-0.5, 0],
    [0, 0.5],
  ]),
  spinPlus: real([
    [0, 0],
    [1, 0],
  ]),
  spinMinus: real([
    [0, 1],
    [0, 0],
  ]),
  identity: real([
    [1, 0],
    [0, 1],
  ]),
}

/** A one-site matrix at `site` of `sites`. */
export const onSite = (matrix: Square, site: number, sites: number): Square =>
  Array.from({ length: sites }, (_, i) => (i === site ? matrix : oneSite.identity)).reduce(
    (right, left) => kronecker(left, right),
  )

/** Largest difference between a dense matrix of physics/ and one from here. */
export const difference = (
  dense: { readonly re: Float64Array; readonly im: Float64Array },
  a: Square,
): number =>
  Math.max(
    ...a.flatMap((row, r) =>
      row.map(([re, im], c) =>
        Math.hypot(dense.re[r * a.length + c]! - re, dense.im[r * a.length + c]! - im),
      ),
    ),
  )
