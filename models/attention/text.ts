import { shallow } from './depth.ts'
import type { Expression } from './expression.ts'

// This file prints expressions as text that `parseForm` reads back.

/**
 * Returns the binding strength of an expression's text: lowest for sums, highest for words and
 * brackets.
 */
const bindingOf = (e: Expression): number => {
  switch (e.kind) {
    case 'plus':
      return 0
    case 'times':
    case 'over':
    case 'scaled':
      return 1
    case 'power':
      return 2
    case 'constant':
      return e.value < 0 ? 2 : 3
    default:
      return 3
  }
}

/** Returns the text, in brackets where it binds less strongly than its place requires. */
const within = (binding: number, e: Expression): string =>
  bindingOf(e) < binding ? `(${show(e)})` : show(e)

/** Returns the text of the first factor of a `*`; a bare number there would be read as `scaled`. */
const asFirstFactor = (e: Expression): string =>
  e.kind === 'constant' ? `(${show(e)})` : within(1, e)

const show = (e: Expression): string => {
  switch (e.kind) {
    case 'constant':
      return String(e.value)
    case 'learned':
      return `learned(${e.value})`
    case 'mask':
      return `mask(${e.radius})`
    case 'plus':
      return `${show(e.left)} + ${within(1, e.right)}`
    case 'times':
      return `${asFirstFactor(e.left)} * ${within(2, e.right)}`
    case 'over':
      return `${within(1, e.left)} / ${within(2, e.right)}`
    case 'scaled':
      return `${e.factor} * ${within(2, e.of)}`
    case 'power':
      return `${within(3, e.of)} ^ ${e.exponent}`
    case 'gated':
      return `gate(${show(e.left)}, ${show(e.right)})`
    case 'applied':
      return `${e.name}(${show(e.of)})`
    case 'softmaxed':
      return `softmax(${show(e.of)})`
    case 'symmetrised':
      return `symmetrised(${show(e.of)})`
    default:
      return e.kind
  }
}

/**
 * Returns the expression as a formula.
 *
 * Laws    parseForm(showForm(e)) is e.
 * Errors  DomainError for more than 200 nested operations.
 * @example showForm(softmaxed(plus(content(), relative())))  // → 'softmax(content + relative)'
 */
export const showForm = (e: Expression): string => show(shallow('showForm', e))
