import type { Lane, LaneBuilder } from './lanes.ts'
import { notation, type PerFormat } from './notation.ts'

/** P and Q give tanh s = s P(s²)/Q(s²) for 0 ≤ s < ln(2)/2; tanh x rounds to 1 beyond `limit`. */
export const TANH: PerFormat<{
  readonly p: readonly number[]
  readonly q: readonly number[]
  readonly limit: number
}> = {
  f64: {
    p: [57.14047773944123, 6.578727088063488, 0.07687936484896613, -0.00036474745191351595],
    q: [57.14047773944123, 25.625553001210502, 1],
    limit: 20,
  },
  f32: {
    p: [105.39959716796875, 10.02658748626709],
    q: [105.39959716796875, 45.159786224365234, 1],
    limit: 10,
  },
}

/**
 * Computes tanh x within 2.6 ulp, in float32 within 2.5 ulp. It is made to be fast, with one
 * division in all.
 *
 *   |x| = n ln(2)/2 + s, 0 ≤ s < ln(2)/2, t = tanh s = s P/Q, T = (2ⁿ − 1)/(2ⁿ + 1) = tanh(|x| − s)
 *   tanh |x| = (T + t)/(1 + T t) = (w + s P)/(w + Q), w = (2ⁿ − 1)/2 · (s P + Q)
 *
 * Method  No term is negative, so nothing cancels. P and Q minimise the largest relative error
 *         (Remez exchange in 60 digits; 2⁻⁵⁸ and 2⁻³⁴), with P(0) = Q(0) exactly.
 * Special cases  ±0 stay, ±1 for ±∞.
 */
export const tanh = (b: LaneBuilder, x: Lane): Lane => {
  const n = notation(b)
  const { c, add, sub, mul, div, abs, or, polynomial } = n
  const { p, q, limit } = TANH[b.format]
  const a = n.atMost(abs(x), limit)
  // Nearest to half a turn less: the floor, but where s is at one of its two ends.
  const turns = n.rounded(add(mul(a, c(2 / Math.LN2)), c(-0.5)), n.bias - 1)
  const s = sub(a, mul(turns.n, c(Math.LN2 / 2)))
  const z = mul(s, s)
  const top = mul(s, polynomial(z, p))
  const bottom = polynomial(z, q)
  const half = n.twoTo(turns.bits)
  const w = mul(sub(half, c(0.5)), add(top, bottom))
  return or(div(add(w, top), add(w, bottom)), n.signOf(x))
}
