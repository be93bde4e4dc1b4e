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

/**
 * Extrapolates difference quotients to step 0 (Neville's table in stepᵖ, p = 2 for central and 1
 * for one-sided differences). The error of an entry is what its neighbours disagree by, and the
 * rounding errors of the quotients, carried through the table. Of the plausible entries
 * the one with the least error wins.
 *
 * Source  C. J. F. Ridders, Adv. Eng. Software 4, 75 (1982), for the choice of the entry.
 */
export const extrapolate = (
  { steps, values, errors }: Quotients,
  power: 1 | 2,
  plausible: (value: number) => boolean = () => true,
): Extrapolated => {
  let best = nothing
  let before: { readonly value: number; readonly noise: number }[] = []
  for (const [i, step] of steps.entries()) {
    const row = [{ value: values[i]!, noise: errors[i]! }]
    for (let k = 1; k <= i; k += 1) {
      const weight = (steps[i - k]! / step) ** power
      const [finer, coarser] = [row[k - 1]!, before[k - 1]!]
      const value = finer.value + (finer.value - coarser.value) / (weight - 1)
      const noise = (weight * finer.noise + coarser.noise) / (weight - 1)
      row.push({ value, noise })
      const apart = Math.max(Math.abs(value - finer.value), Math.abs(value - coarser.value))
      if (apart + noise <= best.error && plausible(value))
        best = { value, error: apart + noise, step }
    }
    before = row
  }
  return best
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
