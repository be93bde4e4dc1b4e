import type { ImportedFunction } from './encode.ts'
import { hostFunctions } from './hostFunctions.ts'
import type { CalledFunction } from './lanes.ts'

// Functions that a module calls back for, lane by lane.

/** The host's functions as a module imports them: by name and number of operands, in a fixed order. */
export const imports: readonly ImportedFunction[] = Object.entries(hostFunctions).map(
  ([name, f]) => ({ name, arity: f.length }),
)

/** The number under which a module calls a function. */
export const importNumber = (name: CalledFunction): number =>
  imports.findIndex((f) => f.name === name)
