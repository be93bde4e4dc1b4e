import { erf, tanh } from '../../values/index.ts'
import type { CalledFunction } from './lanes.ts'

// Called functions on plain numbers, for what a target does not write out itself.

/** A `call` node computes this in float64; the result is rounded to the lane's format. */
export const hostFunctions: Readonly<Record<CalledFunction, (x: number, y: number) => number>> = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tanh,
  erf,
  atan2: Math.atan2,
  power: Math.pow,
}
