import { atan2 } from './atan2.ts'
import { erf } from './erf.ts'
import { exp, expm1 } from './exp.ts'
import type { CalledFunction, Lane, LaneBuilder, PlainBuilder } from './lanes.ts'
import { log, log1p } from './logarithm.ts'
import { abs, neg, select, sign, sqrt } from './sign.ts'
import { tanh } from './tanh.ts'
import { cos, sin } from './trigonometric.ts'

export { power } from './power.ts'

/** A function written in plain code takes its operands' lanes and gives the lane of its value. */
export type PlainFunction = (b: PlainBuilder, ...args: Lane[]) => Lane
/** A function in lane code may also look at bits. */
export type LaneFunction = (b: LaneBuilder, ...args: Lane[]) => Lane

/**
 * The table has every called function in lane code, and those that are exact. `power` stands beside
 * it, because it also takes its exponent.
 */
export const functions = {
  neg,
  abs,
  sign,
  sqrt,
  exp,
  expm1,
  log,
  log1p,
  sin,
  cos,
  tanh,
  erf,
  atan2,
  select,
} as const satisfies Readonly<
  Record<Exclude<CalledFunction, 'power'>, LaneFunction> & Record<string, LaneFunction>
>
