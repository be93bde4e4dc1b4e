import { erf, tanh } from '../special.ts'
import type { ImportedFunction } from './encode.ts'
import type { CalledFunction } from './lanes.ts'

// Functions that a module calls back for, lane by lane.

/** What `call` nodes compute, in float64; the result is rounded to the lane's format. */
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

/** The same as a module imports them: by name and number of operands, in a fixed order. */
export const imports: readonly ImportedFunction[] = Object.entries(hostFunctions).map(
  ([name, f]) => ({ name, arity: f.length }),
)

/** The number under which a module calls a function. */
export const importNumber = (name: CalledFunction): number =>
  imports.findIndex((f) => f.name === name)
