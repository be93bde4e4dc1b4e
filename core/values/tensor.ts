import { either as E } from 'fp-ts'
import ndarray, { type NdArray } from 'ndarray'
import ops from 'ndarray-ops'
import { fail, raise, refuseNumbers } from '../messages/index.ts'
import { axesOf, parseShape, type Shape, sameShape, showShape, sizeOf, stridesOf } from './shape.ts'

// The only checked access to scijs ndarray, whose own constructor and reads check nothing.

export type Precision = 'float64' | 'float32'
export type Data = Float64Array | Float32Array
/** A concrete tensor has values: it is a strided view of typed memory. */
export type Concrete = NdArray<Data>
export type Nested = number | readonly Nested[]

/** Tells whether a value is a tensor with values, an ndarray. */
export const isConcrete = (x: unknown): x is Concrete =>
  typeof x === 'object' && x !== null && 'stride' in x && 'data' in x && 'offset' in x

/** Returns the precision of a tensor's memory. */
export const precisionOf = (x: Concrete): Precision =>
  x.data instanceof Float32Array ? 'float32' : 'float64'

/** Allocates. Errors: TypeError for an unknown precision; ShapeError for more than memory holds. */
export const allocate = (size: number, precision: Precision, where = 'memory'): Data => {
  if (precision !== 'float32' && precision !== 'float64')
    return fail('TypeError', where, `'${precision}' is no precision.`, {
      fix: "'float64' or 'float32'.",
    })
  try {
    return precision === 'float32' ? new Float32Array(size) : new Float64Array(size)
  } catch {
    const bytes = size * (precision === 'float32' ? 4 : 8)
    return fail(
      'ShapeError',
      where,
      `${size} numbers of ${precision}, ${(bytes / 2 ** 30).toPrecision(3)} GiB, are more than can be allocated.`,
      { fix: 'smaller axes, or parts one after the other.' },
    )
  }
}

/** Classes of ndarray by rank, of float32 and float64, that refuse to be numbers. */
const refusing: boolean[] = []

/**
 * Makes the class of a tensor with axes refuse what JavaScript would turn into NaN, such as x * 2.
 * The class belongs to ndarray, which makes one for each rank; a tensor without axes is a number.
 */
const refuseArithmetic = (x: Concrete, kind: number): Concrete => {
  refusing[kind] = true
  if (x.dimension === 0) return x
  const text = (own: Concrete): string => `a tensor ${showShape(own.shape)}`
  refuseNumbers(Object.getPrototypeOf(x), text, 'allowed')
  return x
}

/** Wraps memory whose length is known to fit; nothing is checked. */
export const wrap = (
  data: Data,
  shape: Shape,
  stride?: readonly number[],
  offset = 0,
): Concrete => {
  const x = ndarray(data, shape as number[], (stride ?? stridesOf(shape)) as number[], offset)
  const kind = 2 * shape.length + (data instanceof Float32Array ? 1 : 0)
  return refusing[kind] ? x : refuseArithmetic(x, kind)
}

/** Returns a tensor of zeros. Errors: ShapeError unless lengths are whole numbers >= 0. */
export const zeros = (shape: Shape, precision: Precision = 'float64'): Concrete => {
  const checked = parseShape('zeros', shape)
  if (E.isLeft(checked)) return raise(checked.left)
  return wrap(allocate(sizeOf(shape), precision, `zeros ${showShape(shape)}`), [...shape])
}

const isTyped = (x: unknown): x is Data => ArrayBuffer.isView(x) && !(x instanceof DataView)

/** Describes a value that is not a tensor. */
export const describe = (x: unknown): string =>
  x === undefined || x === null
    ? String(x)
    : Array.isArray(x) || isTyped(x)
      ? `an array${isTyped(x) ? ` (${x.constructor.name})` : ''}`
      : x instanceof Promise
        ? 'a promise, of an async function'
        : typeof x === 'object' && 'shape' in x
          ? `a tensor${isConcrete(x) ? '' : ' without values'}`
          : `${typeof x === 'object' ? 'an' : 'a'} ${typeof x}`

