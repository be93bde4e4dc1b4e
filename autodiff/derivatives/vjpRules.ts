import {
  abs,
  add,
  axesOf,
  bind,
  broadcastInDim,
  cos,
  cosh,
  div,
  equal,
  exp,
  gather,
  less,
  mul,
  neg,
  type Operands,
  otherAxes,
  type PrimitiveName,
  type PrimitiveParams,
  pad,
  power,
  reshape,
  runProgram,
  scatterAdd,
  select,
  shapeOf,
  sign,
  sin,
  sinh,
  slice,
  square,
  sum,
  type Tensor,
  transpose,
} from '../../core/index.ts'

/**
 * The table of pullbacks. For every primitive y = p(x₀, x₁, …) and every operand k, one function
 * from the cotangent of y to the cotangent of xₖ:
 *
 *   x̄ₖ = ȳ · ∂y/∂xₖ      (the transpose of the derivative, applied to ȳ)
 *
 * `null` means that the derivative is zero wherever it exists: y is piecewise constant in xₖ.
 */
export type Pull<P extends PrimitiveName> = (
  yBar: Tensor,
  x: Operands<P, Tensor>,
  y: Tensor,
  params: PrimitiveParams[P],
) => Tensor | null
/** A rule has one pullback for each operand. */
export type VjpRule<P extends PrimitiveName> = number extends Operands<P, Tensor>['length']
  ? { readonly operand: (k: number) => Pull<P> }
  : Operands<P, Pull<P>>

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI)
const zero = () => null
/** Returns 1 where a is larger, 0 where b is, and half at ties. */
const wins = (a: Tensor, b: Tensor): Tensor => add(less(b, a), mul(0.5, equal(a, b)))
/** Returns x/(x² + y²), with the larger of |x|, |y| factored out: no square overflows. */
export const overSquares = (x: Tensor, y: Tensor): Tensor => {
  const steep = less(abs(x), abs(y))
  const [long, short] = [select(steep, y, x), select(steep, x, y)]
  const ratio = div(short, long)
  return div(select(steep, ratio, 1), add(long, mul(short, ratio)))
}
/** Returns 1 − tanh² x = 4e/(1 + e)², e = exp(−2|x|); 1 − y² cancels where y is nearly ±1. */
const sech2 = (x: Tensor): Tensor => {
  // |x| with slope 1 at 0, for the derivatives of this.
  const e = exp(mul(-2, select(less(x, 0), neg(x), x)))
  return div(mul(4, e), square(add(1, e)))
}
/** Puts reduced axes back, by repetition. */
const expand = (y: Tensor, x: Tensor, axes: readonly number[]): Tensor =>
  broadcastInDim(y, shapeOf(x), otherAxes(shapeOf(x).length, axes))
/** Returns the block of y between two positions of an axis. */
const block = (y: Tensor, axis: number, from: number, to: number): Tensor =>
  slice(
    y,
    shapeOf(y).map((_, i) => (i === axis ? from : 0)),
    shapeOf(y).map((d, i) => (i === axis ? to : d)),
  )
const lengthOf = (x: Tensor, axis: number): number => shapeOf(x)[axis] ?? 0
const plus = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((n, i) => n + (b[i] ?? 0))
const minus = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((n, i) => n - (b[i] ?? 0))
const inverse = (axes: readonly number[]): number[] =>
  axesOf(axes.length).map((k) => axes.indexOf(k))

