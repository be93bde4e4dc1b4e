import type { Precision } from '../../../../core/index.ts'

// How far apart two numbers of one format are.

/** Digits after the leading one, and the exponent of the smallest normal number. */
const formats = {
  float64: { digits: 52, least: -1022 },
  float32: { digits: 23, least: -126 },
} as const

/** The distance of a finite number of a format to the next one away from 0. */
export const ulpOf = (x: number, precision: Precision): number => {
  const { digits, least } = formats[precision]
  const a = Math.abs(x)
  // log2 may round up to the next whole number; halving is exact.
  let exponent = a === 0 ? least : Math.max(least, Math.floor(Math.log2(a)))
  if (exponent > least && 2 ** exponent > a) exponent -= 1
  return 2 ** Math.max(exponent - digits, -1074)
}

/**
 * Returns the distance of the two in units of the last place of `wanted`. It is infinite where
 * one is not a number, an infinity or a zero and the other is not the same.
 */
export const ulpsApart = (got: number, wanted: number, precision: Precision): number => {
  if (Object.is(got, wanted)) return 0
  if (wanted === 0 || got === 0 || !Number.isFinite(wanted) || !Number.isFinite(got))
    return Infinity
  return Math.abs(got - wanted) / ulpOf(wanted, precision)
}
