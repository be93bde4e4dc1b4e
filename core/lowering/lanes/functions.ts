import { atan2 } from './atan2.ts'
import { erf } from './erf.ts'
import { exp, expm1 } from './exp.ts'
import type { Lane, LaneBuilder } from './lanes.ts'
import { log, log1p } from './logarithm.ts'
import { abs, neg, select, sign, sqrt } from './sign.ts'
import { tanh } from './tanh.ts'
import { cos, sin } from './trigonometric.ts'

export { power } from './power.ts'

/** A function written in lane code: from its operands' lanes to the lane of its value. */
export type LaneFunction = (b: LaneBuilder, ...args: Lane[]) => Lane

/** Functions of lanes by the names of their primitives; `power` also takes its exponent. */
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
} as const satisfies Readonly<Record<string, LaneFunction>>
