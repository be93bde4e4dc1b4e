import type { Expression } from './expression.ts'

// Expressions as text that `parseForm` reads back.

const number = (x: number): string => String(x)

/** What stands beside a `*`: sums and products in brackets, and numbers, which would scale. */
const asFactor = (e: Expression): string =>
  e.kind === 'plus' || e.kind === 'times' || e.kind === 'scaled' ? `(${showForm(e)})` : showForm(e)

/** The left side of a product: products follow one another, a number alone would scale. */
const asFirstFactor = (e: Expression): string =>
  e.kind === 'plus' || e.kind === 'constant' ? `(${showForm(e)})` : showForm(e)

/**
 * The expression as a formula.
 *
 * Laws  parseForm(showForm(e)) is e.
 * @example showForm(softmaxed(plus(content(), relative())))  // → 'softmax(content + relative)'
 */
export const showForm = (e: Expression): string => {
  switch (e.kind) {
    case 'constant':
      return number(e.value)
    case 'mask':
      return `mask(${number(e.radius)})`
    case 'plus':
      return `${showForm(e.left)} + ${e.right.kind === 'plus' ? `(${showForm(e.right)})` : showForm(e.right)}`
    case 'times':
      return `${asFirstFactor(e.left)} * ${asFactor(e.right)}`
    case 'scaled':
      return `${number(e.factor)} * ${asFactor(e.of)}`
    case 'softmaxed':
      return `softmax(${showForm(e.of)})`
    case 'symmetrised':
      return `symmetrised(${showForm(e.of)})`
    default:
      return e.kind
  }
}
