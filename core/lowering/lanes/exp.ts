import type { Lane, LaneBuilder } from './lanes.ts'
import { notation, type PerFormat } from './notation.ts'

/**
 * The sum of both parts is ln 2. The first has so few bits that its product with any n here is
 * exact.
 */
export const LN2: PerFormat<{ readonly high: number; readonly low: number }> = {
  f64: { high: 0.6931471805598903, low: 5.497923018708371e-14 },
  f32: { high: 0.693145751953125, low: 1.428606765330187e-6 },
}

/** V and U give s coth s = 1 + s² V(s²)/U(s²) for |s| ≤ ln(2)/4. */
const COTH: PerFormat<{ readonly v: readonly number[]; readonly u: readonly number[] }> = {
  f64: {
    v: [315.2475003865072, 14.007068368724205],
    u: [945.742501159547, 105.0707051766226, 1],
  },
  f32: { v: [5.006401062011719], u: [15.019216537475586, 1] },
}

/**
 * One polynomial says the same for |s| ≤ 0.203. It is more expensive, and its rounding errors are
 * smaller.
 */
const COTH_POLYNOMIAL: PerFormat<readonly number[]> = {
  f64: [
    0.33333333333332243, -0.022222222219148668, 0.0021164018154391563, -0.00021162684978094624,
    2.1101850026341795e-5,
  ],
  f32: [0.33333149552345276, -0.022092770785093307],
}

/** Beyond these arguments the result is 0 or ∞. */
const RANGE: PerFormat<{ readonly low: number; readonly high: number }> = {
  f64: { low: -746, high: 710 },
  f32: { low: -104.5, high: 89 },
}

/**
 * Computes the d of e²ˢ = 1 + 2(s + d), |s| ≤ ln(2)/4. It is small beside the rest, and so are its
 * errors.
 *
 *   e²ˢ = (coth s + 1)/(coth s − 1), so that with s coth s = 1 + z V/U, z = s²,
 *   d = s e/(U − e), e = s U − z V
 */
const beyondLinear = (b: LaneBuilder, s: Lane): Lane => {
  const { mul, sub, div, polynomial } = notation(b)
  const z = mul(s, s)
  const u = polynomial(z, COTH[b.format].u)
  const e = sub(mul(s, u), mul(z, polynomial(z, COTH[b.format].v)))
  return div(mul(s, e), sub(u, e))
}

/**
 * Computes 2ⁿ e²ˢ, |s| ≤ ln(2)/4, where `bits` end in n + 2 · bias + 1. Two factors bring 2ⁿ:
 * one alone could overflow, or lose what a subnormal result still holds.
 */
export const scaledExp = (b: LaneBuilder, s: Lane, bits: Lane): Lane => {
  const { c, add, mul, isub, twoTo } = notation(b)
  const y = add(c(0.5), add(s, beyondLinear(b, s)))
  const half = b.shift('shr', bits, 1)
  return mul(mul(y, twoTo(half)), twoTo(isub(bits, half)))
}

/**
 * Computes eˣ within 1.02 ulp, in float32 within 1 ulp.
 *
 * Method  x = n ln 2 + 2s; e²ˢ by a rational function of s, whose coefficients minimise the largest
 *         relative error of the result (Remez exchange in 60 digits; 2⁻⁵⁹ and 2⁻³²).
 * Special cases  e⁰ = 1, e^∞ = ∞, e^−∞ = 0; results below the normal range are rounded twice.
 */
export const exp = (b: LaneBuilder, x: Lane): Lane => {
  const { c, sub, mul, atMost, atLeast, rounded, bias } = notation(b)
  const { low, high } = RANGE[b.format]
  const ln2 = LN2[b.format]
  const a = atMost(atLeast(x, low), high)
  const { n, bits } = rounded(mul(a, c(Math.LOG2E)), 2 * bias + 1)
  const s = sub(sub(mul(a, c(0.5)), mul(n, c(ln2.high / 2))), mul(n, c(ln2.low / 2)))
  return scaledExp(b, s, bits)
}

/**
 * Computes eˣ − 1 within 1.25 ulp, in float32 within 1.2 ulp.
 *
 * Method  x = n ln 2 + r; 2ⁿ⁻¹ (1 + r) − 1/2 without error, then what is left of 2ⁿ⁻¹ eʳ, then
 *         twice that. n grows where the result is 1/2, not where r = ln(2)/2: nothing cancels.
 * Special cases  ±0 stay, ∞ for ∞, −1 for −∞.
 */
export const expm1 = (b: LaneBuilder, x: Lane): Lane => {
  const n = notation(b)
  const { c, add, sub, mul, div, lt, select, abs, atMost, atLeast, polynomial } = n
  const ln2 = LN2[b.format]
  const a = atMost(atLeast(x, -0.7 * (n.mantissa + 8)), RANGE[b.format].high)
  const shift = Math.log2(1.5) - 0.5
  const turn = n.rounded(sub(mul(a, c(Math.LOG2E)), c(shift)), n.bias - 1)
  const [whole, fine] = [mul(turn.n, c(ln2.high)), mul(turn.n, c(ln2.low))]
  const r = sub(sub(a, whole), fine)
  const rRest = sub(sub(sub(a, whole), r), fine)
  const s = mul(r, c(0.5))
  const z = mul(s, s)
  const e = sub(s, mul(z, polynomial(z, COTH_POLYNOMIAL[b.format])))
  const d = div(mul(s, e), sub(c(1), e))
  const half = n.twoTo(turn.bits)
  const linear = mul(half, r)
  const sum = add(half, linear)
  const sumRest = sub(linear, sub(sum, half))
  const y = add(sub(sum, c(0.5)), add(sumRest, mul(half, add(add(d, d), rRest))))
  return select(lt(abs(x), c(2 ** -(n.mantissa + 2))), x, add(y, y))
}
