import { placed } from './errors.ts'

// The part of a model that is being applied. Equations remember it, so that tables and pictures of
// large programs can be folded, and errors name it.

/** One application of a named part, and the part around it. */
export interface Scope {
  readonly name: string
  readonly outer?: Scope | undefined
}

// Calls of `within` nest like the calls of a program, and each restores what it found. No value
// depends on it.
let current: Scope | undefined

/** Returns the part that is being applied now. */
export const scopeHere = (): Scope | undefined => current

/** Runs f as if it stood in a scope; undefined keeps the current one. */
export const within = <A>(scope: Scope | undefined, f: () => A): A => {
  const outer = current
  current = scope ?? outer
  try {
    return f()
  } finally {
    current = outer
  }
}

/** Returns the parts around an equation, the outermost first; two applications are different. */
export const scopePath = (scope: Scope | undefined): readonly Scope[] =>
  scope === undefined ? [] : [...scopePath(scope.outer), scope]

/**
 * Runs f as a named part of a model: equations that it writes carry the names of the parts around
 * them, and an error inside has the name before its place.
 *
 * @example programOf((x) => scoped('head', () => sin(x)))(1).equations[0].scope.name // → 'head'
 */
export const scoped = <A>(name: string, f: () => A): A =>
  placed(name, () => within({ name, outer: current }, f))