/** Says what would be right where a value that is not a tensor was given. */
export const remedy = (x: unknown): string =>
  x === undefined
    ? 'give every operand; in a function of braces, return the result.'
    : x instanceof Promise
      ? 'await data before; a function of tensors is not async.'
      : typeof x === 'function'
        ? 'call the function.'
        : Array.isArray(x) && x.some((part) => typeof part === 'object' && !Array.isArray(part))
          ? 'stack([a, b]) makes one tensor of several.'
          : 'make tensors with tensor([...]) from psigrad/core.'

const refuseValues = (x: unknown): never =>
  fail('TypeError', 'tensor', `the values are, or contain, ${describe(x)}.`, {
    fix: 'a number, nested arrays of numbers, or a list of numbers and a shape.',
  })

/** Throws a TypeError for anything but a tensor with values, such as an array or a traced value. */
const requireValues = (where: string, x: unknown): void => {
  if (!isConcrete(x))
    fail('TypeError', where, `needs a tensor with values, got ${describe(x)}.`, {
      fix: 'tensor([...]) makes one; traced values have no numbers yet.',
    })
}

const nestedShape = (x: Nested): number[] =>
  Array.isArray(x) ? [x.length, ...(x[0] === undefined ? [] : nestedShape(x[0]))] : []

const flattenInto = (x: Nested, shape: Shape, out: number[]): void => {
  if (typeof x !== 'number' && !Array.isArray(x)) refuseValues(x)
  const length = typeof x === 'number' ? undefined : x.length
  if (length !== shape[0]) fail('ShapeError', 'tensor', 'nested arrays have unequal lengths.')
  if (typeof x === 'number') out.push(x)
  else for (const row of x) flattenInto(row, shape.slice(1), out)
}

/**
 * Makes a tensor from nested arrays, or from flat data and a shape (typed arrays of floats are not
 * copied).
 *
 * Errors  ShapeError when the data do not fill the shape, or nested arrays are ragged.
 * @example tensor([[1, 2], [3, 4]]).shape // → [2, 2]
 */
export const tensor = (
  values: Nested | ArrayLike<number>,
  shape?: Shape,
  precision?: Precision,
): Concrete => {
  const isObject = typeof values === 'object' && values !== null && !('shape' in values)
  const isList = isObject && typeof values.length === 'number'
  if (typeof values !== 'number' && !isList) return refuseValues(values)
  const natural = Array.isArray(values) || typeof values === 'number'
  const nested = natural && shape === undefined
  const own = shape ?? (nested ? nestedShape(values as Nested) : [(values as Data).length])
  const checked = parseShape('tensor', own)
  if (E.isLeft(checked)) return raise(checked.left)
  const flat: number[] = []
  if (nested) flattenInto(values as Nested, own, flat)
  else if (Array.isArray(values)) for (const x of values) if (typeof x !== 'number') refuseValues(x)
  const list: ArrayLike<number> = nested
    ? flat
    : typeof values === 'number'
      ? [values]
      : (values as ArrayLike<number>)
  if (list.length !== sizeOf(own))
    return fail(
      'ShapeError',
      'tensor',
      `${list.length} values do not fill ${showShape(own)}, which has ${sizeOf(own)}.`,
    )
  const isFloat = list instanceof Float64Array || list instanceof Float32Array
  const wanted = precision ?? (list instanceof Float32Array ? 'float32' : 'float64')
  if (isFloat && wanted === (list instanceof Float32Array ? 'float32' : 'float64'))
    return wrap(list, [...own])
  const data = allocate(list.length, wanted)
  data.set(list)
  return wrap(data, [...own])
}

/** Converts an ndarray of any number type to a float tensor; floats pass through unchanged. */
export const asConcrete = (x: NdArray): Concrete => {
  if (x.data instanceof Float64Array || x.data instanceof Float32Array) return x as Concrete
  const out = zeros(x.shape)
  if (x.size > 0) ops.assign(out, x as Concrete)
  return out
}

export const isContiguous = (x: Concrete): boolean => {
  for (let i = x.shape.length - 1, s = 1; i >= 0; i -= 1) {
    const d = x.shape[i]!
    if (d !== 1 && x.stride[i] !== s) return false
    s *= d
  }
  return true
}

