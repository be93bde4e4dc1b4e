// Repeated timings as one number. The minimum is what the machine can do; the median tells how
// often it does.

export const minimum = (xs: readonly number[]): number =>
  xs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)

/** The middle value, or the mean of the two middle ones; NaN of none. */
export const median = (xs: readonly number[]): number => {
  const sorted = xs.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/** exp of the mean logarithm: the mean for ratios. NaN of none. */
export const geometricMean = (xs: readonly number[]): number =>
  Math.exp(xs.reduce((sum, x) => sum + Math.log(x), 0) / xs.length)
