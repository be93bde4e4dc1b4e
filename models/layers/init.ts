import { state as S } from 'fp-ts'
import { fail, isTensor, type Key, type Tensor } from '../../core/index.ts'

/** This is as much of a layer as drawing its parameters needs. */
interface LayerToDraw<P> {
  readonly name: string
  readonly init: S.State<Key, P>
  readonly apply: (params: never, x: never) => unknown
}

/**
 * An Init says how parameters are drawn. It is an initialiser, such as `xavierUniform(shape, fanIn,
 * fanOut)` or `draw((key) => …)`; a tensor, from which all draws start; a layer, whose parameters
 * are drawn; or a record of these, in which every member has its own key. A record may hold
 * records.
 */
export type Init<P> =
  | S.State<Key, P>
  | LayerToDraw<P>
  | (P extends Tensor ? Tensor : { readonly [K in keyof P]: Init<P[K]> })

/** The type of the parameters that an `Init` draws. */
export type Drawn<I> =
  I extends S.State<Key, infer A>
    ? A
    : I extends LayerToDraw<infer A>
      ? A
      : I extends Tensor
        ? Tensor
        : { readonly [K in keyof I]: Drawn<I[K]> }

/** A record of initial values cannot hold a string, so a layer is no such record. */
const isLayer = (init: object): init is LayerToDraw<unknown> =>
  'init' in init && 'apply' in init && 'name' in init && typeof init.name === 'string'

/** Returns one initialiser for a record, whose members are drawn in its order. */
const ofRecord = (parts: unknown): S.State<Key, unknown> => {
  if (typeof parts !== 'object' || parts === null)
    return fail('ParamsError', 'init', `${String(parts)} says not how parameters are drawn.`, {
      fix: 'a tensor to start from, such as tensor(3), or an initialiser, such as draw(...).',
    })
  const drawnAll = Object.entries(parts).reduce(
    (state, [name, part]) =>
      S.chain((done: object) =>
        S.map((params) => ({ ...done, [name]: params }))(drawing(part as Init<unknown>)),
      )(state),
    S.of<Key, object>({}),
  )
  return Array.isArray(parts) ? S.map((all: object) => Object.values(all))(drawnAll) : drawnAll
}

/** Returns any Init as an initialiser: a function from a key to the parameters and the next key. */
export const drawing = <P>(init: Init<P>): S.State<Key, P> => {
  if (typeof init === 'function') return init as S.State<Key, P>
  if (isTensor(init)) return S.of(init as P)
  return (isLayer(Object(init)) ? (init as LayerToDraw<P>).init : ofRecord(init)) as S.State<Key, P>
}

/** See `initialise`; the first signature is for layers, whose initialisers are functions. */
interface Initialise {
  <P>(of: { readonly init: S.State<Key, P> }, key: Key): P
  <P>(of: { readonly init: Init<P> }, key: Key): P
}

/** Draws the parameters of anything with an `init`, such as a layer or a form, with a key. */
export const initialise: Initialise = <P>(of: { readonly init: Init<P> }, key: Key): P =>
  S.evaluate(key)(drawing(of.init))

/**
 * Joins the parts of a record into one initialiser; each is drawn with its own key, in the order of
 * the record. Layers and forms take the record itself; `together` is for places that need an
 * initialiser.
 */
export const together = <R extends object>(parts: R): S.State<Key, Drawn<R>> =>
  drawing(parts as Init<unknown>) as S.State<Key, Drawn<R>>