/** Returns one element. Errors: ShapeError for a wrong rank or an index out of range. */
export const at = (x: Concrete, ...index: readonly number[]): number => {
  requireValues('at', x)
  const ok =
    index.length === x.shape.length &&
    index.every((i, a) => Number.isInteger(i) && i >= 0 && i < x.shape[a]!)
  if (!ok)
    return fail(
      'ShapeError',
      'at',
      `index ${showShape(index)} is outside a tensor of shape ${showShape(x.shape)}.`,
    )
  return x.data[index.reduce((p, i, a) => p + i * x.stride[a]!, x.offset)]!
}

/** Copies values between equal shapes, converting precision. */
export const assign = (out: Concrete, x: Concrete): void => {
  if (x.size === 0) return
  if (isContiguous(out) && isContiguous(x)) {
    const from = x.data.subarray(x.offset, x.offset + x.size)
    out.data.set(from, out.offset)
  } else ops.assign(out, x)
}

/** So many terms float32 adds up one after the other: the error is at most so many roundings. */
export const SHORT_SUM = 256

/**
 * Fills `out` with sums of so many terms each. Long sums of float32 are in float64 and rounded once
 * at the end, because in float32 a term below 2⁻²⁴ of the sum so far would change nothing.
 */
export const summedInto = (out: Concrete, terms: number, fill: (to: Concrete) => void): void => {
  const short = precisionOf(out) === 'float64' || terms <= SHORT_SUM
  const to = short ? out : zeros(out.shape)
  fill(to)
  if (!short) assign(out, to)
}

/** Copies the values to fresh row-major memory. */
export const copy = (x: Concrete, precision?: Precision): Concrete => {
  requireValues('copy', x)
  const out = zeros(x.shape, precision ?? precisionOf(x))
  assign(out, x)
  return out
}

/** Returns the tensor itself if it is row-major, else a row-major copy. */
export const contiguous = (x: Concrete): Concrete => {
  requireValues('contiguous', x)
  return isContiguous(x) ? x : copy(x)
}

/** Returns all elements in row-major order; it shares memory where it can, so only read from it. */
export const dataOf = (x: Concrete): Data => {
  const c = contiguous(x)
  return c.data.subarray(c.offset, c.offset + c.size)
}

/** Returns the tensor itself if it has this precision, else a converted copy. */
export const toPrecision = (x: Concrete, precision: Precision): Concrete => {
  requireValues('toPrecision', x)
  return precisionOf(x) === precision ? x : copy(x, precision)
}

/** Returns nested arrays, or a number for a scalar. */
export const nestedOf = (x: Concrete): Nested =>
  x.shape.length === 0
    ? x.data[x.offset]!
    : axesOf(x.shape[0]!).map((i) => nestedOf(x.pick(i) as Concrete))

/** Tells whether shapes and values are equal; NaN equals NaN, so that a copy equals its source. */
export const equalTensors = (a: Concrete, b: Concrete): boolean => {
  if (!sameShape(a.shape, b.shape)) return false
  const [p, q] = [dataOf(a), dataOf(b)]
  return p.every((v, i) => Object.is(v, q[i]!) || v === q[i])
}

/** Tells whether all numbers are the same, signs of zero included; NaN is NaN. */
export const sameNumbers = (a: Data, b: Data): boolean => {
  if (a.length !== b.length) return false
  // A loop: calls of a compiled program ask this of all their parameters.
  for (let i = 0; i < a.length; i += 1) if (!Object.is(a[i], b[i])) return false
  return true
}

// Views: the same memory read differently, no copy.

/** Permutes axes: output axis k is input axis axes[k]. */
export const permuteView = (x: Concrete, axes: readonly number[]): Concrete => x.transpose(...axes)

/** Places input axis i at output axis axes[i]; stretched and new axes get stride 0. */
export const broadcastView = (x: Concrete, shape: Shape, axes: readonly number[]): Concrete => {
  const stride = shape.map(() => 0)
  axes.forEach((a, i) => {
    if (x.shape[i] === shape[a]) stride[a] = x.stride[i]!
  })
  return wrap(x.data, [...shape], stride, x.offset)
}

/** Returns the block of x from `start` up to `stop`, which is left out. */
export const sliceView = (
  x: Concrete,
  start: readonly number[],
  stop: readonly number[],
): Concrete => x.hi(...stop).lo(...start)

export const reshapeView = (x: Concrete, shape: Shape): Concrete => {
  const c = contiguous(x)
  return wrap(c.data, [...shape], stridesOf(shape), c.offset)
}
