// Numbers as whole multiples of 2^−bits, in BigInt: slow and in plain sight, to judge others by.

/** digits · 2^exponent, exactly. */
export interface Binary {
  readonly digits: bigint
  readonly exponent: number
}

const view = new DataView(new ArrayBuffer(8))

/** A finite float64 as it stands. */
export const binaryOf = (x: number): Binary => {
  view.setFloat64(0, x)
  const bits = view.getBigUint64(0)
  const field = Number((bits >> 52n) & 2047n)
  const fraction = bits & ((1n << 52n) - 1n)
  const digits = field === 0 ? fraction : fraction | (1n << 52n)
  return { digits: x < 0 ? -digits : digits, exponent: Math.max(field, 1) - 1075 }
}

/** Returns the number of binary digits of a whole number. */
export const lengthOf = (digits: bigint): number =>
  digits === 0n ? 0 : (digits < 0n ? -digits : digits).toString(2).length

/** e with 2^(e − 1) ≤ |x| < 2^e */
export const magnitude = ({ digits, exponent }: Binary): number => lengthOf(digits) + exponent

const shifted = (digits: bigint, by: number): bigint =>
  by >= 0 ? digits << BigInt(by) : digits >> BigInt(-by)

/** As a multiple of 2^−bits, rounded down. */
export const fixed = ({ digits, exponent }: Binary, bits: number): bigint =>
  shifted(digits, exponent + bits)

/** Arithmetic on multiples of 2^−bits. */
export const fixedPoint = (bits: number) => {
  const scale = BigInt(bits)
  const one = 1n << scale
  const mul = (x: bigint, y: bigint): bigint => (x * y) >> scale
  const div = (x: bigint, y: bigint): bigint => (x << scale) / y
  /** Newton's iteration, from above. */
  const sqrt = (x: bigint): bigint => {
    const square = x << scale
    let root = 1n << BigInt(Math.ceil(lengthOf(square) / 2))
    for (;;) {
      const next = (root + square / root) >> 1n
      if (next >= root) return root
      root = next
    }
  }
  /** first + next(first, 1) + next(…, 2) + …, until terms vanish. */
  const series = (first: bigint, next: (term: bigint, n: bigint) => bigint): bigint => {
    let total = 0n
    for (let term = first, n = 1n; term > 1n || term < -1n; term = next(term, n), n += 1n)
      total += term
    return total
  }
  /** Σ sign^k x^(2k+1)/(2k+1), for |x| well below 1: arctan for −1, artanh for 1. */
  const oddSeries = (x: bigint, sign: 1n | -1n): bigint => {
    const square = sign * mul(x, x)
    let total = 0n
    for (let power = x, n = 1n; power > 1n || power < -1n; power = mul(power, square), n += 2n)
      total += power / n
    return total
  }
  return { bits, one, mul, div, sqrt, series, oddSeries }
}
export type FixedPoint = ReturnType<typeof fixedPoint>

/** Bits of the constants: sin of the largest float64 needs 1024 more than its result. */
const CONSTANT_BITS = 2900

const inverse = (k: bigint, sign: 1n | -1n): bigint => {
  const { one, oddSeries } = fixedPoint(CONSTANT_BITS)
  return oddSeries(one / k, sign)
}
/** Machin: π = 16 arctan 1/5 − 4 arctan 1/239 */
const PI = 16n * inverse(5n, -1n) - 4n * inverse(239n, -1n)
/** ln 2 = 2 artanh 1/3 */
const LN2 = 2n * inverse(3n, 1n)

/** π and ln 2 to at most some 2,800 bits. */
export const pi = (bits: number): bigint => PI >> BigInt(CONSTANT_BITS - bits)
export const ln2 = (bits: number): bigint => LN2 >> BigInt(CONSTANT_BITS - bits)
