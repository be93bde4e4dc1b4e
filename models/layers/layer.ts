import type { state as S } from 'fp-ts'
import { add, fail, type Key, type Problem, type Tensor, TensorError } from '../../core/index.ts'
import { type Drawn, drawing, type Init, together } from './init.ts'

/**
 * A layer is two pure functions: `init` draws parameters (threading its key), `apply` uses them.
 * Layers are written for ONE sample; vmap and compile run many.
 */
export interface Layer<P, X = Tensor, Y = Tensor> {
  readonly name: string
  readonly init: S.State<Key, P>
  readonly apply: (params: P, x: X) => Y
}

export type ParamsOf<L> = L extends Layer<infer P, never, unknown> ? P : never
// biome-ignore lint/suspicious/noExplicitAny: a layer of any parameters and any values
export type AnyLayer = Layer<any, any, any>

/** Runs f; if it fails, the name of the layer is put before the place of the problem. */
const scoped = <A>(name: string, f: () => A): A => {
  try {
    return f()
  } catch (error) {
    if (!(error instanceof TensorError)) throw error
    const problem: Problem = { ...error.problem, where: `${name}/${error.problem.where}` }
    throw new TensorError(problem)
  }
}

const kindOf = (x: unknown): string =>
  Array.isArray(x)
    ? 'an array (the whole result of init?)'
    : typeof x === 'object' && x !== null
      ? `a record with ${Object.keys(x).join(', ') || 'nothing'}`
      : String(x)

/** See `layer`. */
interface MakeLayer {
  <P extends object, X = Tensor, Y = Tensor>(
    name: string,
    keys: readonly (keyof P & string)[],
    init: S.State<Key, P>,
    apply: (params: P, x: X) => Y,
  ): Layer<P, X, Y>
  <I extends object, X = Tensor, Y = Tensor>(
    name: string,
    keys: readonly (keyof I & string)[],
    init: I,
    apply: (params: Drawn<I>, x: X) => Y,
  ): Layer<Drawn<I>, X, Y>
}

/**
 * Builds a layer whose parameters are a record with the given keys. `init` is an initialiser, or a
 * record of initialisers and of tensors to start from.
 *
 * Errors  ParamsError on apply when a key is missing; errors inside name the path of layers.
 */
export const layer: MakeLayer = <P extends object, X, Y>(
  name: string,
  keys: readonly string[],
  init: Init<P>,
  apply: (params: P, x: X) => Y,
): Layer<P, X, Y> => ({
  name,
  init: drawing(init),
  apply: (params, x) => {
    const missing = keys.find((key) => !(key in Object(params)))
    if (missing !== undefined || Array.isArray(params))
      return fail(
        'ParamsError',
        name,
        `needs parameters ${keys.join(', ')}, got ${kindOf(params)}.`,
        { fix: 'pass initialise(layer, key), the parameters alone.' },
      )
    return scoped(name, () => apply(params, x))
  },
})

/** Draws the parameters of several layers by name. */
export const initAll = <Ls extends Record<string, AnyLayer>>(
  layers: Ls,
): S.State<Key, { [K in keyof Ls]: ParamsOf<Ls[K]> }> =>
  together(
    Object.fromEntries(Object.entries(layers).map(([name, part]) => [name, part.init])),
  ) as S.State<Key, { [K in keyof Ls]: ParamsOf<Ls[K]> }>

/** Returns x ↦ x, without parameters: the neutral element of `sequential`. */
export const identity = <X = Tensor>(): Layer<object, X, X> =>
  layer('identity', [], {}, (_, x: X) => x)

/**
 * Applies one layer after the other, in the order of the record; the parameters have the same
 * names.
 *
 * Laws  associative and with neutral element `identity`, up to the nesting of the parameters.
 * @example Object.keys(initialise(sequential('mlp', {
 *   up: dense({ in: 4, out: 8 }), act: activation('gelu', gelu),
 * }), keyFrom(1))) // → ['up', 'act']
 */
export const sequential = <Ls extends Record<string, AnyLayer>, X = Tensor, Y = Tensor>(
  name: string,
  layers: Ls,
): Layer<{ [K in keyof Ls]: ParamsOf<Ls[K]> }, X, Y> =>
  layer(
    name,
    Object.keys(layers),
    initAll(layers),
    (params, x: X) =>
      Object.entries(layers).reduce<unknown>(
        (value, [key, part]) => scoped(key, () => part.apply(params[key], value)),
        x,
      ) as Y,
  )

/** Returns x + f(x). Law: residual of the zero layer is the identity. */
export const residual = <P>(inner: Layer<P>): Layer<P> => ({
  ...inner,
  apply: (params, x) => add(x, inner.apply(params, x)),
})

/** Applies several layers to the same input and combines their values. */
export const parallel = <Ls extends Record<string, AnyLayer>, X = Tensor, Y = Tensor>(
  name: string,
  layers: Ls,
  combine: (values: { [K in keyof Ls]: Tensor }) => Y,
): Layer<{ [K in keyof Ls]: ParamsOf<Ls[K]> }, X, Y> =>
  layer(name, Object.keys(layers), initAll(layers), (params, x: X) =>
    combine(
      Object.fromEntries(
        Object.entries(layers).map(([key, part]) => [
          key,
          scoped(key, () => part.apply(params[key], x)),
        ]),
      ) as { [K in keyof Ls]: Tensor },
    ),
  )

/** Returns a function as a layer without parameters. */
export const activation = (name: string, f: (x: Tensor) => Tensor): Layer<object> =>
  layer(name, [], {}, (_, x) => f(x))
