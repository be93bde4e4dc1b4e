import type { Format, Lane, LaneBuilder, PlainBuilder } from './lanes.ts'

// Short names for the operations of lane code, so that a formula reads like one.

/** Functions take their coefficients from records with an entry for each format. */
export type PerFormat<T> = Readonly<Record<Format, T>>

/**
 * A number has `width` bits, its mantissa so many after the leading 1; `bias` is the exponent field
 * of 1.
 */
export const LAYOUT: PerFormat<{ width: number; mantissa: number; bias: number }> = {
  f64: { width: 64, mantissa: 52, bias: 1023 },
  f32: { width: 32, mantissa: 23, bias: 127 },
}

/** The operations of plain code have short names here. */
export const plainNotation = (b: PlainBuilder) => ({
  c: (value: number): Lane => b.constant(value),
  add: (x: Lane, y: Lane): Lane => b.apply('add', x, y),
  sub: (x: Lane, y: Lane): Lane => b.apply('sub', x, y),
  mul: (x: Lane, y: Lane): Lane => b.apply('mul', x, y),
  div: (x: Lane, y: Lane): Lane => b.apply('div', x, y),
  abs: (x: Lane): Lane => b.apply('abs', x),
  lt: (x: Lane, y: Lane): Lane => b.apply('lt', x, y),
  eq: (x: Lane, y: Lane): Lane => b.apply('eq', x, y),
  select: (mask: Lane, x: Lane, y: Lane): Lane => b.apply('select', mask, x, y),
})

/** The operations of lane code have short names here, and so have some idioms on bits. */
export const notation = (b: LaneBuilder) => {
  const { width, mantissa, bias } = LAYOUT[b.format]
  const plain = plainNotation(b)
  const { c, add, sub, mul, lt, select } = plain
  const and = (x: Lane, y: Lane): Lane => b.apply('and', x, y)
  const isub = (x: Lane, y: Lane): Lane => b.apply('isub', x, y)
  return {
    ...plain,
    and,
    or: (x: Lane, y: Lane): Lane => b.apply('or', x, y),
    xor: (x: Lane, y: Lane): Lane => b.apply('xor', x, y),
    isub,
    /** Keeps only the sign bit. */
    signOf: (x: Lane): Lane => and(x, b.bits(1n << BigInt(width - 1))),
    /** Makes a mask that is set where the lowest bit is 1. */
    isOdd: (bits: Lane): Lane => isub(b.bits(0n), and(bits, b.bits(1n))),
    /** Makes a mask that is set where the sign bit is 1. */
    isNegative: (x: Lane): Lane => isub(b.bits(0n), b.shift('shr', x, width - 1)),
    /** Takes the smaller of x and a limit; NaN stays. `combined` makes one operation of it. */
    atMost: (x: Lane, limit: number): Lane => select(lt(c(limit), x), c(limit), x),
    /** Takes the larger of x and a limit; NaN stays. */
    atLeast: (x: Lane, limit: number): Lane => select(lt(x, c(limit)), c(limit), x),
    /** Computes Σ coefficients[k] xᵏ by Horner's rule; a leading coefficient 1 costs no product. */
    polynomial: (x: Lane, coefficients: readonly number[]): Lane => {
      const [leading, ...rest] = coefficients.toReversed()
      return rest.reduce<Lane>(
        (sum, k, i) => add(i === 0 && leading === 1 ? x : mul(sum, x), c(k)),
        c(leading!),
      )
    },
    /**
     * Finds the whole number n nearest to x, |n| < 2^(mantissa − 2), and a lane whose lowest bits
     * are n + low: where 1.5 · 2^mantissa is added, no room for a fraction is left.
     */
    rounded: (x: Lane, low: number): { readonly n: Lane; readonly bits: Lane } => {
      const shift = c(1.5 * 2 ** mantissa + low)
      const bits = add(x, shift)
      return { n: sub(bits, shift), bits }
    },
    /** Makes 2ⁿ from a lane whose lowest bits are n + bias. */
    twoTo: (bits: Lane): Lane => b.shift('shl', bits, mantissa),
    bias,
    mantissa,
    width,
  }
}
