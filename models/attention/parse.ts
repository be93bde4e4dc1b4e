import { either as E } from 'fp-ts'
import type { Checked } from '../../core/index.ts'
import { nearest } from '../../core/nearest.ts'
import {
  type AtomName,
  atomNames,
  constant,
  type Expression,
  mask,
  plus,
  scaled,
  softmaxed,
  symmetrised,
  times,
} from './expression.ts'
import { type NamedForm, namedForms } from './named.ts'

// Text to expressions, by recursive descent:
//
//   sum     = product { ('+' | '-') product }
//   product = factor { '*' factor }            a bare number in front scales what follows
//   factor  = number | '-' factor | '(' sum ')' | name | name '(' ')' | 'mask' '(' number ')'
//           | ('softmax' | 'symmetrised') '(' sum ')'
//   name    = an atom, or a form of the literature

interface Token {
  readonly text: string
  readonly at: number
}

const operators = { softmax: softmaxed, symmetrised } as const
const words: readonly string[] = [
  ...atomNames,
  ...Object.keys(operators),
  'mask',
  ...Object.keys(namedForms),
]

const pattern = /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z]\w*)|(\S))/y

const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = []
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const found = match[1] ?? match[2] ?? match[3] ?? ''
    tokens.push({ text: found, at: match.index + match[0].length - found.length })
  }
  return tokens
}

/** What was expected, and where: caught by `parseForm`, where it becomes a Problem. */
class Unexpected extends Error {
  readonly at: number
  constructor(at: number, expected: string) {
    super(expected)
    this.at = at
  }
}

const isNumber = (text: string | undefined): text is string =>
  text !== undefined && /^[\d.]/.test(text) && Number.isFinite(Number(text))
const isWord = (text: string): boolean => /^[A-Za-z]/.test(text)

const anyForm = 'a form such as content, relative or softmax(...)'

/** A factor, and whether it is a number that stands alone. */
interface Factor {
  readonly form: Expression
  readonly bare: boolean
}

const parser = (tokens: readonly Token[], end: number) => {
  let next = 0
  const peek = (): string | undefined => tokens[next]?.text
  const where = (): number => tokens[next]?.at ?? end
  const fails = (expected: string, at = where()): never => {
    throw new Unexpected(at, expected)
  }
  const takes = (text: string): boolean => {
    if (peek() !== text) return false
    next += 1
    return true
  }
  const needs = (text: string, why: string): void => {
    if (!takes(text)) fails(`${text} ${why}`)
  }
  const number = (): number => {
    const text = peek()
    if (!isNumber(text)) return fails('a number')
    next += 1
    return Number(text)
  }

  const named = (name: string, at: number): Expression => {
    if (name === 'mask') {
      needs('(', 'and a radius in patches, such as mask(1)')
      const radius = number()
      needs(')', 'after the radius')
      return mask(radius)
    }
    if (name in operators) {
      needs('(', `and a form, such as ${name}(content)`)
      const form = sum()
      needs(')', `to close ${name}(`)
      return operators[name as keyof typeof operators](form)
    }
    const known = atomNames.includes(name as AtomName)
    if (!known && !Object.hasOwn(namedForms, name)) {
      const near = nearest(name, words)
      return fails(near === undefined ? `one of ${words.join(', ')}` : `"${near}"`, at)
    }
    if (takes('(')) needs(')', `at once: ${name} takes nothing`)
    return known ? { kind: name as AtomName } : namedForms[name as NamedForm]
  }

  const factor = (): Factor => {
    const token = tokens[next]
    if (token === undefined) return fails(anyForm)
    const { text, at } = token
    if (isNumber(text)) return { form: constant(number()), bare: true }
    if (takes('-')) {
      const { form, bare } = factor()
      return bare && form.kind === 'constant'
        ? { form: constant(-form.value), bare }
        : { form: scaled(-1, form), bare: false }
    }
    if (takes('(')) {
      const form = sum()
      needs(')', 'to close (')
      return { form, bare: false }
    }
    if (!isWord(text)) return fails(anyForm)
    next += 1
    return { form: named(text, at), bare: false }
  }

  const product = (): Expression => {
    let { form, bare } = factor()
    while (takes('*')) {
      const right = factor().form
      form = bare && form.kind === 'constant' ? scaled(form.value, right) : times(form, right)
      bare = false
    }
    return form
  }

  const sum = (): Expression => {
    let form = product()
    for (;;) {
      if (takes('+')) form = plus(form, product())
      else if (takes('-')) form = plus(form, scaled(-1, product()))
      else return form
    }
  }

  return (): Expression => {
    const form = sum()
    return next < tokens.length ? fails('+, -, * or the end') : form
  }
}

/**
 * An attention form from its text, such as `softmax(content + relative)`, or the name of one.
 *
 * Errors  ParseError with what was expected and where: data { at, expected }, `at` from 0.
 * Laws    parseForm(showForm(e)) is e.
 */
export const parseForm = (text: string): Checked<Expression> =>
  E.tryCatch(parser(tokensOf(text), text.length), (error) => {
    if (!(error instanceof Unexpected)) throw error
    const { at, message: expected } = error
    return {
      kind: 'ParseError',
      where: 'attention form',
      what: `expected ${expected} at character ${at + 1}.`,
      operands: [text, `${' '.repeat(at)}^`],
      data: { at, expected },
    }
  })
