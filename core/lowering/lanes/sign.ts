import type { Lane, PlainBuilder } from './lanes.ts'
import { plainNotation } from './notation.ts'

// Functions that are exact.

/** −x: the sign turns, that of ±0 and NaN too. */
export const neg = (b: PlainBuilder, x: Lane): Lane => b.apply('neg', x)

/** |x|: the sign is cleared. */
export const abs = (b: PlainBuilder, x: Lane): Lane => b.apply('abs', x)

/** The square root is correctly rounded; −0 stays, NaN below 0. */
export const sqrt = (b: PlainBuilder, x: Lane): Lane => b.apply('sqrt', x)

/** The sign is −1 or 1; ±0 and NaN stay. */
export const sign = (b: PlainBuilder, x: Lane): Lane => {
  const { c, lt, select } = plainNotation(b)
  return select(lt(x, c(0)), c(-1), select(lt(c(0), x), c(1), x))
}

/** The value is x where the condition ≠ 0 (NaN is not 0), else y. */
export const select = (b: PlainBuilder, condition: Lane, x: Lane, y: Lane): Lane => {
  const n = plainNotation(b)
  return n.select(n.eq(condition, n.c(0)), y, x)
}
