// Numerical derivatives with an honest error: the independent witness of every check.

export interface Difference {
  readonly value: number
  /** Estimated error of the value: of rounding and of truncation together. */
  readonly error: number
}

/** The difference quotients at some steps, of which those at smaller steps come later. */
export interface Quotients {
  readonly steps: readonly number[]
  readonly values: readonly number[]
  /** The rounding error that each quotient may have. */
  readonly errors: readonly number[]
}

export interface Extrapolated extends Difference {
  /** The smallest step that the value comes from. */
  readonly step: number
}

/** Nothing is known of a derivative without differences. */
export const nothing: Extrapolated = { value: Number.NaN, error: Number.POSITIVE_INFINITY, step: 0 }

/** A table takes quotients at smaller and smaller steps, and returns the best value so far. */
export type Table = (step: number, value: number, error: number) => Extrapolated

/**
 * Extrapolates difference quotients to step 0 (Neville's table in stepᵖ, p = 2 for central and 1
 * for one-sided differences). The error of an entry is what its neighbours disagree by, and the
 * rounding errors of the quotients, carried through the table. Of the plausible entries
 * the one with the least error wins.
 *
 * Source  C. J. F. Ridders, Adv. Eng. Software 4, 75 (1982), for the choice of the entry.
 */
export const newTable = (
  power: 1 | 2,
  plausible: (value: number) => boolean = () => true,
): Table => {
  const steps: number[] = []
  let best = nothing
  // Only the last row is needed.
  let values: number[] = []
  let noises: number[] = []
  return (step, first, error) => {
    const row = [first]
    const noise = [error]
    for (let k = 1; k <= steps.length; k += 1) {
      const weight = (steps[steps.length - k]! / step) ** power
      const [finer, coarser] = [row[k - 1]!, values[k - 1]!]
      const value = finer + (finer - coarser) / (weight - 1)
      const rounded = (weight * noise[k - 1]! + noises[k - 1]!) / (weight - 1)
      row.push(value)
      noise.push(rounded)
      const apart = Math.max(Math.abs(value - finer), Math.abs(value - coarser))
      if (apart + rounded <= best.error && plausible(value))
        best = { value, error: apart + rounded, step }
    }
    steps.push(step)
    values = row
    noises = noise
    return best
  }
}

/** Extrapolates quotients at some steps; see {@link newTable}. */
export const extrapolate = ({ steps, values, errors }: Quotients, power: 1 | 2): Extrapolated => {
  const table = newTable(power)
  return steps.reduce((_, step, i) => table(step, values[i]!, errors[i]!), nothing)
}

const SHRINK = 2
const ROWS = 7
const EPSILON = 2 ** -52

/**
 * Returns d/dt f at t = 0 by central differences at h, h/2, h/4, …, extrapolated to h → 0.
 *
 * @example derivativeAtZero((t) => Math.exp(t)).value.toFixed(9) // → '1.000000000'
 */
export const derivativeAtZero = (f: (t: number) => number, step = 0.05): Difference => {
  const steps = Array.from({ length: ROWS }, (_, i) => step / SHRINK ** i)
  const pairs = steps.map((h) => [f(h), f(-h)] as const)
  const values = pairs.map(([ahead, behind], i) => (ahead - behind) / (2 * steps[i]!))
  const errors = pairs.map(([a, b], i) => (EPSILON * (Math.abs(a) + Math.abs(b))) / (4 * steps[i]!))
  const { value, error } = extrapolate({ steps, values, errors }, 2)
  return { value, error }
}
