import { fail, type Path } from '../../core/index.ts'
import { childrenOf, describe } from '../../core/values/index.ts'

// Plain numbers of any library: a number, a typed array, or nested arrays and records of these, as
// one list and back.

/** A numeric value of somebody's own engine. */
export type Numeric =
  | number
  | NumberArray
  | readonly Numeric[]
  | { readonly [key: string]: Numeric }

/** Typed arrays that hold real numbers. */
export type NumberArray = Float64Array | Float32Array

/** A numeric value taken apart. */
export interface Numbers {
  readonly values: Float64Array
  /** The place of every number. */
  readonly paths: readonly Path[]
  /** Makes a fresh value of the same structure from other numbers. */
  readonly rebuild: (values: ArrayLike<number>) => Numeric
  /** The unit of rounding: that of float32 if any part has it. */
  readonly unit: number
}

const isNumbers = (x: unknown): x is NumberArray =>
  x instanceof Float64Array || x instanceof Float32Array

/** Takes a value apart. Errors: TypeError for a part that is no number, with its place. */
export const numbersOf = (x: unknown, where: string, noun: string): Numbers => {
  const found: number[] = []
  const paths: Path[] = []
  let single = false
  const walk = (part: unknown, path: Path): ((next: () => number) => Numeric) => {
    if (typeof part === 'number') {
      found.push(part)
      paths.push(path)
      return (next) => next()
    }
    if (isNumbers(part)) {
      single ||= part instanceof Float32Array
      part.forEach((value, i) => {
        found.push(value)
        paths.push([...path, i])
      })
      return (next) => part.map(() => next())
    }
    const children = childrenOf(part)
    if (children === undefined)
      return fail('TypeError', where, `${noun} is, or contains, ${describe(part)}.`, {
        fix: 'numbers, Float64Array, Float32Array, and nested arrays and records of these.',
      })
    const makers = children.map(([key, child]) => [key, walk(child, [...path, key])] as const)
    return (next) =>
      Array.isArray(part)
        ? makers.map(([, make]) => make(next))
        : Object.fromEntries(makers.map(([key, make]) => [key, make(next)]))
  }
  const make = walk(x, [])
  const rebuild = (values: ArrayLike<number>): Numeric => {
    let k = 0
    return make(() => {
      k += 1
      return values[k - 1]!
    })
  }
  return { values: Float64Array.from(found), paths, rebuild, unit: single ? 2 ** -23 : 2 ** -52 }
}

/** Tells whether two values have the same structure: the same numbers at the same places. */
export const sameStructure = (a: Numbers, b: Numbers): boolean =>
  JSON.stringify(a.paths) === JSON.stringify(b.paths)
