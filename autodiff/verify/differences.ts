// Numerical derivatives: the independent witness of every check.

export interface Difference {
  readonly value: number
  /** Estimated error of the value. */
  readonly error: number
}

const SHRINK = 2
const ROWS = 7

/**
 * d/dt f at t = 0 by central differences at h, h/2, h/4, …, extrapolated to h → 0 (Richardson's
 * table); the entry whose neighbours agree best wins.
 *
 * Source  C. J. F. Ridders, Adv. Eng. Software 4, 75 (1982).
 */
export const derivativeAtZero = (f: (t: number) => number, step = 0.05): Difference => {
  const table: number[][] = []
  let best: Difference = { value: Number.NaN, error: Number.POSITIVE_INFINITY }
  for (let i = 0, h = step; i < ROWS; i += 1, h /= SHRINK) {
    const row = [(f(h) - f(-h)) / (2 * h)]
    table.push(row)
    for (let j = 1, weight = SHRINK ** 2; j <= i; j += 1, weight *= SHRINK ** 2) {
      const [finer, coarser] = [row[j - 1]!, table[i - 1]![j - 1]!]
      row.push((weight * finer - coarser) / (weight - 1))
      const error = Math.max(Math.abs(row[j]! - finer), Math.abs(row[j]! - coarser))
      if (error <= best.error) best = { value: row[j]!, error }
    }
  }
  return best
}
