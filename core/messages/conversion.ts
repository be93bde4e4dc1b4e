import { fail } from './errors.ts'

// JavaScript converts what an operator or Math meets to a number or a text, and reads a property
// that is not there as undefined, without a word: a derivative would be silently zero or NaN. A
// tensor refuses, and its message says what would be right.

/** The operations that compute with tensors what these functions of Math compute with numbers. */
const counterparts: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'abs asinh cos cosh exp expm1 log log1p sign sin sinh sqrt tanh'
      .split(' ')
      .map((name) => [name, `${name}(x)`]),
  ),
  atan2: 'atan2(y, x)',
  pow: 'power(x, 2)',
  max: 'maximum(x, y) entry by entry, or max(x) over axes',
  min: 'minimum(x, y) entry by entry, or min(x) over axes',
  tan: 'div(sin(x), cos(x))',
  hypot: 'sqrt(add(square(x), square(y)))',
}

/** The code that JavaScript converts in, and what would be right, by the type that is wanted. */
const conversions: Readonly<Record<string, readonly [written: string, fix: string]>> = {
  number: [
    'x * 2, x > 0 or alike',
    'mul(x, 2), div(x, 2), sub(x, 1), neg(x) or power(x, 2); to choose, select(less(0, x), a, b).',
  ],
  default: ['x + 1 or x == 1', 'add(x, 1) or equal(x, 1).'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text shows a template
  string: ['`${x}` or list[x]', 'return a value to see it; gather(x, [0]) picks entries of x.'],
}

/** The line of a stack where the caller of a conversion is: below the error and three of ours. */
const CALLER = 4

/** Returns the function of JavaScript that asked for a conversion, such as Math.sin. */
const asking = (): string | undefined => {
  const line = (new Error().stack ?? '').split('\n')[CALLER] ?? ''
  return /^\s*at (?:new )?([\w.]+) \(<anonymous>\)/.exec(line)?.[1]
}

/** Throws a TypeError for a conversion to a number or a text. */
const refuseConversion = (hint: string, got: string): never => {
  const name = asking()
  const ofMath = name?.replace('Math.', '') ?? ''
  const [written, fix] = conversions[hint]!
  const where = ofMath in Math ? `Math.${ofMath}` : (name ?? written)
  return fail('TypeError', where, `it needs numbers, and got ${got}.`, {
    fix:
      ofMath in Math ? `${counterparts[ofMath] ?? 'operations'} of psigrad/core for tensors.` : fix,
    data: { misuse: where },
  })
}

const properties: Readonly<Record<string, string>> = {
  length: 'shapeOf(x)[0] is the length of the first axis.',
  size: 'shapeOf(x).reduce((n, d) => n * d, 1) is the number of entries.',
  data: 'compute with operations; values are there when the function has returned.',
  get: 'gather(x, [0]) or slice(x, [0], [1]) picks entries.',
  T: 'transpose(x).',
  map: 'operations act on all entries: mul(x, 2), sin(x); vmap(f)(x) maps a function of one sample.',
  forEach: 'operations act on all entries: mul(x, 2), sin(x).',
  filter: 'select(less(0, x), x, 0) keeps the shape, which values may not change.',
  reduce: 'sum(x), max(x) or mean(x).',
}

/** Entries with a place of their own; a loop over more begins with these. */
const INDICES = 16

/** Makes the tensors of a class refuse to be numbers; where a text is wanted, `texts` says. */
export const refuseNumbers = <X>(
  prototype: object,
  describedAs: (x: X) => string,
  texts: 'refused' | 'allowed',
): void => {
  Object.defineProperty(prototype, Symbol.toPrimitive, {
    value(this: X, hint: string): string {
      if (hint === 'string' && texts === 'allowed') return Object.prototype.toString.call(this)
      return refuseConversion(hint, describedAs(this))
    },
  })
}

/** Makes the tensors of a class refuse the properties that arrays of numbers have. */
export const refuseProperties = <X>(prototype: object, describedAs: (x: X) => string): void => {
  const refuse = (written: string, what: string, fix: string): never =>
    fail('TypeError', written, `${what}.`, { fix, data: { misuse: written } })
  const entries = Array.from({ length: INDICES }, (_, i) => [
    String(i),
    'gather(x, [0]) or slice(x, [0], [1]) picks entries; select(…) replaces some.',
  ])
  for (const [key, fix] of [...Object.entries(properties), ...entries] as [string, string][]) {
    const written = /^\d/.test(key) ? `x[${key}]` : `x.${key}`
    const say = (x: X): never => refuse(written, `${describedAs(x)} has no such property`, fix)
    Object.defineProperty(prototype, key, {
      get(this: X) {
        return say(this)
      },
      set(this: X) {
        say(this)
      },
    })
  }
  Object.defineProperty(prototype, Symbol.iterator, {
    value(this: X) {
      const what = `${describedAs(this)} is no list of numbers`
      return refuse('for (const v of x) or [...x]', what, `${properties.forEach}`)
    },
  })
}
