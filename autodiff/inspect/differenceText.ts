import { axesOf, type Equation, fail, knownOptions, type Program } from '../../core/index.ts'
import { nameOf, showEquation } from '../../core/programs/index.ts'
import { counted } from '../../core/values/index.ts'
import type { Diagram, DiagramNode } from './diagram.ts'
import type { Change, ChangedEquation, ProgramDifference } from './programDifference.ts'

// The difference of two programs as text, in the manner of `diff`, and as a diagram.

/** A sign, a colour and words for each change; equal equations are grey. */
const signs: Readonly<Record<Change, readonly [sign: string, fill: string, means: string]>> = {
  same: [' ', '#dddddd', 'equal in both'],
  changed: ['~', '#ffffff', '~ same operation on other values'],
  removed: ['-', '#f0b04a', '- only before'],
  added: ['+', '#56b4e9', '+ only after'],
}

const equationOf = (
  { before, after }: Pick<ProgramDifference, 'before' | 'after'>,
  line: ChangedEquation,
): Equation =>
  line.after === undefined ? before.equations[line.before!]! : after.equations[line.after]!

const textOf = (difference: ProgramDifference, line: ChangedEquation): string =>
  `${signs[line.change][0]} ${showEquation(equationOf(difference, line))}`

/** Counts the changes: `12 equal, 1 removed`. */
export const shownChanges = ({ equations, sameOutputs }: ProgramDifference): string => {
  const count = (change: Change): number => equations.filter((e) => e.change === change).length
  const words = { same: 'equal', changed: 'on other values', removed: 'removed', added: 'added' }
  const parts = (Object.keys(words) as Change[])
    .filter((change) => count(change) > 0)
    .map((change) => `${count(change).toLocaleString('en-US')} ${words[change]}`)
  const results = sameOutputs ? 'the same outputs' : 'other outputs'
  return [...parts, results].join(', ')
}

/**
 * Returns the numbers of the lines that are changes themselves. An operation on values that have
 * changed before it is none.
 */
const ownChanges = (difference: ProgramDifference): readonly number[] => {
  const changed = new Set<number>()
  return difference.equations.flatMap((line, k) => {
    if (line.change === 'same') return []
    const { inputs, output } = equationOf(difference, line)
    if (line.after !== undefined) changed.add(output.id)
    return line.change === 'changed' && inputs.some((v) => changed.has(v.id)) ? [] : [k]
  })
}

/** Counts equations that are no changes themselves. */
const countsIn = (lines: readonly ChangedEquation[]): readonly string[] => {
  const equal = lines.filter(({ change }) => change === 'same').length
  const others = lines.length - equal
  return [
    ...(equal > 0 ? [counted(equal, 'equal equation')] : []),
    ...(others > 0 ? [`${others} on values that differ`] : []),
  ]
}

export interface DifferenceTextOptions {
  /** The width in columns; 80 unless given. */
  readonly columns?: number
  /** How many equal equations stand around each change; 2 unless given. */
  readonly context?: number
}

/**
 * Returns the difference of two programs as text: a line for each equation with `-` that only
 * the first program has, with `+` that only the second has, with `~` for the same operation on
 * other values, and a few around. Equations that differ only in what came before are counted.
 *
 * Shapes  no line is wider than `columns`.
 */
export const differenceText = (
  difference: ProgramDifference,
  options: DifferenceTextOptions = {},
): string => {
  const { columns = 80, context = 2 } = knownOptions('differenceText', options, [
    'columns',
    'context',
  ])
  if (!(columns >= 20 && context >= 0))
    return fail('DomainError', 'differenceText', `columns ${columns}, context ${context}.`, {
      fix: 'give at least 20 columns, and a context of 0 or more.',
    })
  const { equations } = difference
  const shown = new Set(
    ownChanges(difference).flatMap((k) =>
      axesOf(2 * context + 1).map((offset) => k + offset - context),
    ),
  )
  const lines: string[] = []
  let skipped: ChangedEquation[] = []
  const skip = (): void => {
    if (skipped.length > 0) lines.push(`  … ${countsIn(skipped).join(', ')}`)
    skipped = []
  }
  equations.forEach((line, k) => {
    if (shown.has(k)) {
      skip()
      lines.push(textOf(difference, line))
    } else skipped.push(line)
  })
  skip()
  const cut = (line: string): string =>
    [...line].length > columns ? `${[...line].slice(0, columns - 1).join('')}…` : line
  return [shownChanges(difference), ...lines].map(cut).join('\n')
}

/** A node of the diagram: one equation, or several that follow each other. */
type Run = readonly ChangedEquation[]

/** Joins equations that are no changes themselves where the whole would be too much to draw. */
const runsOf = (difference: ProgramDifference, most: number): readonly Run[] => {
  const { equations } = difference
  if (equations.length <= most) return equations.map((line) => [line])
  const own = new Set(ownChanges(difference).map((k) => equations[k]!))
  const runs: ChangedEquation[][] = []
  for (const line of equations) {
    const last = runs.at(-1)
    if (last !== undefined && !own.has(line) && !own.has(last[0]!)) last.push(line)
    else runs.push([line])
  }
  return runs
}

/**
 * Returns the diagram of a difference: what is equal is grey, and signs say the rest without
 * colours. Of more than `most` equations, those between the changes are joined.
 */
export const differenceDiagram = (difference: ProgramDifference, most = 60): Diagram => {
  const runs = runsOf(difference, most)
  type Side = 'before' | 'after'
  /** Returns the node in which a program makes each of its variables. */
  const makersIn = (side: Side): ReadonlyMap<number, string> =>
    new Map(
      runs.flatMap((run, k) =>
        run.flatMap((line) => {
          const index = line[side]
          return index === undefined
            ? []
            : [[difference[side].equations[index]!.output.id, `n${k}`] as const]
        }),
      ),
    )
  const makers = { before: makersIn('before'), after: makersIn('after') }
  const sideOf = ({ after }: ChangedEquation): Side => (after === undefined ? 'before' : 'after')
  const isInput = (program: Program, id: number): boolean => id < program.inputs.length
  const parts = runs.map((run, k) => {
    const id = `n${k}`
    const [first] = run
    const [, fill] = signs[run.every(({ change }) => change === 'same') ? 'same' : first!.change]
    const operands = run.flatMap((line) =>
      equationOf(difference, line).inputs.map((v) => ({ v, side: sideOf(line) })),
    )
    const own = operands
      .filter(({ v, side }) => isInput(difference[side], v.id))
      .map(
        ({ v }): DiagramNode => ({
          id: `${nameOf(v)}_${id}`,
          kind: 'input',
          lines: [nameOf(v)],
          fill: '#ffffff',
        }),
      )
    const nodes = [...new Map(own.map((node) => [node.id, node])).values()]
    const node: DiagramNode = {
      id,
      kind: run.length === 1 ? 'equation' : 'group',
      lines: run.length === 1 ? [textOf(difference, first!).trim()] : countsIn(run),
      fill,
    }
    const sources = operands.flatMap(({ v, side }) => makers[side].get(v.id) ?? [])
    const before = [...new Set([...sources, ...nodes.map((n) => n.id)])].filter((s) => s !== id)
    return { nodes: [...nodes, node], edges: before.map((from) => ({ from, to: id })) }
  })
  return {
    title: shownChanges(difference),
    nodes: parts.flatMap((part) => part.nodes),
    edges: parts.flatMap((part) => part.edges),
    legend: {
      title: 'the difference of two programs',
      shades: (Object.keys(signs) as Change[]).map((change) => ({
        fill: signs[change][1],
        means: signs[change][2],
      })),
    },
  }
}
