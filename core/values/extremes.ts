// Extremes of lists of any length. `Math.max(...xs)` hands each number over as an argument, on the
// stack, which ends near 120,000 of them.

const over =
  (choose: (best: number, x: number) => number, start: number) =>
  (xs: ArrayLike<number>): number => {
    let best = start
    for (let i = 0; i < xs.length; i += 1) best = choose(best, xs[i]!)
    return best
  }

/** Returns the largest number: −Infinity if there is none, NaN if one is NaN. */
export const largest = over(Math.max, Number.NEGATIVE_INFINITY)
/** Returns the smallest number: Infinity if there is none, NaN if one is NaN. */
export const smallest = over(Math.min, Number.POSITIVE_INFINITY)
/** Returns the largest |x|: 0 if there is none, NaN if one is NaN. */
export const largestSize = over((best, x) => Math.max(best, Math.abs(x)), 0)
/** Returns the Euclidean length of a vector; no square overflows. */
export const vectorLength = over((length, x) => Math.hypot(length, x), 0)
