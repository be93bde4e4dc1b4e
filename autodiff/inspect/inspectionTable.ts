import { axesOf, fail, knownOptions, showShape } from '../../core/index.ts'
import { counted } from '../../core/values/index.ts'
import { folded, type Group } from './folded.ts'
import type { InspectedEquation, Inspection } from './inspect.ts'
import type { Origin } from './nonFinite.ts'
import { brief, shownRange, shownSize } from './valueSummary.ts'

// An inspection as a table for a terminal: a line for each input and each equation, or group.

export interface TableOptions {
  /** The width in columns, at least 40; 80 unless given. */
  readonly columns?: number
  /** A program of more equations is folded by its layers; 60 unless given. */
  readonly most?: number
}

/** The least width of the column of equations, before other columns are left out. */
const LEAST = 24
const NARROWEST = 40

interface Row {
  readonly mark: string
  readonly name: string
  readonly shape: string
  readonly value: string
  readonly cotangent: string
  readonly rule: string
  readonly what: string
  readonly line: string
}
type Column = keyof Row

const heading: Row = {
  mark: '',
  name: '',
  shape: 'shape',
  value: 'value',
  cotangent: 'cotangent',
  rule: 'rule error',
  what: 'equation',
  line: 'line',
}

/** Columns in their order; those of numbers are aligned at the right. */
const order: readonly Column[] = [
  'mark',
  'name',
  'shape',
  'value',
  'cotangent',
  'rule',
  'what',
  'line',
]
const numeric: readonly Column[] = ['value', 'cotangent', 'rule']
/** Where the width does not suffice, these go first. */
const dispensable: readonly Column[] = ['line', 'shape', 'value']

const lengthOf = (text: string): number => [...text.replaceAll(/\p{Mn}/gu, '')].length
const cut = (text: string, width: number): string =>
  lengthOf(text) > width ? `${[...text].slice(0, Math.max(0, width - 1)).join('')}…` : text
const padded = (text: string, width: number, right: boolean): string => {
  const space = ' '.repeat(Math.max(0, width - lengthOf(text)))
  return right ? space + text : text + space
}

/** `sum axes [0] c`, without its variable. */
export const formulaOf = ({ operation, params, operands }: InspectedEquation): string =>
  [operation, params, ...operands].filter((text) => text !== '').join(' ')

const shownError = (e: number | undefined): string => (e === undefined ? '' : brief(e))

const equationRow = (e: InspectedEquation, mark: string): Row => ({
  mark,
  name: e.name,
  shape: showShape(e.shape),
  value: shownRange(e.value),
  cotangent: shownSize(e.cotangent),
  rule: shownError(e.ruleError),
  what: formulaOf(e),
  line: e.line ?? '',
})

const groupRow = ({ name = '', equations }: Group, mark: string): Row => {
  const last = equations.at(-1)!
  const errors = equations.flatMap(({ ruleError }) => ruleError ?? [])
  return {
    ...equationRow(last, mark),
    rule: errors.length === 0 ? '' : brief(Math.max(...errors)),
    what: `${name}: ${counted(equations.length, 'equation')}`,
  }
}

/** Marks where something that is not finite arose: `!` forward, `?` backward. */
const marker = ({ nonFinite }: Inspection): ((equations: Group['equations']) => string) => {
  const has = (list: readonly Origin[], equations: Group['equations']): boolean =>
    list.some(({ equation }) => equations.some(({ index }) => index === equation))
  return (equations) =>
    `${has(nonFinite.forward, equations) ? '!' : ''}${has(nonFinite.backward, equations) ? '?' : ''}`
}

/** Lays rows out in at most so many columns of text. */
const laidOut = (rows: readonly Row[], columns: number): readonly string[] => {
  const all = [heading, ...rows]
  const widthOf = (column: Column): number => Math.max(...all.map((r) => lengthOf(r[column])))
  const filled = order.filter((column) => rows.some((r) => r[column] !== ''))
  const spent = (of: readonly Column[]): number =>
    of.reduce((sum, c) => sum + (c === 'what' ? 0 : widthOf(c) + 2), 0)
  const fitting = axesOf(dispensable.length + 1)
    .map((n) => filled.filter((c) => !dispensable.slice(0, n).includes(c)))
    .find((of, n) => columns - spent(of) >= LEAST || n === dispensable.length)!
  const left = Math.max(8, Math.min(widthOf('what'), columns - spent(fitting)))
  return all.map((row) =>
    cut(
      fitting
        .map((c) => {
          const width = c === 'what' ? left : widthOf(c)
          return padded(cut(row[c], width), width, numeric.includes(c))
        })
        .join('  ')
        .trimEnd(),
      columns,
    ),
  )
}

/** Breaks a sentence into lines of at most so many columns, at spaces. */
const wrapped = (text: string, columns: number): readonly string[] => {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && lengthOf(`${last} ${word}`) <= columns)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(last === undefined ? word : `  ${word}`)
  }
  return lines.map((line) => cut(line, columns))
}

const verdictOn = (pass: string, mark: string, origins: readonly Origin[]): readonly string[] =>
  origins.length === 0
    ? []
    : [
        `${mark} first ${pass}: ${origins[0]!.what}` +
          (origins.length === 1 ? '' : ` (and ${counted(origins.length - 1, 'other place')})`),
      ]

/**
 * Returns an inspection as a table of text: for each equation its variable, shape, the range of its
 * value, the root mean square of its cotangent, operation and operands, and the line of code. The
 * mark `!` stands where the first NaN or infinity arose, `?` where it arose on the way back.
 *
 * Shapes  no line is wider than `columns`; where these are few, line, shape and value are left out.
 * Errors  DomainError for less than 40 columns.
 * @example inspectionTable(inspect((x) => mul(x, x))(tensor(3))) // →
 * // function: 1 equation of 1 input
 * //    shape  value  cotangent  equation
 * // a  []         3          6  argument 1
 * // b  []         9          1  mul a a
 * // returns b
 */
export const inspectionTable = (inspection: Inspection, options: TableOptions = {}): string => {
  const { columns = 80, most } = knownOptions('inspectionTable', options, ['columns', 'most'])
  if (!(columns >= NARROWEST))
    return fail('DomainError', 'inspectionTable', `${columns} columns do not hold a table.`, {
      fix: `give at least ${NARROWEST}.`,
    })
  const { name, inputs, equations, outputs, nonFinite } = inspection
  const mark = marker(inspection)
  const rows = [
    ...inputs.map((v): Row => ({
      mark: '',
      name: v.name,
      shape: showShape(v.shape),
      value: shownRange(v.value),
      cotangent: shownSize(v.cotangent),
      rule: '',
      what: v.path,
      line: '',
    })),
    ...folded(inspection, most).map((group) =>
      group.equations.length === 1
        ? equationRow(group.equations[0]!, mark(group.equations))
        : groupRow(group, mark(group.equations)),
    ),
  ]
  const results = outputs.map((o) => (o.path === '(root)' ? o.name : `${o.path} = ${o.name}`))
  return [
    ...[
      `${name}: ${counted(equations.length, 'equation')} of ${counted(inputs.length, 'input')}`,
      ...verdictOn('not finite', '!', nonFinite.forward),
      ...verdictOn('not finite on the way back', '?', nonFinite.backward),
    ].flatMap((line) => wrapped(line, columns)),
    ...laidOut(rows, columns),
    ...wrapped(`returns ${results.join(', ')}`, columns),
  ].join('\n')
}