export const vjpRules: { readonly [P in PrimitiveName]: VjpRule<P> } = {
  // one operand, elementwise
  neg: [(yBar) => neg(yBar)],
  abs: [(yBar, [x]) => mul(yBar, sign(x))],
  sign: [zero],
  exp: [(yBar, _, y) => mul(yBar, y)],
  expm1: [(yBar, [x]) => mul(yBar, exp(x))],
  log: [(yBar, [x]) => div(yBar, x)],
  log1p: [(yBar, [x]) => div(yBar, add(x, 1))],
  sqrt: [(yBar, _, y) => div(yBar, mul(2, y))],
  sin: [(yBar, [x]) => mul(yBar, cos(x))],
  cos: [(yBar, [x]) => neg(mul(yBar, sin(x)))],
  tanh: [(yBar, [x]) => mul(yBar, sech2(x))],
  sinh: [(yBar, [x]) => mul(yBar, cosh(x))],
  cosh: [(yBar, [x]) => mul(yBar, sinh(x))],
  asinh: [(yBar, _, y) => div(yBar, cosh(y))],
  erf: [(yBar, [x]) => mul(yBar, mul(TWO_OVER_SQRT_PI, exp(neg(square(x)))))],
  power: [(yBar, [x], _, { exponent: p }) => (p === 0 ? null : mul(yBar, mul(p, power(x, p - 1))))],

  // two or three operands, elementwise
  add: [(yBar) => yBar, (yBar) => yBar],
  sub: [(yBar) => yBar, (yBar) => neg(yBar)],
  mul: [(yBar, [, b]) => mul(yBar, b), (yBar, [a]) => mul(yBar, a)],
  div: [(yBar, [, b]) => div(yBar, b), (yBar, [, b], y) => neg(div(mul(yBar, y), b))],
  maximum: [(yBar, [a, b]) => mul(yBar, wins(a, b)), (yBar, [a, b]) => mul(yBar, wins(b, a))],
  minimum: [(yBar, [a, b]) => mul(yBar, wins(b, a)), (yBar, [a, b]) => mul(yBar, wins(a, b))],
  atan2: [
    (yBar, [s, c]) => mul(yBar, overSquares(c, s)),
    (yBar, [s, c]) => neg(mul(yBar, overSquares(s, c))),
  ],
  less: [zero, zero],
  equal: [zero, zero],
  select: [zero, (yBar, [c]) => select(c, yBar, 0), (yBar, [c]) => select(c, 0, yBar)],

  // reductions and contractions
  sum: [(yBar, [x], _, { axes }) => expand(yBar, x, axes)],
  max: [
    (yBar, [x], y, { axes }) => {
      const hit = equal(x, expand(y, x, axes))
      const ties = sum(hit, axes)
      return mul(hit, expand(div(yBar, ties), x, axes))
    },
  ],
  contract: [
    (yBar, [, b], _, { left, right, out }) =>
      bind('contract', { left: out, right, out: left }, [yBar, b]),
    (yBar, [a], _, { left, right, out }) =>
      bind('contract', { left: out, right: left, out: right }, [yBar, a]),
  ],

  // structure: the transpose of moving values is moving them back
  reshape: [(yBar, [x]) => reshape(yBar, shapeOf(x))],
  transpose: [(yBar, _, __, { axes }) => transpose(yBar, inverse(axes))],
  broadcast: [
    (yBar, [x], _, { shape, axes }) => {
      const stretched = axes.filter((a, i) => shapeOf(x)[i] !== shape[a])
      const repeated = [...otherAxes(shape.length, axes), ...stretched]
      const kept = otherAxes(shape.length, repeated)
      const total = sum(yBar, repeated)
      const order = axes.filter((a) => kept.includes(a)).map((a) => kept.indexOf(a))
      return reshape(transpose(total, order), shapeOf(x))
    },
  ],
  slice: [(yBar, [x], _, { start, stop }) => pad(yBar, start, minus(shapeOf(x), stop))],
  pad: [(yBar, [x], _, { low }) => slice(yBar, low, plus(low, shapeOf(x)))],
  concatenate: {
    operand:
      (k) =>
      (yBar, xs, _, { axis }) => {
        const before = (n: number) => xs.slice(0, n).reduce((sum, x) => sum + lengthOf(x, axis), 0)
        return block(yBar, axis, before(k), before(k + 1))
      },
  },
  gather: [(yBar, [x], _, { axis, indices }) => scatterAdd(yBar, indices, lengthOf(x, axis), axis)],
  scatterAdd: [(yBar, _, __, { axis, indices }) => gather(yBar, indices, axis)],

  // special
  constant: [],
  stopGradient: [zero],
  customVjp: {
    operand:
      (k) =>
      (yBar, xs, y, { pullback }) =>
        runProgram(pullback, [...xs, y, yBar])[k] ?? null,
  },
}
