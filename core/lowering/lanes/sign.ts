import type { Lane, LaneBuilder } from './lanes.ts'
import { notation } from './notation.ts'

// Functions that are exact.

/** −x: the sign bit turned, of ±0 and NaN too. */
export const neg = (b: LaneBuilder, x: Lane): Lane => b.apply('neg', x)

/** |x|: the sign bit cleared. */
export const abs = (b: LaneBuilder, x: Lane): Lane => b.apply('abs', x)

/** The square root, correctly rounded; −0 stays, NaN below 0. */
export const sqrt = (b: LaneBuilder, x: Lane): Lane => b.apply('sqrt', x)

/** −1 or 1; ±0 and NaN stay. */
export const sign = (b: LaneBuilder, x: Lane): Lane => {
  const { c, lt, select } = notation(b)
  return select(lt(x, c(0)), c(-1), select(lt(c(0), x), c(1), x))
}

/** x where condition ≠ 0 (NaN is not 0), else y. */
export const select = (b: LaneBuilder, condition: Lane, x: Lane, y: Lane): Lane => {
  const n = notation(b)
  return n.select(n.eq(condition, n.c(0)), y, x)
}
