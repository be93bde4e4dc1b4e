// Repeated timings become one number. The minimum is the best that the machine can do; the median
// is typical.

export const minimum = (xs: readonly number[]): number =>
  xs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)

/** Returns the middle value, or the mean of the two middle ones; NaN for no values. */
export const median = (xs: readonly number[]): number => {
  const sorted = xs.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/** Returns exp of the mean logarithm, the appropriate mean of ratios; NaN for no values. */
export const geometricMean = (xs: readonly number[]): number =>
  Math.exp(xs.reduce((sum, x) => sum + Math.log(x), 0) / xs.length)
