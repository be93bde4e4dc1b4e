import {
  axesOf,
  fail,
  isConcrete,
  precisionOf,
  showShape,
  sizeOf,
  tensor,
} from '../values/index.ts'
import {
  add,
  concatenate,
  div,
  equal,
  exp,
  less,
  max,
  maximum,
  mean,
  minimum,
  neg,
  pad,
  type ReductionOptions,
  select,
  slice,
  square,
  stopGradient,
  sub,
  sum,
  toTensor,
  zerosLike,
} from './ops.ts'
import { shapeOf, type Tensor, type TensorLike } from './trace.ts'

// Operations made of others: derivatives, batching and backends follow from those.

/** Returns the axis that users mean; negative ones are counted from the end. */
const axisOf = (where: string, x: TensorLike, axis: number): number => {
  const shape = shapeOf(x)
  const at = axis < 0 ? axis + shape.length : axis
  return Number.isInteger(at) && at >= 0 && at < shape.length
    ? at
    : fail('ShapeError', where, `${axis} is no axis of x ${showShape(shape)}.`, {
        fix:
          shape.length === 0
            ? 'give x at least one axis.'
            : `choose one of 0 to ${shape.length - 1}, or -1 for the last.`,
      })
}

/** Returns the axes that users mean, which must hold at least one value. */
const filledAxes = (
  where: string,
  x: TensorLike,
  axes: number | readonly number[] | undefined,
): number[] => {
  const list = axes === undefined ? axesOf(shapeOf(x).length) : [axes].flat()
  const over = list.map((axis) => axisOf(where, x, axis))
  const what = (says: string): never =>
    fail('ShapeError', where, says, { operands: [`x ${showShape(shapeOf(x))}`] })
  if (new Set(over).size < over.length) return what(`axes ${showShape(list)} hold one twice.`)
  if (over.some((axis) => shapeOf(x)[axis] === 0)) return what('there are no values on the axis.')
  return over
}

/** Returns the minimum over axes; ties share the derivative equally. */
export const min = (
  x: TensorLike,
  axes?: number | readonly number[],
  options: ReductionOptions = {},
): Tensor => neg(max(neg(x), filledAxes('min', x, axes), options))

/**
 * Σ |x − mean x|² / (N − correction) over axes, the mean taken first, so that a large mean does not
 * cancel. `correction` is 0 for the variance of these values, 1 for an estimate from samples.
 *
 * Errors  ShapeError for no values; DomainError when N − correction is not positive.
 * @example toNumber(variance(tensor([1, 2, 3, 4]))) // → 1.25
 */
export const variance = (
  x: TensorLike,
  axes?: number | readonly number[],
  { correction = 0, ...options }: ReductionOptions & { readonly correction?: number } = {},
): Tensor => {
  const over = filledAxes('variance', x, axes)
  const count = sizeOf(over.map((axis) => shapeOf(x)[axis]!))
  if (!(count - correction > 0))
    return fail(
      'DomainError',
      'variance',
      `needs more values than the correction; ${count} values, correction ${correction}.`,
    )
  const apart = sub(x, mean(x, over, { keepDims: true }))
  return div(sum(square(apart), over, options), count - correction)
}

/** Returns max(x, 0). The derivative is 1 above 0, 0 below and ½ at 0, as that of `maximum`. */
export const relu = (x: TensorLike): Tensor => maximum(x, 0)

/**
 * Holds x between two bounds, which may be infinite. The derivative is 1 inside, 0 outside, ½ at
 * a bound, as of `maximum` and `minimum`; bounds that are tensors have their own.
 *
 * Errors  DomainError for numbers that are NaN, or of which the lower is above the upper.
 */
export const clip = (x: TensorLike, low: TensorLike, high: TensorLike): Tensor => {
  const [from, to] = [low, high].map((b, k) => (typeof b === 'number' ? b : (2 * k - 1) * Infinity))
  if (!(from! <= to!))
    return fail('DomainError', 'clip', `no number is between ${from} and ${to}.`, {
      fix: 'clip(x, low, high) with low <= high; -Infinity and Infinity are no bounds.',
    })
  return minimum(maximum(x, low), high)
}

/**
 * 1 / (1 + e⁻ˣ), computed from e⁻ˣ for x >= 0 and from eˣ for x < 0: neither overflows, and small
 * values keep their digits, e⁻⁴⁰ at −40. Both are the same function, so it is smooth at 0.
 *
 * Special cases  0 at −∞, 1 at ∞, with derivative 0; NaN at NaN.
 */
