import { LN2 } from './exp.ts'
import type { Lane, LaneBuilder } from './lanes.ts'
import { LAYOUT, notation, type PerFormat } from './notation.ts'

/** L gives 2 artanh s = 2s + s z L(z), z = s², for |s| ≤ (√2 − 1)/(√2 + 1). */
export const ARTANH: PerFormat<readonly number[]> = {
  f64: [
    0.6666666666666734, 0.3999999999941432, 0.28571428742474725, 0.22222198563497944,
    0.18183564866130517, 0.15314035847062213, 0.14796105340634194,
  ],
  f32: [0.6666677594184875, 0.39977535605430603, 0.2987186312675476],
}

/** These are the bits of √½ and of 1. */
const BITS: PerFormat<{ readonly rootHalf: bigint; readonly one: bigint }> = {
  f64: { rootHalf: 0x3fe6a09e667f3bcdn, one: 0x3ff0000000000000n },
  f32: { rootHalf: 0x3f3504f3n, one: 0x3f800000n },
}

/**
 * Splits a normal u > 0 as 2ᵏ m with √½ ≤ m < √2. As integers, bits grow with the number and its
 * exponent stands on top: √½ moved to 1 makes that exponent k. `field` is k + bias.
 */
const parts = (b: LaneBuilder, u: Lane): { readonly field: Lane; readonly m: Lane } => {
  const { and, mantissa } = notation(b)
  const { rootHalf, one } = BITS[b.format]
  const moved = b.apply('iadd', u, b.bits(one - rootHalf))
  const fraction = and(moved, b.bits((1n << BigInt(mantissa)) - 1n))
  return {
    field: b.shift('shr', moved, mantissa),
    m: b.apply('iadd', fraction, b.bits(rootHalf)),
  }
}

/** Makes a number of field − bias, which becomes the mantissa of 2^mantissa. */
const exponentOf = (b: LaneBuilder, field: Lane, offset: Lane): Lane => {
  const { c, sub, or, mantissa } = notation(b)
  return sub(or(field, c(2 ** mantissa)), offset)
}
const offsetOf = (b: LaneBuilder): number => 2 ** LAYOUT[b.format].mantissa + LAYOUT[b.format].bias

/** Splits any finite x > 0 as 2ᵏ m with √½ ≤ m < √2. */
export const exponentAndMantissa = (b: LaneBuilder, x: Lane) => {
  const { c, mul, lt, select, mantissa, bias } = notation(b)
  const subnormal = lt(x, c(2 ** (1 - bias)))
  const lift = mantissa + 2
  const { field, m } = parts(b, select(subnormal, mul(x, c(2 ** lift)), x))
  const offset = offsetOf(b)
  return { k: exponentOf(b, field, select(subnormal, c(offset + lift), c(offset))), m }
}

/**
 * Adds k ln 2 + ln(1 + f) + rest. With s = f/(2 + f), ln(1 + f) = 2 artanh s is written as f −
 * (f²/2 − s (f²/2 + z L)), so that f, the large part, carries no error.
 */
const sumOfLogs = (b: LaneBuilder, k: Lane, f: Lane, rest?: Lane): Lane => {
  const { c, add, sub, mul, div, polynomial } = notation(b)
  const s = div(f, add(c(2), f))
  const z = mul(s, s)
  const h = mul(mul(f, c(0.5)), f)
  const fine = mul(k, c(LN2[b.format].low))
  const small = add(
    mul(s, add(h, mul(z, polynomial(z, ARTANH[b.format])))),
    rest === undefined ? fine : add(fine, rest),
  )
  return sub(mul(k, c(LN2[b.format].high)), sub(sub(h, small), f))
}

/** Gives `inside` for 0 < u < ∞, −∞ at 0, NaN below; ∞ and NaN stay. */
const onDomain = (b: LaneBuilder, u: Lane, inside: Lane): Lane => {
  const { c, lt, eq, select } = notation(b)
  const outside = select(eq(u, c(0)), c(-Infinity), c(Number.NaN))
  return select(lt(u, c(Infinity)), select(lt(c(0), u), inside, outside), u)
}

/**
 * Computes ln x within 0.85 ulp, in float32 too.
 *
 * Method  x = 2ᵏ m, √½ ≤ m < √2; artanh by a polynomial whose coefficients minimise the largest
 *         relative error of the result (Remez exchange in 60 digits; 2⁻⁵⁹ and 2⁻³⁰).
 * Special cases  ln ±0 = −∞, ln ∞ = ∞, NaN below 0.
 */
export const log = (b: LaneBuilder, x: Lane): Lane => {
  const { c, sub } = notation(b)
  const { k, m } = exponentAndMantissa(b, x)
  return onDomain(b, x, sumOfLogs(b, k, sub(m, c(1))))
}

/**
 * Computes ln(1 + x) within 0.92 ulp, in float32 within 0.9 ulp.
 *
 * Method  ln u for u = 1 + x rounded; what rounding lost, 1 + x − u, is kept and added to f.
 * Special cases  ±0 stay, −∞ at −1, NaN below, ∞ for ∞.
 */
export const log1p = (b: LaneBuilder, x: Lane): Lane => {
  const { c, add, sub, mul, isub, abs, lt, select, twoTo, mantissa, bias } = notation(b)
  const u = add(c(1), x)
  const v = sub(u, c(1))
  const lost = add(sub(x, v), sub(c(1), sub(u, v)))
  const { field, m } = parts(b, u)
  // lost/2ᵏ; half of it times 2¹⁻ᵏ, which is finite for every k
  const scaled = mul(twoTo(isub(b.bits(BigInt(2 * bias + 1)), field)), mul(lost, c(0.5)))
  const f = add(sub(m, c(1)), scaled)
  const rest = sub(scaled, sub(f, sub(m, c(1))))
  const inside = sumOfLogs(b, exponentOf(b, field, c(offsetOf(b))), f, rest)
  return select(lt(abs(x), c(2 ** -(mantissa + 2))), x, onDomain(b, u, inside))
}
