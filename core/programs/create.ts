import {
  type Concrete,
  fail,
  type Precision,
  type Shape,
  sizeOf,
  tensor,
  zeros,
} from '../values/index.ts'

// Tensors of known values: ones, identities and ranges; `zeros` is in core/values.

/** Returns a tensor of ones. Errors: ShapeError unless lengths are whole numbers >= 0. */
export const ones = (shape: Shape, precision: Precision = 'float64'): Concrete => {
  const x = zeros(shape, precision)
  x.data.fill(1)
  return x
}

/**
 * Returns the identity, 1 on the diagonal and 0 elsewhere; fewer or more columns give a part of it.
 *
 * @example toNested(eye(2, 3)) // → [[1, 0, 0], [0, 1, 0]]
 */
export const eye = (
  rows: number,
  columns: number = rows,
  precision: Precision = 'float64',
): Concrete => {
  const x = zeros([rows, columns], precision)
  for (let i = 0; i < Math.min(rows, columns); i += 1) x.data[i * columns + i] = 1
  return x
}

/** A quotient this close to a whole number, relatively, is that number with rounding errors. */
const ROUNDED = 1e-12

/**
 * start, start + step, …, without stop; `arange(n)` is 0, 1, …, n − 1. Entry k is start + k · step,
 * so that errors do not add up, and stop stays out also where (stop − start) / step is rounded up.
 *
 * Errors  DomainError for numbers that are not finite, or a step of 0.
 * @example toNested(arange(1, 1.3, 0.1)).length // → 3
 */
export const arange = (
  first: number,
  end?: number,
  step = 1,
  precision: Precision = 'float64',
): Concrete => {
  const [start, stop] = end === undefined ? [0, first] : [first, end]
  if (![start, stop, step].every(Number.isFinite) || step === 0)
    return fail('DomainError', 'arange', `from ${start} to ${stop} by ${step} is no range.`, {
      fix: 'arange(stop), arange(start, stop) or arange(start, stop, step), with a step other than 0.',
    })
  const steps = (stop - start) / step
  const whole = Math.round(steps)
  const near = Math.abs(steps - whole) <= ROUNDED * Math.abs(whole)
  const x = zeros([Math.max(0, near ? whole : Math.ceil(steps))], precision)
  return tensor(
    x.data.map((_, k) => start + k * step),
    [sizeOf(x.shape)],
  )
}
