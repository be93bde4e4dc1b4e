import { isTensor } from '../../core/index.ts'
import type { Kind } from './finding.ts'

// What a module exports becomes a list of candidates: functions, layers and rules.

/** A candidate is an export that a check can judge. */
export interface Candidate {
  readonly name: string
  readonly kind: Kind
  readonly value: unknown
  /** The arguments that the file gives it; without them they are tried. */
  readonly inputs?: readonly unknown[]
}

/** A layer, as those of psigrad/models: `init` draws parameters, `apply` uses them. */
export interface LayerLike {
  readonly init: (key: unknown) => unknown
  readonly apply: (params: unknown, x: unknown) => unknown
}

/** A rule is a function with the pullback that its author claims. */
export interface RuleLike {
  readonly forward: (...x: never[]) => unknown
  readonly pullback: (x: never[], y: never, yBar: never) => unknown
}

const has = (x: unknown, ...names: readonly string[]): boolean =>
  typeof x === 'object' &&
  x !== null &&
  names.every((name) => typeof (x as Record<string, unknown>)[name] === 'function')

const isClass = (x: unknown): boolean =>
  typeof x === 'function' && /^class\b/.test(Function.prototype.toString.call(x))

const kindOf = (x: unknown): Kind | undefined =>
  has(x, 'init', 'apply')
    ? 'layer'
    : has(x, 'forward', 'pullback')
      ? 'rule'
      : typeof x === 'function' && !isClass(x)
        ? has((x as { readonly rule?: unknown }).rule, 'forward', 'pullback')
          ? 'rule'
          : 'function'
        : undefined

const isRecord = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && !Array.isArray(x) && !isTensor(x)

/** The export of this name holds arguments, by the names of what they are for. */
const INPUTS = 'inputs'

/** The export of this name holds sentences that must hold, each with a function that says so. */
const CLAIMS = 'claims'

const claimsIn = (given: unknown): readonly Candidate[] =>
  isRecord(given)
    ? Object.entries(given).map(([name, value]) => ({ name, kind: 'claim', value }))
    : []

/** The candidates of a module, and the names in its `inputs` that nothing has. */
export interface Discovered {
  readonly candidates: readonly Candidate[]
  /** Exports that the file leaves out by `inputs = { name: 'skip' }`. */
  readonly skipped: readonly string[]
  readonly unknown: readonly string[]
}

const within = (name: string, value: unknown, seen: Set<unknown>): readonly Candidate[] => {
  if (seen.has(value)) return []
  seen.add(value)
  const kind = kindOf(value)
  if (kind !== undefined) return [{ name, kind, value }]
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, part]) => within(`${name}.${key}`, part, seen))
}

/** Finds what a module's exports offer to a check. Records of functions are searched, too. */
export const discover = (exports: Readonly<Record<string, unknown>>): Discovered => {
  const { [INPUTS]: given, [CLAIMS]: claims, ...rest } = exports
  const inputs = isRecord(given) ? given : {}
  const seen = new Set<unknown>()
  const all = [
    ...Object.entries(rest).flatMap(([name, value]) => within(name, value, seen)),
    ...claimsIn(claims),
  ]
  const skipped = Object.keys(inputs).filter((name) => inputs[name] === 'skip')
  const names = all.map(({ name }) => name)
  return {
    candidates: all
      .filter(({ name }) => !skipped.includes(name))
      .map((one) => {
        const own = inputs[one.name]
        return own === undefined ? one : { ...one, inputs: Array.isArray(own) ? own : [own] }
      }),
    skipped,
    unknown: Object.keys(inputs).filter((name) => !names.includes(name)),
  }
}
