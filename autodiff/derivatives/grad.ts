import {
  add,
  axesOf,
  eye,
  fail,
  isTensor,
  knownOptions,
  precisionAmong,
  reshape,
  shapeOf,
  showShape,
  sizeOf,
  type Tensor,
  type TensorLike,
  toTensor,
  transpose,
  zerosLike,
} from '../../core/index.ts'
import { jvp } from './jvp.ts'
import { vjp } from './vjp.ts'
import { vmap } from './vmap.ts'

// The derivatives that users call, each in a few lines on vjp, jvp and vmap.

const scalarValue = (value: unknown, where: string, f: string): Tensor => {
  const shape = typeof value === 'number' || isTensor(value) ? shapeOf(value) : undefined
  if (shape === undefined || sizeOf(shape) !== 1 || shape.length > 0)
    return fail(
      'ShapeError',
      where,
      `needs a number; ${f} returned ${shape === undefined ? 'a tree' : showShape(shape)}.`,
      { fix: 'mean(f(x)) for a loss, or perSampleGradient(f) for one gradient per sample.' },
    )
  return toTensor(value as TensorLike)
}

/** Argnums choose arguments, counted from 0: a number one, a list several. */
export type Argnums = number | readonly number[]

/** The gradient has the type of the argument, or is a list of such. */
export type Gradient<Args extends readonly unknown[], K extends Argnums> = K extends number
  ? Args[K]
  : { readonly [I in keyof K]: Args[K[I] & number] }

const chosenOf = (where: string, argnums: Argnums, count: number): readonly number[] => {
  const list = [argnums].flat() as readonly number[]
  const fits = list.every((k, i) => axesOf(count).includes(k) && list.indexOf(k) === i)
  return fits && list.length > 0
    ? list
    : fail(
        'DomainError',
        where,
        `argnums ${JSON.stringify(argnums)} do not choose among ${count} arguments.`,
        {
          fix: `argnums are numbers of arguments, counted from 0: one, or a list with none twice.`,
        },
      )
}

/**
 * Returns value and gradient of a scalar function for its first argument, or for those that
 * `argnums` names. These are tensors or trees; the other arguments may be anything.
 *
 * Errors  ShapeError when f does not return a scalar; DomainError when there is no such argument.
 */
export const valueAndGrad =
  <Args extends readonly unknown[], const K extends Argnums = 0>(
    f: (...args: Args) => Tensor,
    options: { readonly argnums?: K } = {},
  ) =>
  (...args: Args): { readonly value: Tensor; readonly gradient: Gradient<Args, NoInfer<K>> } => {
    const { argnums = 0 as K } = knownOptions('grad', options, ['argnums'])
    const chosen = chosenOf('grad', argnums, args.length)
    const inner = (...of: readonly unknown[]): Tensor =>
      f(...(args.map((x, i) => (chosen.includes(i) ? of[chosen.indexOf(i)] : x)) as never))
    // Messages name what the user has named.
    Object.defineProperty(inner, 'name', { value: f?.name })
    const { value, pullback } = vjp(typeof f === 'function' ? inner : f)(
      ...chosen.map((i) => args[i]),
    )
    const y = scalarValue(value, 'grad', f.name || 'f')
    const bars = pullback(add(zerosLike(y), 1))
    const gradient = typeof argnums === 'number' ? bars[0] : bars
    return { value: y, gradient: gradient as Gradient<Args, K> }
  }

/**
 * Returns the gradient of a scalar function for its first argument, or for those that `argnums`
 * names; it has the type of the argument, or is a list of such.
 *
 * @example grad((x) => sum(square(x)))(tensor([1, 2])) // → [2, 4]
 * @example toNumber(grad((x, y) => mul(x, y), { argnums: 1 })(tensor(2), tensor(3))) // → 2
 */
export const grad =
  <Args extends readonly unknown[], const K extends Argnums = 0>(
    f: (...args: Args) => Tensor,
    options: { readonly argnums?: K } = {},
  ) =>
  (...args: Args): Gradient<Args, NoInfer<K>> =>
    valueAndGrad(f, options)(...args).gradient

/** Returns the n × n identity, its rows shaped like x: the directions of a full derivative. */
const directions = (x: Tensor): Tensor => {
  const n = sizeOf(x.shape)
  return reshape(eye(n, n, precisionAmong([x])), [n, ...x.shape])
}

/**
 * Returns the full Jacobian of a tensor function of one tensor: [...shape of f(x), ...shape of x].
 * It uses forward mode where x has fewer elements than f(x), and reverse mode otherwise.
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

/** Returns the Hessian-vector product: the gradient's derivative along `tangent`. */
export const hvp =
  <P>(f: (params: P) => Tensor) =>
  (params: P, tangent: P): P =>
    jvp(grad(f))([params], [tangent]).tangent

/** Returns the Hessian of a scalar function of one tensor: [...shape of x, ...shape of x]. */
export const hessian = (f: (x: Tensor) => Tensor) => jacobian(grad(f))

/**
 * Makes f(params, sample) a map (params, samples) ↦ one gradient per sample, samples first.
 *
 * Shapes  samples [B, …]; every leaf of the result [B, …shape of the parameter].
 */
export const perSampleGradient =
  <P, S>(f: (params: P, sample: S) => Tensor) =>
  (params: P, samples: S): P =>
    vmap(grad(f) as (params: P, sample: S) => P, { inAxes: [null, 0] })(params, samples)
