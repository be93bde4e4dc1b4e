import { state as S } from 'fp-ts'
import { fail, isTensor, type Key, type Tensor } from '../../core/index.ts'

/**
 * How parameters are drawn: an initialiser, such as `xavierUniform(shape, fanIn, fanOut)` or
 * `draw((key) => …)`; a tensor, which all draws start from; or a record of these, in which every
 * member has a key of its own. A record may hold records.
 */
export type Init<P> =
  | S.State<Key, P>
  | (P extends Tensor ? Tensor : { readonly [K in keyof P]: Init<P[K]> })

/** What an `Init` draws, from its own type. */
export type Drawn<I> =
  I extends S.State<Key, infer A>
    ? A
    : I extends Tensor
      ? Tensor
      : { readonly [K in keyof I]: Drawn<I[K]> }

/** One initialiser of a record, whose members are drawn one after the other in its order. */
const ofRecord = (parts: unknown): S.State<Key, unknown> => {
  if (typeof parts !== 'object' || parts === null)
    return fail({
      kind: 'ParamsError',
      where: 'init',
      what: `${String(parts)} says not how parameters are drawn.`,
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

/** Any way of drawing parameters as an initialiser, a function from a key to them and the next. */
export const drawing = <P>(init: Init<P>): S.State<Key, P> =>
  (typeof init === 'function' ? init : isTensor(init) ? S.of(init) : ofRecord(init)) as S.State<
    Key,
    P
  >

/** See `initialise`; the first suits layers, whose initialisers are functions. */
interface Initialise {
  <P>(of: { readonly init: S.State<Key, P> }, key: Key): P
  <P>(of: { readonly init: Init<P> }, key: Key): P
}

/** The parameters of anything with an `init`, such as a layer or a form, drawn with a key. */
export const initialise: Initialise = <P>(of: { readonly init: Init<P> }, key: Key): P =>
  S.evaluate(key)(drawing(of.init))

/**
 * Several initialisers as one, each drawn with its own key, in the order of the record. Layers and
 * forms take the record itself; this is for where an initialiser is asked for.
 */
export const together = <R extends object>(parts: R): S.State<Key, Drawn<R>> =>
  drawing(parts as Init<unknown>) as S.State<Key, Drawn<R>>
