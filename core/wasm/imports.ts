import { type CalledFunction, hostFunctions } from '../lowering/lanes/index.ts'
import type { ImportedFunction } from './encode.ts'

// The host's functions that a module calls, lane by lane.

/** A module imports the functions of the host by name and arity, in a fixed order. */
export const imports: readonly ImportedFunction[] = Object.entries(hostFunctions).map(
  ([name, f]) => ({ name, arity: f.length }),
)

/** Returns the number under which a module calls a function. */
export const importNumber = (name: CalledFunction): number =>
  imports.findIndex((f) => f.name === name)
