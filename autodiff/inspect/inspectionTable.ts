import { axesOf, fail, knownOptions, showShape } from '../../core/index.ts'
import { counted, fewInRow, largest, smallest } from '../../core/values/index.ts'
import { folded, type Group } from './folded.ts'
import type { InspectedEquation, InspectedInput, Inspection } from './inspect.ts'
import { type Origin, shownSite } from './nonFinite.ts'
import { brief, shownRange, shownSize } from './valueSummary.ts'

// An inspection as a table for a terminal: a line for each input and each equation, or group.

export interface TableOptions {
  /** The width in columns, at least 40; 80 unless given. */
  readonly columns?: number
  /** A program of more equations is folded by its layers; 60 unless given. */
  readonly most?: number
}

/** The least width of the column of equations, before other columns are left out. */
const LEAST = 20
const NARROWEST = 40

interface Row {
  /** Tells whether the text of the row is a path. */
  readonly path?: true
  readonly mark: string
  readonly name: string
  readonly shape: string
  readonly value: string
  readonly cotangent: string
  readonly rule: string
  readonly what: string
  readonly line: string
}
type Column = Exclude<keyof Row, 'path'>

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
/** These columns go first where the width does not suffice. */
const dispensable: readonly Column[] = ['line', 'shape', 'value']

const lengthOf = (text: string): number => [...text.replaceAll(/\p{Mn}/gu, '')].length
const cut = (text: string, width: number): string =>
  lengthOf(text) > width ? `${[...text].slice(0, Math.max(0, width - 1)).join('')}…` : text
/** Paths are cut at their beginning, because their ends tell them apart. */
const cutPath = (text: string, width: number): string => {
  const letters = [...text]
  return letters.length > width ? `…${letters.slice(letters.length - width + 1).join('')}` : text
}
const padded = (text: string, width: number, right: boolean): string => {
  const space = ' '.repeat(Math.max(0, width - lengthOf(text)))
  return right ? space + text : text + space
}

/** Names a variable in a formula: a constant stands there as its value. */
export type NameIn = (name: string) => string
export const namesIn = ({ equations }: Inspection): NameIn => {
  const constants = new Map(
    equations.flatMap((e) => (e.primitive === 'constant' ? [[e.name, e.params] as const] : [])),
  )
  return (name) => constants.get(name) ?? name
}

/** `sum axes [0] c`, without its variable. */
export const formulaOf = (e: InspectedEquation, nameIn: NameIn): string =>
  [e.operation, e.params, ...e.operands.map(nameIn)].filter((text) => text !== '').join(' ')

const shownError = (e: number | undefined): string => (e === undefined ? '' : brief(e))

const equationRow = (e: InspectedEquation, mark: string, nameIn: NameIn): Row => ({
  mark,
  name: e.name,
  shape: showShape(e.shape),
  value: shownRange(e.value),
  cotangent: shownSize(e.cotangent),
  rule: shownError(e.ruleError),
  what: formulaOf(e, nameIn),
  line: e.site === undefined ? '' : shownSite(e.site),
})

const groupRow = ({ name = '', equations }: Group, mark: string, nameIn: NameIn): Row => {
  const last = equations.at(-1)!
  const errors = equations.flatMap(({ ruleError }) => ruleError ?? [])
  return {
    ...equationRow(last, mark, nameIn),
    rule: errors.length === 0 ? '' : brief(largest(errors)),
    what: `${name}: ${counted(equations.length, 'equation')}`,
    path: true,
  }
}

const marks = { forward: '!', backward: '?' } as const

const inputRow = (v: InspectedInput): Row => ({
  mark: '',
  name: v.name,
  shape: showShape(v.shape),
  value: shownRange(v.value),
  cotangent: shownSize(v.cotangent),
  rule: '',
  what: v.path,
  line: '',
  path: true,
})

/** More inputs than these fold with the equations. */
const FEW_INPUTS = 12

/** The path of an input without its last names: `argument 1, encoder[0]`. */
const branchOf = ({ path }: InspectedInput): string =>
  path.replace(/^(argument \d+, [^.]*).*/, '$1')

