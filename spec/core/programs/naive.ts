import {
  at,
  axesOf,
  type Concrete,
  evaluate,
  type PrimitiveName,
  type PrimitiveParams,
  type Shape,
  shapeOf,
  tensor,
} from '../../../core/index.ts'
import { indicesOf } from '../../arbitraries.ts'

// Every primitive once more, element by element, from its definition: the oracle of the oracle.

type Element = (index: readonly number[]) => number
type Naive<P extends PrimitiveName> = (
  x: readonly Concrete[],
  params: PrimitiveParams[P],
) => Element

const each =
  (f: (...x: number[]) => number) =>
  (xs: readonly Concrete[]): Element =>
  (index) =>
    f(...xs.map((x) => at(x, ...index)))

/** Simpson's rule on 2/√π exp(−t²): error below 1e-12 for |x| <= 3. */
const erf = (x: number): number => {
  const n = 2000
  const h = x / n
  let total = 0
  for (let i = 0; i <= n; i += 1)
    total += (i === 0 || i === n ? 1 : i % 2 === 1 ? 4 : 2) * Math.exp(-((i * h) ** 2))
  return (2 / Math.sqrt(Math.PI)) * (h / 3) * total
}

/** The elements of x that a reduction over `axes` merges into one index of its result. */
const merged = (x: Concrete, axes: readonly number[], index: readonly number[]): number[] => {
  const kept = axesOf(x.shape.length).filter((a) => !axes.includes(a))
  return indicesOf(x.shape)
    .filter((full) => kept.every((a, i) => full[a] === index[i]))
    .map((full) => at(x, ...full))
}
const replaced = (index: readonly number[], axis: number, i: number): number[] =>
  index.map((v, a) => (a === axis ? i : v))
const flat = (s: Shape, index: readonly number[]): number =>
  index.reduce((p, i, a) => p * s[a]! + i, 0)

/** Σ over every label that the output lacks, for any number of operands. */
export const contraction =
  (operands: readonly (readonly string[])[], out: readonly string[]) =>
  (xs: readonly Concrete[]): Element => {
    const labels = [...new Set(operands.flat())]
    const sizes = labels.map((l) => {
      const k = operands.findIndex((own) => own.includes(l))
      return shapeOf(xs[k]!)[operands[k]!.indexOf(l)]!
    })
    const all = indicesOf(sizes)
    return (index) => {
      let total = 0
      for (const full of all) {
        const value = (l: string): number => full[labels.indexOf(l)]!
        if (!out.every((l, i) => value(l) === index[i])) continue
        total += xs.reduce((p, x, k) => p * at(x, ...operands[k]!.map(value)), 1)
      }
      return total
    }
  }

export const naive: { readonly [P in PrimitiveName]: Naive<P> } = {
  neg: each((x) => -x),
  abs: each(Math.abs),
  sign: each((x) => (x > 0 ? 1 : x < 0 ? -1 : 0)),
  exp: each(Math.exp),
  expm1: each((x) => Math.exp(x) - 1),
  log: each(Math.log),
  log1p: each((x) => Math.log(1 + x)),
  sqrt: each((x) => x ** 0.5),
  sin: each(Math.sin),
  cos: each(Math.cos),
  tanh: each((x) => (Math.exp(x) - Math.exp(-x)) / (Math.exp(x) + Math.exp(-x))),
  sinh: each((x) => (Math.exp(x) - Math.exp(-x)) / 2),
  cosh: each((x) => (Math.exp(x) + Math.exp(-x)) / 2),
  asinh: each((x) => Math.sign(x) * Math.log(Math.abs(x) + Math.sqrt(1 + x * x))),
  erf: each(erf),
  power: (xs, { exponent }) => each((x) => x ** exponent)(xs),
  add: each((x, y) => x + y),
  sub: each((x, y) => x - y),
  mul: each((x, y) => x * y),
  div: each((x, y) => x / y),
  maximum: each((x, y) => (x > y ? x : y)),
  minimum: each((x, y) => (x < y ? x : y)),
  atan2: each((y, x) => 2 * Math.atan(y / (Math.hypot(x, y) + x))),
  less: each((x, y) => (x < y ? 1 : 0)),
  equal: each((x, y) => (x === y ? 1 : 0)),
  select: each((c, yes, no) => (c !== 0 ? yes : no)),
  sum:
    ([x], { axes }) =>
    (index) =>
      merged(x!, axes, index).reduce((a, b) => a + b, 0),
  max:
    ([x], { axes }) =>
    (index) =>
      Math.max(...merged(x!, axes, index)),
  contract: (xs, { left, right, out }) => contraction([left, right], out)(xs),
  reshape:
    ([x], { shape }) =>
    (index) =>
      at(x!, ...indicesOf(x!.shape)[flat(shape, index)]!),
  transpose:
    ([x], { axes }) =>
    (index) =>
      at(x!, ...axesOf(axes.length).map((a) => index[axes.indexOf(a)]!)),
  broadcast:
    ([x], { axes }) =>
    (index) =>
      at(x!, ...axes.map((a, i) => (x!.shape[i] === 1 ? 0 : index[a]!))),
  slice:
    ([x], { start }) =>
    (index) =>
      at(x!, ...index.map((i, a) => i + start[a]!)),
  pad:
    ([x], { low }) =>
    (index) => {
      const inner = index.map((i, a) => i - low[a]!)
      return inner.every((i, a) => i >= 0 && i < x!.shape[a]!) ? at(x!, ...inner) : 0
    },
  concatenate: (xs, { axis }) => {
    const places = xs.flatMap((x, k) => axesOf(x.shape[axis]!).map((i) => ({ k, i })))
    return (index) => {
      const { k, i } = places[index[axis]!]!
      return at(xs[k]!, ...replaced(index, axis, i))
    }
  },
  gather:
    ([x], { axis, indices }) =>
    (index) =>
      at(x!, ...replaced(index, axis, indices[index[axis]!]!)),
  scatterAdd:
    ([x], { axis, indices }) =>
    (index) =>
      indices.reduce(
        (total, to, k) =>
          to === index[axis] ? total + at(x!, ...replaced(index, axis, k)) : total,
        0,
      ),
  constant: (_, { data, shape }) => {
    const x = tensor(data, shape)
    return (index) => at(x, ...index)
  },
  stopGradient: each((x) => x),
  customVjp: (xs, { forward }) => {
    const [y] = evaluate(forward, xs)
    return (index) => at(y!, ...index)
  },
}
