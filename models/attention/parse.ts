import { either as E } from 'fp-ts'
import type { Checked } from '../../core/index.ts'
import { MOST_DEPTH, tooDeep } from './depth.ts'
import {
  type AtomName,
  applied,
  atomNames,
  constant,
  type Expression,
  functionNames,
  gated,
  learned,
  mask,
  over,
  plus,
  raised,
  scaled,
  softmaxed,
  symmetrised,
  times,
} from './expression.ts'
import { type NamedForm, namedForms } from './named.ts'
import { nearest } from './nearest.ts'
import { type Token, tokensOf } from './tokens.ts'

// This file parses text to expressions by recursive descent:
//
//   sum     = product { ('+' | '-') product }
//   product = factor { ('*' | '/') factor }    a bare number before a * scales what follows
//   factor  = '-' factor | power
//   power   = primary [ ('^' | '**') ['-'] number ]
//   primary = number | '(' sum ')' | name | name '(' ')' | 'mask' '(' number ')'
//           | 'learned' [ '(' ['-'] number ')' ] | 'gate' '(' sum ',' sum ')'
//           | ('softmax' | 'symmetrised' | 'tanh' | 'sigmoid' | 'exp' | 'relu') '(' sum ')'
//   name    = an atom, or a form of the literature

const operators: Readonly<Record<string, (of: Expression) => Expression>> = {
  softmax: softmaxed,
  symmetrised,
  ...Object.fromEntries(functionNames.map((name) => [name, (e: Expression) => applied(name, e)])),
}
const words: readonly string[] = [
  ...atomNames,
  ...Object.keys(operators),
  ...['mask', 'learned', 'gate'],
  ...Object.keys(namedForms),
]

/** An error that says what was expected and where; `parseForm` catches it and returns a Problem. */
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
const tooMany = `at most ${MOST_DEPTH} nested operations or brackets`

/** The longest formula; a longer one is better written as a function. */
const MOST_CHARACTERS = 10_000

/** A factor; `bare` says whether it is a number without brackets. */
interface Factor {
  readonly form: Expression
  readonly bare: boolean
}

const parser = (tokens: readonly Token[], end: number) => {
  let next = 0
  let depth = 0
  const peek = (): string | undefined => tokens[next]?.text
  const where = (): number => tokens[next]?.at ?? end
  const fails = (expected: string, at = where()): never => {
    throw new Unexpected(at, `${expected} at character ${at + 1}`)
  }
  const takes = (text: string): boolean => {
    if (peek() !== text) return false
    next += 1
    return true
  }
  const needs = (text: string, why: string): void => {
    if (!takes(text)) fails(`${text} ${why}`)
  }
  const number = (example = ''): number => {
    const text = peek()
    if (!isNumber(text)) return fails(`a number${example}`)
    next += 1
    return Number(text)
  }
  const signed = (example: string): number => (takes('-') ? -number(example) : number(example))
  /** Parses one level deeper. */
  const inside = <A>(what: () => A): A => {
    depth += 1
    if (depth > MOST_DEPTH) fails(tooMany)
    const found = what()
    depth -= 1
    return found
  }

  const unknown = (name: string, at: number): never => {
    const near = nearest(name, words)
    const known = near === undefined ? `one of ${words.join(', ')}` : `did you mean ${near}?`
    throw new Unexpected(at, `a known word, not "${name}" at character ${at + 1}: ${known}`)
  }

  const named = (name: string, at: number): Expression => {
    if (name === 'mask') {
      needs('(', 'and a radius in patches, such as mask(1)')
      const radius = number()
      needs(')', 'after the radius')
      return mask(radius)
    }
    if (name === 'learned') {
      if (!takes('(') || takes(')')) return learned()
      const value = signed(' to start from, such as learned(0.1)')
      needs(')', 'after the number to start from')
      return learned(value)
    }
    if (name === 'gate') {
      needs('(', 'and two forms, such as gate(softmax(content), relative)')
      const left = inside(sum)
      needs(',', 'and a second form: gate(a, b) mixes two')
      const right = inside(sum)
      needs(')', 'to close gate(')
      return gated(left, right)
    }
    if (Object.hasOwn(operators, name)) {
      needs('(', `and a form, such as ${name}(content)`)
      const form = inside(sum)
      needs(')', `to close ${name}(`)
      return operators[name]!(form)
    }
    const known = atomNames.includes(name as AtomName)
    if (!known && !Object.hasOwn(namedForms, name)) return unknown(name, at)
    if (takes('(')) needs(')', `at once: ${name} takes nothing`)
    return known ? { kind: name as AtomName } : namedForms[name as NamedForm]
  }

  const primary = (): Factor => {
    const token = tokens[next]
    if (token === undefined) return fails(anyForm)
    const { text, at } = token
    if (isNumber(text)) return { form: constant(number()), bare: true }
    if (takes('(')) {
      const form = inside(sum)
      needs(')', 'to close (')
      return { form, bare: false }
    }
    if (!isWord(text)) return fails(anyForm)
    next += 1
    return { form: named(text, at), bare: false }
  }

  const power = (): Factor => {
    const base = primary()
    if (!takes('^') && !takes('**')) return base
    const exponent = signed(' as exponent, such as 2 or -0.5')
    return { form: raised(exponent, base.form), bare: false }
  }

  const factor = (): Factor => {
    if (!takes('-')) return power()
    const { form, bare } = inside(factor)
    return bare && form.kind === 'constant'
      ? { form: constant(-form.value), bare }
      : { form: scaled(-1, form), bare: false }
  }

  const product = (): Expression => {
    let { form, bare } = factor()
    for (;;) {
      if (takes('*')) {
        const right = factor().form
        form = bare && form.kind === 'constant' ? scaled(form.value, right) : times(form, right)
      } else if (takes('/')) form = over(form, factor().form)
      else return form
      bare = false
    }
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
    if (end > MOST_CHARACTERS) fails(`a formula of at most ${MOST_CHARACTERS} characters`, 0)
    const form = sum()
    if (next < tokens.length) fails('+, -, *, /, ^ or the end')
    return tooDeep(form) ? fails(tooMany, 0) : form
  }
}

/** The number of characters of a long text that are shown on each side of a problem. */
const SHOWN = 40

/**
 * Returns the text with a caret below the place of the problem; of a long text only the part around
 * it.
 */
const pointed = (text: string, at: number): readonly string[] => {
  if (text.length <= 3 * SHOWN) return [text, `${' '.repeat(at)}^`]
  const from = Math.max(0, at - SHOWN)
  const before = from > 0 ? '…' : ''
  const after = at + SHOWN < text.length ? '…' : ''
  const part = `${before}${text.slice(from, at + SHOWN)}${after}`
  return [part, `${' '.repeat(before.length + at - from)}^`]
}

/**
 * Parses an attention form from its text, such as `softmax(content + relative)`, or from its name.
 *
 * Errors  ParseError says what was expected and where: data { at, expected }, `at` from 0; also for
 *         more than 200 nested operations or brackets, and above 10,000 characters.
 * Laws    parseForm(showForm(e)) is e.
 */
export const parseForm = (text: string): Checked<Expression> =>
  E.tryCatch(parser(tokensOf(text), text.length), (error) => {
    if (!(error instanceof Unexpected)) throw error
    const { at, message: expected } = error
    return {
      kind: 'ParseError',
      where: 'attention form',
      what: `expected ${expected}${/[.?]$/.test(expected) ? '' : '.'}`,
      operands: pointed(text, at),
      data: { at, expected },
    }
  })
