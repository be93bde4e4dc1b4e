import { mergedAxes, SHORT_SUM } from '../values/index.ts'

// Pieces of kernel sources. gpu.js compiles the text of a JavaScript function; everything here
// writes such text: numbers, places in memory, loops.

/** Names a number that the shared values carry because no source text can. */
export type TabledConstant = (value: number) => string

/** Larger whole numbers are not exact in float32, and gpu.js writes some as no shader reads. */
const WHOLE = 2 ** 24

/** Writes a number as text; a number without plain text is looked up. */
export const literal = (value: number, tabled: TabledConstant): string => {
  const plain = Number.isInteger(value)
    ? Math.abs(value) < WHOLE
    : Math.abs(value) > 1e-37 && Math.abs(value) < 1e20
  if (!plain) return tabled(value)
  return value < 0 ? `(${value})` : `${value}`
}

/** A loop has a length, and a step through its operand. */
export interface Digit {
  readonly size: number
  /** The distance of neighbours in the kernel's result, in elements. */
  readonly out: number
}

/**
 * Finds the places along several axes, from the number of an element `e` in the result: it gives
 * statements that define them, and their names. Half is added before a product with 1/n is rounded
 * down, so that rounding changes nothing for numbers up to 2²¹.
 */
export const digitsOf = (
  digits: readonly Digit[],
): { readonly statements: readonly string[]; readonly names: readonly string[] } => {
  const order = digits.map((_, k) => k).filter((k) => digits[k]!.size > 1)
  order.sort((a, b) => digits[b]!.out - digits[a]!.out)
  const names = digits.map(() => '0')
  const statements: string[] = []
  let rest = 'e'
  order.forEach((k, at) => {
    const { out } = digits[k]!
    if (at === order.length - 1 && out === 1) {
      names[k] = rest
      return
    }
    statements.push(`const i${k} = Math.floor((${rest} + 0.5) * ${1 / out});`)
    names[k] = `i${k}`
    if (at === order.length - 1) return
    statements.push(`const r${k} = ${rest} - i${k} * ${out};`)
    rest = `r${k}`
  })
  return { statements, names }
}

/** Makes digits of row-major axes. */
export const rowMajor = (sizes: readonly number[]): Digit[] => {
  let out = 1
  return sizes
    .toReversed()
    .map((size) => {
      const digit = { size, out }
      out *= size
      return digit
    })
    .toReversed()
}

/** Writes offset + Σ stride · place. */
export const placeOf = (
  offset: number,
  strides: readonly number[],
  names: readonly string[],
): string => {
  const terms = strides.flatMap((s, d) => {
    const name = names[d]!
    return s === 0 || name === '0' ? [] : [s === 1 ? name : `${name} * ${s}`]
  })
  return terms.length > 0 && offset === 0 ? terms.join(' + ') : [offset, ...terms].join(' + ')
}

/**
 * Puts the body in a loop for each axis, the last one innermost; `names` are the loops' counters.
 */
export const nested = (sizes: readonly number[], names: readonly string[], body: string): string =>
  sizes.reduceRight(
    (inner, n, d) => `for (let ${names[d]} = 0; ${names[d]} < ${n}; ${names[d]}++) {\n${inner}\n}`,
    body,
  )

/** The short sums that a long one is made of have so many terms. */
const BLOCK = 64

/**
 * Writes statements that leave the sum over several axes in `into`; `add` writes how one term is
 * added. Long sums are sums of short ones, level by level, which a card's compiler cannot undo.
 *
 * Errors  a sum of n terms: at most n roundings of Σ|terms|; for n > SHORT_SUM at most BLOCK of
 *         them, and one more, for each axis and each factor BLOCK of an axis.
 */
export const summed = (
  sizes: readonly number[],
  names: readonly string[],
  add: (into: string, names: readonly string[]) => string,
  into = 'acc',
): string => {
  const terms = sizes.reduce((n, d) => n * d, 1)
  if (terms <= (into === 'acc' ? SHORT_SUM : BLOCK))
    return `let ${into} = 0;\n${nested(sizes, names, add(into, names))}`
  const [n = 1, ...rest] = sizes
  const [name = '', ...others] = names
  if (n > BLOCK) {
    const inBlock = `${name}b${rest.length}`
    const all = [Math.ceil(n / BLOCK), BLOCK, ...rest]
    const addAt: typeof add = (to, [q, p, ...inner]) => {
      const place = `(${q} * ${BLOCK} + ${p})`
      const term = add(to, [place, ...inner])
      return n % BLOCK === 0 ? term : `if (${place} < ${n}) { ${term} }`
    }
    return summed(all, [name, inBlock, ...others], addAt, into)
  }
  const part = `${into}p`
  const below: typeof add = (to, inner) => add(to, [name, ...inner])
  const body = `${summed(rest, others, below, part)}\n${into} += ${part};`
  return `let ${into} = 0;\n${nested([n], [name], body)}`
}

/** Finds axes of loops that step evenly through all operands, as few as possible. */
export const fewAxes = (sizes: readonly number[], strides: readonly (readonly number[])[]) =>
  mergedAxes(sizes, strides)
