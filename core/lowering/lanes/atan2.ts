import type { Lane, LaneBuilder } from './lanes.ts'
import { notation, type PerFormat } from './notation.ts'

/**
 * The arctangent is q − q z A(z)/B(z) with z = q², for 0 ≤ q ≤ 1: `top` holds A, `bottom` B.
 * `piRest` is π minus its rounded value, relative to it; `least` is the least positive number.
 */
export const ARCTAN: PerFormat<{
  readonly top: readonly number[]
  readonly bottom: readonly number[]
  readonly piRest: number
  readonly least: number
}> = {
  f64: {
    top: [
      401.7242261041771, 899.8296170529622, 705.5277734468489, 230.02280551367085,
      28.562739216731543, 0.9023172241194803,
    ],
    bottom: [
      1205.172678312538, 3422.5924581457634, 3653.6362188296775, 1817.149034381701,
      422.31424304320797, 39.878521220398525, 1,
    ],
    piRest: 3.8981718325193755e-17,
    least: 2 ** -1074,
  },
  f32: {
    top: [6.565061569213867, 5.674585819244385, 0.8233582973480225],
    bottom: [19.695188522338867, 28.840736389160156, 11.334968566894531, 1],
    piRest: -2.7827534378484539e-8,
    least: 2 ** -149,
  },
}

/**
 * Computes the angle of the point (x, y), within 2 ulp, in float32 within 1.6 ulp.
 *
 * Method  q = shorter over longer side; arctan q by a rational function whose coefficients minimise
 *         the largest relative error (least squares with Lawson's weights in 60 digits; 2⁻⁵⁶ and
 *         2⁻²⁷); the octant adds 0, ±π/2 or π, to more digits than a number has.
 * Special cases  all of Math.atan2: signed zeros, infinite sides, NaN.
 */
export const atan2 = (b: LaneBuilder, y: Lane, x: Lane): Lane => {
  const { c, add, sub, mul, div, abs, lt, eq, and, or, xor, select, ...n } = notation(b)
  const { top, bottom, piRest, least } = ARCTAN[b.format]
  const [ax, ay] = [abs(x), abs(y)]
  const steep = lt(ax, ay)
  const long = n.atLeast(select(steep, ay, ax), least) // 0/least, not 0/0
  const short = select(steep, ax, ay)
  const q = select(eq(short, long), c(1), div(short, long)) // also ∞/∞
  const z = mul(q, q)
  const angle = sub(q, mul(q, div(mul(z, n.polynomial(z, top)), n.polynomial(z, bottom))))
  const from = select(steep, c(Math.PI / 2), and(n.isNegative(x), c(Math.PI)))
  const turned = xor(angle, n.signOf(xor(steep, x)))
  return or(add(from, add(mul(from, c(piRest)), turned)), n.signOf(y))
}
