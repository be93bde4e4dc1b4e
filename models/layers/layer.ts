import type { state as S } from 'fp-ts'
import { add, fail, type Key, scoped, type Tensor } from '../../core/index.ts'
import { fewInRow } from '../../core/values/index.ts'
import { type Drawn, together } from './init.ts'

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

const kindOf = (x: unknown): string =>
  Array.isArray(x)
    ? 'an array (the whole result of init?)'
    : typeof x === 'object' && x !== null
      ? `a record with ${fewInRow(Object.keys(x)) || 'nothing'}`
      : String(x)

/**
 * Builds a layer from its parts: what they are called, the parameters are called. A part is an
 * initialiser, a tensor to start from, a layer, or a record of these.
 *
 * Errors  ParamsError on apply when a part has no parameters; errors inside name the path of
 *         layers.
 * @example Object.keys(initialise(layer('scaled', { by: tensor(2) }, ({ by }, x: Tensor) =>
 *   mul(by, x)), keyFrom(1))) // → ['by']
 */
export const layer = <Parts extends object, X = Tensor, Y = Tensor>(
  name: string,
  parts: Parts,
  apply: (params: Drawn<Parts>, x: X) => Y,
): Layer<Drawn<Parts>, X, Y> => {
  const keys = Object.keys(parts)
  return {
    name,
    init: together(parts),
    apply: (params, x) => {
      const missing = keys.find((key) => !(key in Object(params)))
      if (missing !== undefined || Array.isArray(params))
        return fail(
          'ParamsError',
          name,
          `needs parameters ${fewInRow(keys)}, got ${kindOf(params)}.`,
          { fix: 'pass initialise(layer, key), the parameters alone.' },
        )
      return scoped(name, () => apply(params, x))
    },
  }
}

/** Returns x ↦ x, without parameters: the neutral element of `sequential`. */
export const identity = <X = Tensor>(): Layer<object, X, X> => layer('identity', {}, (_, x: X) => x)

/**
 * Applies one layer after the other, in the order of the record; the parameters have the same
 * names.
 *
 * Laws  associative and with neutral element `identity`, up to the nesting of the parameters.
 * @example Object.keys(initialise(sequential('mlp', {
 *   up: dense({ in: 4, out: 8 }), act: activation('gelu', gelu),
 * }), keyFrom(1))) // → ['up', 'act']
 */
export const sequential = <Layers extends Record<string, AnyLayer>, X = Tensor, Y = Tensor>(
  name: string,
  layers: Layers,
): Layer<Drawn<Layers>, X, Y> =>
  layer(
    name,
    layers,
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
export const parallel = <Layers extends Record<string, AnyLayer>, X = Tensor, Y = Tensor>(
  name: string,
  layers: Layers,
  combine: (values: { [K in keyof Layers]: Tensor }) => Y,
): Layer<Drawn<Layers>, X, Y> =>
  layer(name, layers, (params, x: X) =>
    combine(
      Object.fromEntries(
        Object.entries(layers).map(([key, part]) => [
          key,
          scoped(key, () => part.apply(params[key], x)),
        ]),
      ) as { [K in keyof Layers]: Tensor },
    ),
  )

/** Returns a function as a layer without parameters. */
export const activation = (name: string, f: (x: Tensor) => Tensor): Layer<object> =>
  layer(name, {}, (_, x) => f(x))
