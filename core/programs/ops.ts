import { either as E } from 'fp-ts'
import type { ElementwiseName } from '../primitives/index.ts'
import {
  axesOf,
  broadcastShapes,
  type Concrete,
  fail,
  isConcrete,
  type Nested,
  nestedOf,
  precisionOf,
  raise,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
  zeros,
} from '../values/index.ts'
import {
  bind,
  refuseNaN,
  requireTensors,
  scalar,
  shapeOf,
  type Tensor,
  type TensorLike,
  Traced,
} from './trace.ts'

// The operations that users call: they compute numbers and ndarrays, and are traced on symbols.

/** Returns the tensor itself; a number becomes a scalar tensor. */
export const toTensor = (x: TensorLike): Tensor => {
  requireTensors('toTensor', [x])
  return typeof x === 'number' ? scalar(x) : x
}

/** Stretches axes of length 1, and scalars, to a shape of equal rank. */
export const broadcastTo = (x: TensorLike, shape: Shape): Tensor => {
  requireTensors('broadcastTo', [x])
  const own = shapeOf(x)
  if (sameShape(own, shape)) return toTensor(x)
  const axes = own.length === 0 ? [] : axesOf(shape.length)
  return bind('broadcast', { shape: [...shape], axes }, [x])
}

const aligned = (name: ElementwiseName, ...xs: readonly TensorLike[]): Tensor => {
  requireTensors(name, xs)
  const shape = broadcastShapes(name, xs.map(shapeOf))
  if (E.isLeft(shape)) return raise(shape.left)
  // Numbers take the shape and the precision of the other operands.
  const precision = xs.filter(isConcrete).map(precisionOf)[0]
  const nan = xs.findIndex(Number.isNaN)
  if (nan >= 0 && name !== 'select' && xs.some((x) => x instanceof Traced))
    refuseNaN(name, `operand ${nan + 1}`)
  const adapt = (x: TensorLike): TensorLike => (typeof x === 'number' ? scalar(x, precision) : x)
  return bind(
    name,
    {},
    xs.map((x) => broadcastTo(adapt(x), shape.right)),
  )
}

const unary =
  (name: ElementwiseName) =>
  (x: TensorLike): Tensor =>
    bind(name, {}, [x])
const binary =
  (name: ElementwiseName) =>
  (x: TensorLike, y: TensorLike): Tensor =>
    aligned(name, x, y)

export const neg = unary('neg')
export const abs = unary('abs')
export const sign = unary('sign')
export const exp = unary('exp')
export const expm1 = unary('expm1')
export const log = unary('log')
export const log1p = unary('log1p')
export const sqrt = unary('sqrt')
export const sin = unary('sin')
export const cos = unary('cos')
export const tanh = unary('tanh')
export const sinh = unary('sinh')
export const cosh = unary('cosh')
export const asinh = unary('asinh')
export const erf = unary('erf')
/** xᵖ for a fixed exponent p; whole exponents accept negative x. */
export const power = (x: TensorLike, exponent: number): Tensor =>
  typeof exponent === 'number' && !Number.isNaN(exponent)
    ? bind('power', { exponent }, [x])
    : fail('TypeError', 'power', 'the exponent is not a fixed number.')
/** x² */
export const square = (x: TensorLike): Tensor => mul(x, x)

export const add = binary('add')
export const sub = binary('sub')
export const mul = binary('mul')
export const div = binary('div')
export const maximum = binary('maximum')
export const minimum = binary('minimum')
/** The angle of the point (x, y), in (−π, π]. */
export const atan2 = binary('atan2')
/** 1 where x < y, else 0. */
export const less = binary('less')
/** 1 where x = y, else 0. */
export const equal = binary('equal')
/** `yes` where the condition is not 0, else `no`; both are computed. */
export const select = (condition: TensorLike, yes: TensorLike, no: TensorLike): Tensor =>
  aligned('select', condition, yes, no)

/** Returns the axes that users mean: one, several or all; negative ones count from the end. */
const axesGiven = (name: string, x: TensorLike, axes: Axes | undefined): number[] => {
  requireTensors(name, [x])
  const rank = shapeOf(x).length
  const list = axes === undefined ? axesOf(rank) : ([axes].flat() as readonly number[])
  return list.map((a) => (a < 0 ? a + rank : a))
}

export interface ReductionOptions {
  /** Keep the reduced axes, with length 1, so that the result broadcasts against x. */
  readonly keepDims?: boolean
}
type Axes = number | readonly number[]

const reduction =
  (name: 'sum' | 'max') =>
  (x: TensorLike, axes?: Axes, { keepDims = false }: ReductionOptions = {}): Tensor => {
    const over = axesGiven(name, x, axes)
    const kept = shapeOf(x).map((d, i) => (over.includes(i) ? 1 : d))
    const y = bind(name, { axes: over }, [x])
    return keepDims ? reshape(y, kept) : y
  }
/** Returns the sum over axes. */
export const sum = reduction('sum')
/** Returns the maximum over axes; ties share the derivative equally. */
export const max = reduction('max')
/** Returns the arithmetic mean over axes. */
export const mean = (x: TensorLike, axes?: Axes, options: ReductionOptions = {}): Tensor => {
  const count = sizeOf(axesGiven('mean', x, axes).map((a) => shapeOf(x)[a] ?? 1))
  return div(sum(x, axes, options), count)
}

