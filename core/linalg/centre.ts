import { singleThread, type Task, type Team } from '../tiles/index.ts'
import type { RealMatrix } from './matrix.ts'

// Weighted means of rows, and rows less their mean: threads share the columns.

/**
 * Rows in `groups` take turns: row r is of group r mod groups, and has the weight of number ⌊r /
 * groups⌋. A weight of 0 means that the row does not count, whatever its numbers.
 */
export interface Centring {
  readonly a: RealMatrix
  readonly weights: Float64Array
  readonly groups: number
  /** The means of the groups are [groups, cols]. */
  readonly mean: Float64Array
  /** Whether these rows are added to the means. */
  readonly sum: boolean
  /** Whether each row is then replaced by √weight · (row − mean). */
  readonly centre: boolean
}

/** One item has so many columns: their means stay in the nearest cache. */
const COLUMNS = 1024

/** Computes mean += Σ_r w_r row_r over the rows of one group that count. */
const addGroup = (spec: Centring, group: number, from: number, to: number): void => {
  const { a, weights, groups, mean } = spec
  const { cols, data } = a
  const counted: number[] = []
  for (let r = group; r < a.rows; r += groups)
    if (weights[(r - group) / groups]! > 0) counted.push(r)
  const weight = (n: number): number => weights[(counted[n]! - group) / groups]!
  const shift = group * cols
  // Four rows at a time, in their order, so that the mean is read and written once for four.
  let n = 0
  for (; n + 3 < counted.length; n += 4) {
    const [w0, w1, w2, w3] = [weight(n), weight(n + 1), weight(n + 2), weight(n + 3)]
    const [r0, r1, r2, r3] = [n, n + 1, n + 2, n + 3].map((m) => counted[m]! * cols) as [
      number,
      number,
      number,
      number,
    ]
    for (let k = from; k < to; k += 1)
      mean[shift + k] =
        mean[shift + k]! +
        w0 * data[r0 + k]! +
        w1 * data[r1 + k]! +
        w2 * data[r2 + k]! +
        w3 * data[r3 + k]!
  }
  for (; n < counted.length; n += 1) {
    const [w, r] = [weight(n), counted[n]! * cols]
    for (let k = from; k < to; k += 1) mean[shift + k]! += w * data[r + k]!
  }
}

/** Computes row ← √w (row − mean), and 0 where the weight is. */
const centreRows = (spec: Centring, from: number, to: number): void => {
  const { a, weights, groups, mean } = spec
  const { rows, cols, data } = a
  for (let r = 0; r < rows; r += 1) {
    const root = Math.sqrt(weights[Math.floor(r / groups)]!)
    const at = r * cols
    const shift = (r % groups) * cols
    if (root === 0) data.fill(0, at + from, at + to)
    else for (let k = from; k < to; k += 1) data[at + k] = root * (data[at + k]! - mean[shift + k]!)
  }
}

/** One item is a range of columns. */
export const centreTask: Task<Centring> = {
  name: 'centre',
  phases: ({ a }) => [Math.ceil(a.cols / COLUMNS)],
  start: (spec) => (_, item) => {
    const from = item * COLUMNS
    const to = Math.min(from + COLUMNS, spec.a.cols)
    if (spec.sum) for (let g = 0; g < spec.groups; g += 1) addGroup(spec, g, from, to)
    if (spec.centre) centreRows(spec, from, to)
  },
}

/**
 * Adds rows to the means of their groups, centres them in place, or both, one after the other.
 * Rows of a larger matrix may come in pieces, one after the other: the bits are the same, and do
 * not depend on the team, whose memory the means should lie in.
 */
export const centre = (spec: Centring, team: Team = singleThread): void =>
  team.run(centreTask, spec)
