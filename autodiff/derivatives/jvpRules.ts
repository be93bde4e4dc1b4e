import {
  add,
  bind,
  concatenate,
  cos,
  cosh,
  div,
  equal,
  exp,
  less,
  mul,
  type Operands,
  type PrimitiveName,
  type PrimitiveParams,
  type Program,
  power,
  reshape,
  select,
  shapeOf,
  sin,
  sinh,
  sqrt,
  sub,
  sum,
  type Tensor,
  tanh,
  zerosLike,
} from '../../core/index.ts'
import { overSquares } from './vjpRules.ts'

/**
 * The table of pushforwards. For every primitive y = p(x₀, x₁, …) and every operand k, one
 * function from the tangent of xₖ to its share of the tangent of y:
 *
 *   dy = Σₖ ∂y/∂xₖ · dxₖ
 *
 * The rules are derived from the definitions, not from the table of pullbacks, so that
 * ⟨ȳ, J dx⟩ = ⟨Jᵀȳ, dx⟩ tests both.
 */
export type Push<P extends PrimitiveName> = (
  dx: Tensor,
  x: Operands<P, Tensor>,
  y: Tensor,
  params: PrimitiveParams[P],
) => Tensor | null
/** A rule has one pushforward for each operand. */
export type JvpRule<P extends PrimitiveName> = number extends Operands<P, Tensor>['length']
  ?
      | { readonly operand: (k: number) => Push<P> }
      /** The primitive means a program: push the tangents through that. */
      | { readonly program: (params: PrimitiveParams[P]) => Program }
  : Operands<P, Push<P>>

const flat = () => null
/** Applies the same linear map to the tangent. */
const linear =
  <P extends PrimitiveName>(name: P): Push<P> =>
  (dx, _, __, params) =>
    bind(name, params, [dx])
/** 1 − t² = (1 − |t|)(1 + |t|), t = tanh x, where 1 − |t| = 2e/(1 + e) for e = exp(−2|x|). */
const tanhSlope = (x: Tensor): Tensor => {
  const size = select(less(0, x), x, mul(-1, x))
  const e = exp(mul(-2, size))
  return mul(div(mul(2, e), add(1, e)), add(1, tanh(size)))
}
/** 1/√(1 + x²), computed for |x| > 1 as 1/|x| / √(1 + 1/x²), because squares overflow. */
const asinhSlope = (x: Tensor): Tensor => {
  const size = select(less(x, 0), mul(-1, x), x)
  const far = less(1, size)
  const r = div(1, select(far, size, 1))
  const s = select(far, r, size)
  return div(select(far, r, 1), sqrt(add(1, mul(s, s))))
}
/** Returns dx where the operand is the extremum, half of it at a tie, and zero elsewhere. */
const decides = (dx: Tensor, own: Tensor, other: Tensor, y: Tensor): Tensor =>
  div(mul(dx, equal(own, y)), add(equal(own, y), equal(other, y)))

export const jvpRules: { readonly [P in PrimitiveName]: JvpRule<P> } = {
  // one operand, elementwise
  neg: [(dx) => mul(-1, dx)],
  abs: [(dx, [x]) => sub(mul(less(0, x), dx), mul(less(x, 0), dx))],
  sign: [flat],
  exp: [(dx, [x]) => mul(exp(x), dx)],
  expm1: [(dx, [x]) => mul(exp(x), dx)],
  log: [(dx, [x]) => div(dx, x)],
  log1p: [(dx, [x]) => mul(power(add(1, x), -1), dx)],
  sqrt: [(dx, [x]) => mul(mul(0.5, power(x, -0.5)), dx)],
  sin: [(dx, [x]) => mul(cos(x), dx)],
  cos: [(dx, [x]) => mul(mul(-1, sin(x)), dx)],
  tanh: [(dx, [x]) => mul(tanhSlope(x), dx)],
  sinh: [(dx, [x]) => mul(cosh(x), dx)],
  cosh: [(dx, [x]) => mul(sinh(x), dx)],
  asinh: [(dx, [x]) => mul(asinhSlope(x), dx)],
  erf: [(dx, [x]) => mul(mul(2 / Math.sqrt(Math.PI), dx), exp(mul(mul(-1, x), x)))],
  power: [(dx, [x], _, { exponent: p }) => (p === 0 ? null : mul(mul(p, dx), power(x, p - 1)))],

  // two or three operands, elementwise
  add: [(da) => da, (db) => db],
  sub: [(da) => da, (db) => mul(-1, db)],
  mul: [(da, [, b]) => mul(da, b), (db, [a]) => mul(a, db)],
  div: [
    (da, [, b]) => div(da, b),
    // The form a db / b² would underflow or overflow in the square.
    (db, [a, b]) => mul(mul(-1, div(a, b)), div(db, b)),
  ],
  maximum: [(da, [a, b], y) => decides(da, a, b, y), (db, [a, b], y) => decides(db, b, a, y)],
  minimum: [(da, [a, b], y) => decides(da, a, b, y), (db, [a, b], y) => decides(db, b, a, y)],
  atan2: [
    (ds, [s, c]) => mul(ds, overSquares(c, s)),
    (dc, [s, c]) => mul(mul(-1, dc), overSquares(s, c)),
  ],
  less: [flat, flat],
  equal: [flat, flat],
  select: [
    flat,
    (da, [c]) => select(c, da, zerosLike(da)),
    (db, [c]) => select(c, zerosLike(db), db),
  ],

  // reductions and contractions
  sum: [linear('sum')],
  max: [
    (dx, [x], y, { axes }) => {
      const kept = shapeOf(x).map((d, i) => (axes.includes(i) ? 1 : d))
      const hit = equal(x, reshape(y, kept))
      return div(sum(mul(hit, dx), axes), sum(hit, axes))
    },
  ],
  contract: [
    (da, [, b], _, params) => bind('contract', params, [da, b]),
    (db, [a], _, params) => bind('contract', params, [a, db]),
  ],

  // structure: these are linear, so the tangent moves as the value does
  reshape: [linear('reshape')],
  transpose: [linear('transpose')],
  broadcast: [linear('broadcast')],
  slice: [linear('slice')],
  pad: [linear('pad')],
  concatenate: {
    operand:
      (k) =>
      (dx, xs, _, { axis }) =>
        concatenate(
          xs.map((x, i) => (i === k ? dx : zerosLike(x))),
          axis,
        ),
  },
  gather: [linear('gather')],
  scatterAdd: [linear('scatterAdd')],

  // special
  constant: [],
  stopGradient: [flat],
  customVjp: { program: ({ forward }) => forward },
}