/** Returns the same values with other axes; one length may be −1 and is inferred. */
export const reshape = (x: TensorLike, shape: Shape): Tensor => {
  requireTensors('reshape', [x])
  const known = sizeOf(shape.filter((d) => d !== -1))
  const total = sizeOf(shapeOf(x))
  const full = shape.map((d) => (d === -1 ? (known === 0 ? 0 : total / known) : d))
  return sameShape(full, shapeOf(x)) ? toTensor(x) : bind('reshape', { shape: full }, [x])
}
/** Permutes axes: output axis k is input axis axes[k]. Default: axes reversed. */
export const transpose = (x: TensorLike, axes?: readonly number[]): Tensor => {
  requireTensors('transpose', [x])
  return bind('transpose', { axes: axes ?? axesOf(shapeOf(x).length).reverse() }, [x])
}
/** Broadcasts by explicit axes: input axis k becomes output axis axes[k]. */
export const broadcastInDim = (x: TensorLike, shape: Shape, axes: readonly number[]): Tensor =>
  bind('broadcast', { shape, axes }, [x])
export const slice = (x: TensorLike, start: readonly number[], stop: readonly number[]): Tensor =>
  bind('slice', { start, stop }, [x])
export const pad = (x: TensorLike, low: readonly number[], high: readonly number[]): Tensor =>
  bind('pad', { low, high }, [x])
export const concatenate = (xs: readonly TensorLike[], axis = 0): Tensor =>
  bind('concatenate', { axis }, listOf('concatenate', xs))
/** Stacks tensors of one shape along a new first axis. */
export const stack = (xs: readonly TensorLike[]): Tensor =>
  concatenate(listOf('stack', xs).map((x) => reshape(x, [1, ...shapeOf(x)])))

/** Throws a TypeError unless it is a list of tensors, with one at least. */
const listOf = (where: string, xs: readonly TensorLike[]): readonly TensorLike[] => {
  if (!Array.isArray(xs) || xs.length === 0)
    return fail(
      'TypeError',
      where,
      Array.isArray(xs) ? 'the list of operands is empty.' : 'the operands are no list.',
      { fix: `${where}([a, b, …]) with one tensor at least.` },
    )
  requireTensors(where, xs)
  return xs
}
/** Picks fixed positions along an axis. */
export const gather = (x: TensorLike, indices: readonly number[], axis = 0): Tensor =>
  bind('gather', { axis, indices }, [x])
/** The transpose of `gather`: adds position k of x into position indices[k] of `size` zeros. */
export const scatterAdd = (
  x: TensorLike,
  indices: readonly number[],
  size: number,
  axis = 0,
): Tensor => bind('scatterAdd', { axis, indices, size }, [x])

/** Returns x, whose derivative is taken to be zero. */
export const stopGradient = (x: TensorLike): Tensor => bind('stopGradient', {}, [x])

/** Returns zeros of the same shape, in the precision of x where it has values. */
export const zerosLike = (x: TensorLike): Tensor => {
  requireTensors('zerosLike', [x])
  return x instanceof Traced || typeof x === 'number'
    ? broadcastTo(0, shapeOf(x))
    : zeros(x.shape, precisionOf(x))
}

/** Returns the tensor with its values. Errors: TraceError for a traced value. */
const withValues = (where: string, x: TensorLike): Concrete => {
  requireTensors(where, [x])
  if (typeof x === 'number') return scalar(x)
  if (!(x instanceof Traced)) return x
  const fix = 'use select(...) for choices in a differentiated function; return values to see them.'
  return fail('TraceError', where, 'a traced value has no numbers yet.', { fix })
}

/** Returns a tensor's values as nested arrays or a number. Errors: TraceError if it is traced. */
export const toNested = (x: TensorLike): Nested => nestedOf(withValues('toNested', x))

/** Returns the only element of a tensor of size 1, as a number. */
export const toNumber = (x: TensorLike): number => {
  const { data, offset, shape, size } = withValues('toNumber', x)
  if (size === 1) return data[offset]!
  const what = `needs one element, got ${showShape(shape)}.`
  return fail('ShapeError', 'toNumber', what)
}

/**
 * Returns x − max x over axes, which exp takes without overflow, and the maximum. Where that is
 * infinite, its terms count as equal: ∞ − ∞ is 0 there, and no derivative goes through it.
 */
const belowTop = (x: TensorLike, axes: Axes | undefined): { below: Tensor; top: Tensor } => {
  const top = max(x, axes, { keepDims: true })
  const still = stopGradient(top)
  const none = sub(still, still) // NaN where it is infinite, else 0
  const bound = select(equal(none, 0), div(none, none), still)
  return { below: select(equal(x, bound), 0, sub(x, still)), top }
}

/**
 * Returns eˣ / Σ eˣ along an axis, safe from overflow.
 *
 * Special cases  terms at the same infinite maximum, +∞ or −∞, have equal shares.
 */
export const softmax = (x: TensorLike, axis = -1): Tensor => {
  const e = exp(belowTop(x, axis).below)
  return div(e, sum(e, axis, { keepDims: true }))
}
/**
 * Returns ln Σ eˣ over axes, safe from overflow. Its gradient is `softmax`, at infinite terms too.
 *
 * Special cases  −∞ where all terms are −∞; +∞ where one is.
 */
export const logSumExp = (x: TensorLike, axes?: Axes): Tensor => {
  const { below, top } = belowTop(x, axes)
  const total = log(sum(exp(below), axes))
  const still = stopGradient(top)
  const peak = select(equal(sub(still, still), 0), still, top)
  return add(total, reshape(peak, shapeOf(total)))
}
