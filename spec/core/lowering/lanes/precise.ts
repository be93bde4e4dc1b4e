import {
  type Binary,
  binaryOf,
  type FixedPoint,
  fixed,
  fixedPoint,
  lengthOf,
  ln2,
  magnitude,
  pi,
} from './fixedPoint.ts'

// Elementary functions of float64 arguments to some 200 binary digits of the result.

const DIGITS = 256

/** Room for as many digits of a number near 0, and of a function that is like it there. */
const digitsFor = (x: Binary): number => DIGITS + Math.max(0, -magnitude(x))

const result = (digits: bigint, bits: number): Binary => ({ digits, exponent: -bits })
const abs = (x: bigint): bigint => (x < 0n ? -x : x)
const rounded = (x: bigint, unit: bigint): bigint => (2n * x + unit) / (2n * unit)

/** eᵗ = 2ᵏ y, for any t: t = k ln 2 + r, eʳ from the series of r/2⁸. */
const expOf = ({ bits, one, mul, series }: FixedPoint, t: bigint): { k: number; y: bigint } => {
  const unit = ln2(bits + 32)
  const k = rounded(t << 32n, unit)
  const r = ((t << 32n) - k * unit) >> 40n
  let y = series(one, (term, n) => mul(term, r) / n)
  for (let i = 0; i < 8; i += 1) y = mul(y, y)
  return { k: Number(k), y }
}

/** Guard bits for what squaring loses. */
const withGuard = (bits: number): FixedPoint => fixedPoint(bits + 32)

const exp = (x: Binary): Binary => {
  const p = withGuard(DIGITS)
  const { k, y } = expOf(p, fixed(x, p.bits))
  return { digits: y, exponent: k - p.bits }
}

/** eᵗ − 1; below −300 it is −1 to more digits than there are. */
const expm1Of = (p: FixedPoint, t: bigint): bigint => {
  const { k, y } = expOf(p, t < -300n * p.one ? -300n * p.one : t)
  return (k >= 0 ? y << BigInt(k) : y >> BigInt(-k)) - p.one
}
const expm1 = (x: Binary): Binary => {
  const p = withGuard(digitsFor(x))
  return result(expm1Of(p, fixed(x, p.bits)), p.bits)
}

/** ln of digits · 2^exponent, as a multiple of 2^−bits */
const logOf = ({ bits, one, div, oddSeries }: FixedPoint, x: Binary): bigint => {
  let k = magnitude(x)
  let m = fixed({ digits: x.digits, exponent: x.exponent - k }, bits) // 1/2 ≤ m < 1
  if (3n * m < 2n * one) {
    k -= 1
    m *= 2n
  }
  return 2n * oddSeries(div(m - one, m + one), 1n) + BigInt(k) * ln2(bits)
}
const log = (x: Binary): Binary => {
  const p = fixedPoint(DIGITS)
  return result(logOf(p, x), p.bits)
}
const log1p = (x: Binary): Binary => {
  const p = fixedPoint(digitsFor(x))
  const t = fixed(x, p.bits)
  if (magnitude(x) < -1) return result(2n * p.oddSeries(p.div(t, 2n * p.one + t), 1n), p.bits)
  return result(logOf(p, { digits: p.one + t, exponent: -p.bits }), p.bits)
}

/** sin of n quarter turns and r */
const quarters = ({ one, mul, series }: FixedPoint, n: bigint, r: bigint): bigint => {
  const square = -mul(r, r)
  const odd = (n & 1n) === 1n
  const value = odd
    ? series(one, (term, k) => mul(term, square) / (2n * k * (2n * k - 1n)))
    : series(r, (term, k) => mul(term, square) / (2n * k * (2n * k + 1n)))
  return (n & 2n) === 2n ? -value : value
}
const turned =
  (quarter: bigint) =>
  (x: Binary): Binary => {
    const p = fixedPoint(digitsFor(x) + 80)
    const large = p.bits + Math.max(0, magnitude(x)) + 8
    const [t, unit] = [fixed(x, large), pi(large) >> 1n]
    const n = rounded(abs(t), unit) * (t < 0n ? -1n : 1n)
    const r = (t - n * unit) >> BigInt(large - p.bits)
    return result(quarters(p, (n & 3n) + quarter, r), p.bits)
  }

