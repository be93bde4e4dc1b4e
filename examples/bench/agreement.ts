import { either as E } from 'fp-ts'
import type { Precision } from '../../core/index.ts'
import { largestSize } from '../../core/values/index.ts'

// A contender that computes something else is not timed.

/** The number of configurations whose results are compared. */
export const AGREEMENT_BATCH = 4

/**
 * The largest difference allowed, relative to the largest number. float32 has an epsilon of 6e-8;
 * sums of a few thousand terms through up to four layers lose two to three digits of it. A wrong
 * factor, sign or axis gives 1e-2 or more.
 */
export const TOLERANCE: Readonly<Record<Precision, number>> = { float32: 2e-4, float64: 1e-9 }

/** Returns max |x − y| / max |y|: the largest difference relative to the largest number. */
export const relativeDifference = (x: Float64Array, y: Float64Array): number => {
  const largest = largestSize(y)
  const difference = x.reduce((m, v, i) => {
    const d = Math.abs(v - y[i]!)
    return Number.isNaN(d) ? Number.POSITIVE_INFINITY : Math.max(m, d)
  }, 0)
  return difference === 0 ? 0 : difference / largest
}

/** Right: the relative difference; Left: why the contender is refused, in one line. */
export const agreement = (
  got: Float64Array,
  wanted: Float64Array,
  precision: Precision,
): E.Either<string, number> => {
  if (got.length !== wanted.length)
    return E.left(`gave ${got.length} numbers instead of ${wanted.length}`)
  const difference = relativeDifference(got, wanted)
  return difference <= TOLERANCE[precision]
    ? E.right(difference)
    : E.left(
        `disagrees by ${difference.toExponential(1)}, more than ${TOLERANCE[precision]} (${precision})`,
      )
}
