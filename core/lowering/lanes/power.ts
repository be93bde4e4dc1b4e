import { scaledExp } from './exp.ts'
import type { Lane, LaneBuilder } from './lanes.ts'
import { exponentAndMantissa } from './logarithm.ts'
import { notation, type PerFormat } from './notation.ts'

/** N gives 3 artanh(s)/s = 3 + z + z² N(z), z = s², for |s| ≤ (√2 − 1)/(√2 + 1). */
const ARTANH: PerFormat<readonly number[]> = {
  f64: [
    0.6000000000000338, 0.42857142855148855, 0.333333337799686, 0.27272676543747904,
    0.23080136300280804, 0.1988521985602395, 0.19794553568779502,
  ],
  f32: [0.6000022888183594, 0.4282069206237793, 0.3512805104255676],
}

/** The two parts add up to 2/(3 ln 2). */
const SCALE = [0.9617966939259756, 5.0577616648125907e-17] as const

/** The mask keeps the upper half of a number's bits: products of two such numbers are exact. */
const UPPER: PerFormat<{ readonly bits: number; readonly mask: bigint }> = {
  f64: { bits: 26, mask: 0xfffffffff8000000n },
  f32: { bits: 12, mask: 0xfffff000n },
}

/** Rounds a number to its upper `bits` bits. */
const upper = (x: number, bits: number): number => {
  const y = x * (2 ** (53 - bits) + 1)
  return y - (y - x)
}

/** Computes x y minus its rounded value, exactly (Dekker). */
const lostBy = (x: number, y: number): number => {
  const [x1, y1] = [upper(x, 26), upper(y, 26)]
  const [x2, y2] = [x - x1, y - y1]
  return x2 * y2 - (x * y - x1 * y1 - x1 * y2 - x2 * y1)
}

/**
 * Computes 3 artanh s = s (3 + z + z² N), s = (m − 1)/(m + 1), that is 3/2 ln m. The sum e1 + e2
 * has half as many digits again as a number has; e1 has an upper half of bits only, and e is the
 * sum rounded.
 */
const logOfMantissa = (b: LaneBuilder, m: Lane): { e: Lane; e1: Lane; e2: Lane } => {
  const { c, add, sub, mul, div, and, polynomial } = notation(b)
  const top = (x: Lane): Lane => and(x, b.bits(UPPER[b.format].mask))
  const f = sub(m, c(1))
  const d = add(c(1), m)
  const inverse = div(c(1), d)
  const s = mul(f, inverse)
  const [s1, d1] = [top(s), top(d)]
  const d2 = add(sub(m, sub(d, c(1))), sub(d, d1))
  const s2 = mul(sub(sub(f, mul(s1, d1)), mul(s1, d2)), inverse)
  const z1 = mul(s1, s1)
  const z2 = mul(s2, add(s1, s))
  const z = add(z1, z2)
  const rest = add(mul(mul(z, z), polynomial(z, ARTANH[b.format])), z2)
  const t = add(add(c(3), z1), rest)
  const t1 = top(t)
  const t2 = sub(rest, sub(sub(t1, c(3)), z1))
  const high = mul(s1, t1)
  const low = add(mul(s2, t), mul(s1, t2))
  const e = add(high, low)
  const e1 = top(e)
  return { e, e1, e2: sub(low, sub(e1, high)) }
}

/**
 * Computes uᵖ = 2^(p log₂ u) for 0 < u < ∞, with log₂ u to half as many digits again as a number
 * has.
 */
const viaLogarithm = (b: LaneBuilder, u: Lane, p: number): Lane => {
  const { c, add, sub, mul, atMost, atLeast, rounded, mantissa, bias } = notation(b)
  const { bits: half } = UPPER[b.format]
  const { k, m } = exponentAndMantissa(b, u)
  const { e, e1, e2 } = logOfMantissa(b, m)
  const g = p * SCALE[0]
  const [p1, g1] = [upper(p, half), upper(g, half)]
  const [p2, g2] = [p - p1, g - g1 + lostBy(p, SCALE[0]) + p * SCALE[1]]
  const [large, small] = [mul(c(p1), k), mul(c(g1), e1)]
  const w = add(large, small)
  const wRest = add(
    add(sub(small, sub(w, large)), mul(c(p2), k)),
    add(mul(c(g2), e), mul(c(g1), e2)),
  )
  const limit = 1.1 * (bias + mantissa) // 0 or ∞ beyond
  const inside = atMost(atLeast(w, -limit), limit)
  const { n, bits } = rounded(inside, 2 * bias + 1)
  return scaledExp(b, mul(add(sub(inside, n), wRest), c(Math.LN2 / 2)), bits)
}

/** Computes xⁿ by squaring, n ≥ 1. */
const byProducts = (b: LaneBuilder, x: Lane, n: number): Lane => {
  if (n === 1) return x
  const { mul } = notation(b)
  const root = byProducts(b, x, Math.floor(n / 2))
  return n % 2 === 0 ? mul(root, root) : mul(mul(root, root), x)
}

/**
 * Computes xᵖ for p a multiple of 1/2. A negative power divides twice: neither factor can overflow.
 */
const byRoots = (b: LaneBuilder, x: Lane, p: number): Lane => {
  const { c, add, mul, div, eq, select } = notation(b)
  const whole = p % 1 === 0
  // Roots of −0 and −∞ are 0 and ∞ in Math.pow
  const base = whole ? x : add(select(eq(x, c(-Infinity)), c(Infinity), x), c(0))
  const positive = (q: number): Lane => {
    if (q % 1 === 0) return byProducts(b, base, q)
    const root = b.apply('sqrt', base)
    return q < 1 ? root : mul(byProducts(b, base, Math.floor(q)), root)
  }
  if (p > 0) return positive(p)
  const first = Math.floor(0.25 - p / 2)
  const inverse = first === 0 ? c(1) : div(c(1), positive(first))
  return div(inverse, positive(-p - first))
}

/**
 * Computes xᵖ for a fixed p, with Math.pow's special cases and negative x.
 *
 * Method  multiples of 1/2 up to ±8 by products, square root and division: as many roundings as
 *         operations, so fewer than |p| + 1 ulp. Any other p up to ±4096: 2^(p log₂ |x|) within
 *         1.2 ulp, the logarithm a sum of two numbers. Beyond, the host's function is called.
 */
export const power = (b: LaneBuilder, x: Lane, p: number): Lane => {
  const { c, lt, eq, select, abs, xor, signOf } = notation(b)
  const whole = p % 1 === 0
  if (p === 0) return c(1)
  if ((2 * p) % 1 === 0 && Math.abs(p) <= 8) return byRoots(b, x, p)
  if (!(Math.abs(p) <= 4096 && Math.abs(p) >= 2 ** -20)) return b.call('power', x, c(p))
  const u = whole ? abs(x) : select(eq(x, c(-Infinity)), c(Infinity), x)
  const [atZero, atInfinity] = p > 0 ? [0, Infinity] : [Infinity, 0]
  const outside = select(eq(u, c(0)), c(atZero), c(Number.NaN))
  const finite = select(lt(c(0), u), viaLogarithm(b, u, p), outside)
  const size = select(eq(u, c(Infinity)), c(atInfinity), finite)
  return whole && p % 2 !== 0 ? xor(size, signOf(x)) : size
}