const tanh = (x: Binary): Binary => {
  const p = withGuard(digitsFor(x))
  const far = 100n * p.one // 1 − tanh < 2⁻²⁸⁰
  const t = fixed(x, p.bits)
  const e = expm1Of(p, 2n * (t > far ? far : t < -far ? -far : t))
  return result(p.div(e, e + 2n * p.one), p.bits)
}

/** 2/√π exp(−x²) Σ 2ⁿ x²ⁿ⁺¹/(2n + 1)!!, all terms of one sign. */
const erf = (x: Binary): Binary => {
  const p = fixedPoint(digitsFor(x) + 256) // the factor and the sum are as large as e^∓144
  const t = fixed(x, p.bits)
  if (abs(t) > 12n * p.one) return result(t < 0n ? -p.one : p.one, p.bits) // 1 − erf < 2⁻²⁰⁰
  const square = p.mul(t, t)
  const sum = p.series(t, (term, n) => (2n * p.mul(term, square)) / (2n * n + 1n))
  const { k, y } = expOf(p, -square)
  const factor = p.div(y >> BigInt(-k), p.sqrt(pi(p.bits)))
  return result(2n * p.mul(factor, sum), p.bits)
}

/** arctan of t, 0 ≤ t ≤ 1: arctan t = 2 arctan(t/(1 + √(1 + t²))), three times. */
const arctanOf = ({ one, mul, div, sqrt, oddSeries }: FixedPoint, t: bigint): bigint => {
  let s = t
  for (let i = 0; i < 3; i += 1) s = div(s, one + sqrt(one + mul(s, s)))
  return 8n * oddSeries(s, -1n)
}
const atan2 = (y: Binary, x: Binary): Binary => {
  const [ax, ay] = [magnitude(x), magnitude(y)]
  const p = fixedPoint(DIGITS + Math.abs(ax - ay) + 4)
  const common = p.bits - Math.max(ax, ay)
  const [u, v] = [abs(fixed(x, common)), abs(fixed(y, common))]
  const steep = v > u
  const angle = arctanOf(p, steep ? p.div(u, v) : p.div(v, u))
  const right = steep ? (pi(p.bits) >> 1n) - angle : angle
  const whole = x.digits < 0n ? pi(p.bits) - right : right
  return result(y.digits < 0n ? -whole : whole, p.bits)
}

/** |x|ᵖ with the sign that a whole p gives. */
const power = (x: Binary, p: number): Binary => {
  const f = withGuard(DIGITS + 32)
  const exponent = binaryOf(p)
  const size = { digits: abs(x.digits), exponent: x.exponent }
  const product = { digits: logOf(f, size) * exponent.digits, exponent: exponent.exponent - f.bits }
  const { k, y } = expOf(f, fixed(product, f.bits))
  const negative = x.digits < 0n && p % 2 !== 0
  return { digits: negative ? -y : y, exponent: k - f.bits }
}

const sin = turned(0n)
const cos = turned(1n)

/**
 * References for finite arguments other than 0, where the result is finite. At least 190 binary
 * digits are right, of results near 0 too.
 */
export const precise = { exp, expm1, log, log1p, sin, cos, tanh, erf, atan2, power } as const

/** Digits, exponent of the least number and of the first power of two beyond the range. */
const FORMATS = {
  f64: { digits: 53, least: -1074, beyond: 1024 },
  f32: { digits: 24, least: -149, beyond: 128 },
} as const

/**
 * Distance in units of the last place of the exact result; below the normal range that unit is
 * the least number. Beyond the range only ∞ will do; else ∞ counts as the first power of two there.
 */
export const ulps = (got: number, exact: Binary, format: keyof typeof FORMATS): number => {
  if (Number.isNaN(got)) return Infinity
  const { digits, least, beyond } = FORMATS[format]
  if (magnitude(exact) > beyond) return Math.abs(got) === Infinity ? 0 : Infinity
  const value = Number.isFinite(got)
    ? binaryOf(got)
    : { digits: got > 0 ? 1n : -1n, exponent: beyond }
  const unit = Math.max(magnitude(exact) - digits, least)
  const fine = 40 - unit // both as multiples of unit/2⁴⁰
  const difference = abs(fixed(value, fine) - fixed(exact, fine))
  return lengthOf(difference) > 90 ? Infinity : Number(difference) / 2 ** 40
}