const inputRows = (inputs: readonly InspectedInput[], fold: boolean): readonly Row[] => {
  if (!fold || inputs.length <= FEW_INPUTS) return inputs.map(inputRow)
  return [...new Set(inputs.map(branchOf))].map((branch) => {
    const [first, ...others] = inputs.filter((v) => branchOf(v) === branch)
    if (others.length === 0) return inputRow(first!)
    const what = `${branch}: ${counted(others.length + 1, 'input')}`
    const all = [first!, ...others]
    const low = smallest(all.map((v) => v.value.min))
    const high = largest(all.map((v) => v.value.max))
    const bars = all.flatMap(({ cotangent }) => cotangent?.rms ?? [])
    return {
      ...inputRow(first!),
      name: `${first!.name}–${others.at(-1)!.name}`,
      shape: '',
      value: `${brief(low)} … ${brief(high)}`,
      cotangent: bars.length === 0 ? '–' : brief(largest(bars)),
      what,
    }
  })
}

/** Marks where something that is not finite arose. */
const marker = ({ nonFinite }: Inspection): ((equations: Group['equations']) => string) => {
  const has = (list: readonly Origin[], equations: Group['equations']): boolean =>
    list.some(({ equation }) => equations.some(({ index }) => index === equation))
  return (equations) =>
    (has(nonFinite.forward, equations) ? marks.forward : '') +
    (has(nonFinite.backward, equations) ? marks.backward : '')
}

/** Lays rows out in at most so many columns of text. */
const laidOut = (rows: readonly Row[], columns: number): readonly string[] => {
  const all = [heading, ...rows]
  const widthOf = (column: Column): number => largest(all.map((r) => lengthOf(r[column])))
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
          const short = c === 'what' && row.path === true ? cutPath : cut
          return padded(short(row[c], width), width, numeric.includes(c))
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

/** One sentence about where a pass made NaN or infinity first; none where all is finite. */
const sentenceOn = (
  { nonFinite, equations }: Inspection,
  pass: 'forward' | 'backward',
): readonly string[] => {
  const [first, ...others] = nonFinite[pass]
  if (first === undefined) return []
  const site = first.equation === undefined ? undefined : equations[first.equation]!.site
  const place = site === undefined ? '' : ` at ${shownSite(site)}`
  const more = others.length === 0 ? '' : ` (and ${counted(others.length, 'other place')})`
  return [`${marks[pass]} ${pass}: ${first.what}${place}${more}`]
}

/**
 * Returns an inspection as a table of text: for each equation its variable, shape, the range of its
 * value, the root mean square of its cotangent, operation and operands, and the line of code. The
 * mark `!` stands where the first NaN or infinity arose, `?` where it arose on the way back.
 *
 * Shapes  no line is wider than `columns`; where these are few, line, shape and value are left out.
 * Errors  DomainError for less than 40 columns.
 * @example inspectionTable(inspect((x) => mul(x, x), { lines: false })(tensor(3))) // →
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
  const { name, inputs, equations, outputs } = inspection
  const groups = folded(inspection, most)
  const [mark, nameIn] = [marker(inspection), namesIn(inspection)]
  const rows = [
    ...inputRows(inputs, groups.length < equations.length),
    ...groups.map((group) => {
      const [first, ...others] = group.equations
      return others.length === 0
        ? equationRow(first!, mark([first!]), nameIn)
        : groupRow(group, mark(group.equations), nameIn)
    }),
  ]
  const results = outputs.map(
    ({ name: v, path }) => `${path === '(root)' ? '' : `${path} = `}${nameIn(v)}`,
  )
  return [
    ...[
      `${name}: ${counted(equations.length, 'equation')} of ${counted(inputs.length, 'input')}`,
      ...sentenceOn(inspection, 'forward'),
      ...sentenceOn(inspection, 'backward'),
    ].flatMap((line) => wrapped(line, columns)),
    ...laidOut(rows, columns),
    ...wrapped(`returns ${fewInRow(results)}`, columns),
  ].join('\n')
}