export const sigmoid = (x: TensorLike): Tensor => {
  const below = less(x, 0)
  const e = exp(select(below, x, neg(x)))
  return div(select(below, e, 1), add(1, e))
}

/**
 * Returns sums from the first position of an axis up to each, in log₂ n doublings: errors grow like
 * log n. An infinity reaches only what comes after it.
 *
 * @example toNested(cumsum(tensor([1, 2, 3]))) // → [1, 3, 6]
 */
export const cumsum = (x: TensorLike, axis = -1): Tensor => {
  const along = axisOf('cumsum', x, axis)
  const shape = shapeOf(x)
  const none = shape.map(() => 0)
  let y = toTensor(x)
  for (let step = 1; step < shape[along]!; step *= 2) {
    const by = none.map((_, i) => (i === along ? step : 0))
    const sooner = slice(
      y,
      none,
      shape.map((d, i) => d - by[i]!),
    )
    y = add(y, pad(sooner, by, none))
  }
  return y
}

/** Returns 0, 1, … along an axis of x, with length 1 along the others. */
const places = (x: Tensor, axis: number): Tensor => {
  const n = shapeOf(x)[axis]!
  const shape = shapeOf(x).map((_, i) => (i === axis ? n : 1))
  return tensor(axesOf(n), shape, isConcrete(x) ? precisionOf(x) : 'float64')
}

/** Returns the first index where `hit` is 1, or NaN where `top` is NaN. */
const firstPlace = (hit: Tensor, top: Tensor, place: Tensor, axis: number): Tensor => {
  const first = neg(max(select(hit, neg(place), -Infinity), axis, { keepDims: true }))
  return select(equal(top, top), first, top)
}

export interface TopK {
  /** The k largest values, the largest first. */
  readonly values: Tensor
  /** Their indices on the axis, which have no derivative. */
  readonly indices: Tensor
}

/**
 * Returns the k largest values along an axis, which then has length k, and their indices; equal
 * values stay in order. The derivative treats the indices as fixed. Indices are floating-point
 * numbers without a derivative.
 *
 * Special cases  NaN, both, where a line holds a NaN.
 * Errors         ShapeError for an axis that x lacks; DomainError unless 1 <= k <= its length.
 * Cost           k passes over x.
 * @example toNested(topK(tensor([3, 1, 4]), 2).indices) // → [2, 0]
 */
export const topK = (x: TensorLike, k: number, axis = -1): TopK => {
  const along = axisOf('topK', x, axis)
  const most = shapeOf(x)[along]!
  if (!Number.isInteger(k) || k < 1 || k > most)
    return fail(
      'DomainError',
      'topK',
      `cannot take ${k} of the ${most} values on axis ${along} of x ${showShape(shapeOf(x))}.`,
      { fix: 'k is a whole number from 1 to the length of the axis.' },
    )
  const keep = { keepDims: true }
  const fixed = stopGradient(x)
  const place = places(fixed, along)
  const indices: Tensor[] = []
  const values: Tensor[] = []
  let taken = zerosLike(fixed)
  for (let r = 0; r < k; r += 1) {
    const top = max(select(taken, -Infinity, fixed), along, keep)
    const index = firstPlace(select(taken, 0, equal(fixed, top)), top, place, along)
    const here = equal(place, index)
    const value = sum(select(here, x, 0), along, keep)
    values.push(select(equal(top, top), value, top))
    indices.push(index)
    taken = maximum(taken, here)
  }
  return { values: concatenate(values, along), indices: concatenate(indices, along) }
}

/**
 * Returns the index of the largest value along an axis, the first of equal ones, as a number, and
 * drops the axis. It has no derivative.
 *
 * Special cases  NaN where a line holds a NaN.
 * Errors         ShapeError for an axis that x lacks, or of length 0.
 * @example toNested(argmax(tensor([3, 1, 4]))) // → 2
 */
export const argmax = (x: TensorLike, axis = -1): Tensor => {
  const [along] = filledAxes('argmax', x, axis) as [number]
  const fixed = stopGradient(x)
  const top = max(fixed, along, { keepDims: true })
  return sum(firstPlace(equal(fixed, top), top, places(fixed, along), along), along)
}
