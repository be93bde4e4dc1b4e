import { ruleWords } from '../../../autodiff/index.ts'
import { type Equation, showShape } from '../../../core/index.ts'
import { showParams } from '../../../core/programs/index.ts'
import { rounded } from '../../../core/values/index.ts'
import type { Piece } from './shownProgram.ts'

// Equations as formulas that can be read: `a · b`, `Σ z over axis 1`, `b as [1, 8]`.

/** Primitives of several operands, whose words have letters for them. */
const letters: Readonly<Record<string, readonly string[]>> = {
  atan2: ['s', 'c'],
  select: ['c', 'a', 'b'],
}

/** Formulas whose letters are superscripts stand in another way, so that names can replace them. */
const written: Readonly<Record<string, string>> = {
  exp: 'exp x',
  expm1: 'exp x − 1',
  sinh: 'sinh x',
  cosh: 'cosh x',
  asinh: 'asinh x',
}

/** Puts operands in the place of the letters of a formula. */
const filled = (words: string, names: readonly string[], operands: readonly Piece[]) =>
  words
    .split(new RegExp(`(?<![\\p{L}])(${names.join('|')})(?![\\p{L}])`, 'u'))
    .flatMap((part): readonly Piece[] => {
      const k = names.indexOf(part)
      return part === '' ? [] : [k < 0 ? part : operands[k]!]
    })

const axes = (list: readonly number[]): string =>
  list.length === 1 ? `axis ${list[0]}` : `axes ${list.join(', ')}`

/** Joins pieces by a text. */
const joined = (operands: readonly Piece[], text: string): readonly Piece[] =>
  operands.flatMap((x, k) => (k === 0 ? [x] : [text, x]))

/** Returns a constant as it stands in a formula: one number where all its entries are equal. */
export const constantText = (eq: Equation): string => {
  if (eq.primitive !== 'constant') return ''
  const [first = 0, ...others] = eq.params.data
  return others.every((x) => Object.is(x, first))
    ? rounded(first).replace('-', '−')
    : showParams(eq).trim()
}

/** Returns the right-hand side of an equation in pieces; operands are given as they shall stand. */
export const formulaOf = (eq: Equation, operands: readonly Piece[]): readonly Piece[] => {
  const [x = '', y = ''] = operands
  switch (eq.primitive) {
    case 'sum':
      return ['Σ ', x, ` over ${axes(eq.params.axes)}`]
    case 'max':
      return ['max ', x, ` over ${axes(eq.params.axes)}`]
    case 'contract': {
      const { left, right, out } = eq.params
      const gone = [...new Set([...left, ...right])].filter((label) => !out.includes(label))
      const sums = gone.length === 0 ? '' : `Σ_${gone.join('')} `
      return [sums, x, `[${left.join(' ')}] · `, y, `[${right.join(' ')}] → [${out.join(' ')}]`]
    }
    case 'reshape':
      return [x, ` as ${showShape(eq.params.shape)}`]
    case 'transpose':
      return [x, ` with ${axes(eq.params.axes)}`]
    case 'broadcast':
      return [x, ` repeated to ${showShape(eq.params.shape)}`]
    case 'gather':
      return [x, ` at ${eq.params.indices.length} indices of axis ${eq.params.axis}`]
    case 'scatterAdd':
      return [x, ` added up at ${eq.params.indices.length} indices of axis ${eq.params.axis}`]
    case 'concatenate':
      return [...joined(operands, ', '), ` joined along axis ${eq.params.axis}`]
    case 'slice':
      return [x, ` from ${showShape(eq.params.start)} to ${showShape(eq.params.stop)}`]
    case 'pad':
      return [x, ' with zeros around it']
    case 'power':
      return [x, ` to the power ${eq.params.exponent}`]
    case 'constant':
      return [constantText(eq)]
    case 'stopGradient':
      return [x, ', taken as constant']
    case 'customVjp':
      return [`${eq.params.name}(`, ...joined(operands, ', '), ')']
    default: {
      const names = letters[eq.primitive] ?? (operands.length > 1 ? ['a', 'b'] : ['x'])
      return filled(written[eq.primitive] ?? ruleWords[eq.primitive][0], names, operands)
    }
  }
}
