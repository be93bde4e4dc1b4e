import { type Concrete, dataOf } from '../../core/index.ts'
import { largest, largestSize, rounded, smallest } from '../../core/values/index.ts'

/** A few numbers that describe a tensor. All but the counts are those of its finite entries. */
export interface ValueSummary {
  readonly size: number
  readonly nan: number
  readonly infinite: number
  /** These four are NaN where no entry is finite. */
  readonly min: number
  readonly max: number
  readonly mean: number
  /** The root of the mean square; no square overflows. */
  readonly rms: number
  /** The first entries, at most four, finite or not. */
  readonly first: readonly number[]
}

const FIRST = 4

/** Returns the summary of a tensor's values. */
export const summaryOf = (x: Concrete): ValueSummary => {
  const data = Float64Array.from(dataOf(x))
  const finite = data.filter(Number.isFinite)
  const nan = data.filter(Number.isNaN).length
  const count = finite.length
  const most = largestSize(finite)
  const squares = finite.reduce((sum, v) => sum + (most === 0 ? 0 : (v / most) ** 2), 0)
  return {
    size: data.length,
    nan,
    infinite: data.length - count - nan,
    min: count === 0 ? Number.NaN : smallest(finite),
    max: count === 0 ? Number.NaN : largest(finite),
    mean: count === 0 ? Number.NaN : finite.reduce((sum, v) => sum + v / count, 0),
    rms: count === 0 ? Number.NaN : most * Math.sqrt(squares / count),
    first: Array.from(data.subarray(0, FIRST)),
  }
}

/** Tells whether all entries are finite. */
export const isFiniteSummary = ({ nan, infinite }: ValueSummary): boolean => nan + infinite === 0

/** A number with three digits, short enough for a column. */
export const brief = (x: number): string => String(Number(x.toPrecision(3)))

/** Counts what is not finite: `2 NaN, 1 infinite of 6`. */
export const shownNonFinite = ({ nan, infinite, size }: ValueSummary): string =>
  [nan > 0 ? `${nan} NaN` : '', infinite > 0 ? `${infinite} infinite` : '']
    .filter((text) => text !== '')
    .join(', ') + (size > 1 ? ` of ${size}` : '')

/** The same for a column: `2 NaN 1 ∞`. */
const shortly = ({ nan, infinite }: ValueSummary): string =>
  [nan > 0 ? `${nan} NaN` : '', infinite > 0 ? `${infinite} ∞` : ''].join(' ').trim()

/** The range of the values, or the only one; what is not finite is counted. */
export const shownRange = (s: ValueSummary): string => {
  if (!isFiniteSummary(s)) return shortly(s)
  if (s.size === 0) return 'empty'
  return s.size === 1 || s.min === s.max ? rounded(s.min) : `${brief(s.min)} … ${brief(s.max)}`
}

/** The size of a cotangent by its root mean square; a dash where none arrives. */
export const shownSize = (s: ValueSummary | undefined): string => {
  if (s === undefined) return '–'
  if (!isFiniteSummary(s)) return shortly(s)
  if (s.size === 0) return 'empty'
  return brief(s.size === 1 ? s.min : s.rms)
}
