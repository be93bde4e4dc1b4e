import {
  add,
  type Concrete,
  dataOf,
  fail,
  isConcrete,
  reshape,
  shapeOf,
  showShape,
  sizeOf,
  type Tensor,
  type TensorLike,
  tensor,
  toTensor,
  transpose,
  zerosLike,
} from '../core/index.ts'
import { jvp } from './jvp.ts'
import { vjp } from './vjp.ts'
import { vmap } from './vmap.ts'

// Everything users ask of derivatives, a few lines each on vjp, jvp and vmap.

const scalarValue = (value: unknown, where: string, f: string): Tensor => {
  const shape = shapeOf(value as TensorLike)
  if (shape === undefined || sizeOf(shape) !== 1 || shape.length > 0)
    return fail({
      kind: 'ShapeError',
      where,
      what: `needs a number; ${f} returned ${shape === undefined ? 'a tree' : showShape(shape)}.`,
      fix: 'mean(f(x)) for a loss, or perSampleGradient(f) for one gradient per sample.',
    })
  return toTensor(value as TensorLike)
}

/**
 * Value and gradient of a scalar function with respect to its first argument, a tensor or a tree.
 *
 * Errors  ShapeError when f does not return a scalar.
 */
export const valueAndGrad =
  <P, Rest extends readonly unknown[]>(f: (params: P, ...rest: Rest) => Tensor) =>
  (params: P, ...rest: Rest): { readonly value: Tensor; readonly gradient: P } => {
    const inner = (p: P): Tensor => f(p, ...rest)
    const { value, pullback } = vjp(inner)(params)
    const y = scalarValue(value, 'grad', f.name || 'f')
    return { value: y, gradient: pullback(add(zerosLike(y), 1))[0] }
  }

/**
 * Gradient of a scalar function with respect to its first argument; has that argument's type.
 *
 * @example grad((x) => sum(square(x)))(tensor([1, 2])) // → [2, 4]
 */
export const grad =
  <P, Rest extends readonly unknown[]>(f: (params: P, ...rest: Rest) => Tensor) =>
  (params: P, ...rest: Rest): P =>
    valueAndGrad(f)(params, ...rest).gradient

/** The n × n identity, its rows shaped like x: the directions of a full derivative. */
const directions = (x: TensorLike): Concrete => {
  const n = sizeOf(shapeOf(x))
  const data = new Float64Array(n * n)
  for (let i = 0; i < n; i += 1) data[i * n + i] = 1
  const basis = tensor(data, [n, ...shapeOf(x)])
  return isConcrete(x) && x.data instanceof Float32Array
    ? tensor(Float32Array.from(dataOf(basis)), basis.shape)
    : basis
}

/**
 * The full Jacobian of a tensor function of one tensor: [...shape of f(x), ...shape of x].
 * Forward mode where x is the smaller side, reverse mode where f(x) is.
 */
export const jacobian =
  (f: (x: Tensor) => Tensor) =>
  (x: TensorLike): Tensor => {
    const point = toTensor(x)
    const { value, pullback } = vjp(f)(point)
    const shape = [...shapeOf(value), ...point.shape]
    if (sizeOf(value.shape) <= sizeOf(point.shape)) {
      const rows = vmap((yBar: Tensor) => pullback(yBar)[0])(directions(value))
      return reshape(rows, shape)
    }
    const columns = vmap((dx: Tensor) => jvp(f)([point], [dx]).tangent)(directions(point))
    const n = sizeOf(point.shape)
    const m = sizeOf(value.shape)
    return reshape(transpose(reshape(columns, [n, m])), shape)
  }

/** Hessian-vector product: the derivative of the gradient along `tangent`, forward over reverse. */
export const hvp =
  <P>(f: (params: P) => Tensor) =>
  (params: P, tangent: P): P =>
    jvp(grad(f))([params], [tangent]).tangent

/** The Hessian of a scalar function of one tensor: [...shape of x, ...shape of x]. */
export const hessian = (f: (x: Tensor) => Tensor) => jacobian(grad(f))

/**
 * One gradient per sample: f(params, sample) ↦ (params, samples) ↦ gradients, samples first.
 *
 * Shapes  samples [B, …]; every leaf of the result [B, …shape of the parameter].
 */
export const perSampleGradient =
  <P, S>(f: (params: P, sample: S) => Tensor) =>
  (params: P, samples: S): P =>
    vmap(grad(f) as (params: P, sample: S) => P, { inAxes: [null, 0] })(params, samples)
