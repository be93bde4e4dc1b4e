import { type CalledFunction, hostFunctions } from '../lowering/lanes/index.ts'
import type { ImportedFunction } from './encode.ts'

// Functions that a module calls back for, lane by lane.

/** A module imports the functions of the host by name and arity, in a fixed order. */
export const imports: readonly ImportedFunction[] = Object.entries(hostFunctions).map(
  ([name, f]) => ({ name, arity: f.length }),
)

/** Gives the number under which a module calls a function. */
export const importNumber = (name: CalledFunction): number =>
  imports.findIndex((f) => f.name === name)
