import { relative, resolve } from 'node:path'
import type { Blamed, Comparison, GradientReport } from '../../autodiff/index.ts'
import { type Concrete, dataOf, showPath } from '../../core/index.ts'

import type { Kind } from './finding.ts'

// The report of a gradient check in the lines of a terminal, for a reader who is new to it.

const digits = (x: number): string => x.toPrecision(6)

/** The first numbers of a tensor. */
const numbers = (x: Concrete): string => {
  const all = Array.from(dataOf(x), (v) => v.toPrecision(4))
  return all.length > 4 ? `${all.slice(0, 4).join(', ')}, …` : all.join(', ')
}

/** Names an argument: a layer has two, its parameters and its input. */
const argumentNamed = (k: number, kind: Kind): string =>
  kind === 'layer'
    ? (['params', 'x'][k] ?? `input ${k}`)
    : `${kind === 'rule' ? 'operand' : 'argument'} ${k + 1}`

const placeOf = ({ path, index = [] }: Comparison, kind: Kind): string => {
  const entry = index.length === 0 ? '' : `[${index.join(', ')}]`
  const [first, ...rest] = path
  if (first === undefined) return entry === '' ? 'x' : entry
  if (typeof first !== 'number') return `${showPath(path)}${entry}`
  const inside = rest.length === 0 ? '' : `, ${showPath(rest)}`
  return `${argumentNamed(first, kind)}${inside}${entry}`
}

const comparisonLines = (c: Comparison, kind: Kind): readonly string[] => {
  const place = `${placeOf(c, kind)}${c.direction === undefined ? '' : ' along a direction'}: `
  const ratio = c.claimed / c.reference
  const claimant = c.mode === 'forward' ? 'the jvp' : 'the pullback'
  const witness = c.witness === 'differences' ? 'differences' : `the ${c.witness}`
  return [
    `${place} ${claimant} gives ${digits(c.claimed)}`,
    `${' '.repeat([...place].length + 1)}${witness} give ${digits(c.reference)} ± ${c.referenceError.toExponential(0)}` +
      (Number.isFinite(ratio) ? `   (ratio ${ratio.toPrecision(4)})` : ''),
  ]
}

const blamedLines = (b: Blamed, path: string): readonly string[] => {
  const rule = b.primitive === 'customVjp' ? (b.name ?? 'customVjp') : b.primitive
  const file = b.site === undefined ? '' : relative(process.cwd(), b.site.file)
  const own = b.site !== undefined && resolve(b.site.file) === resolve(path)
  const site = b.site === undefined ? '' : ` at ${own ? 'line ' : `${file}:`}${b.site.line}`
  return [
    `blamed: the ${b.rule === 'vjp' ? 'pullback' : 'jvp'} of ${rule}${site}, operand ${b.operand + 1}`,
    `  expected  ${numbers(b.expected)}`,
    `  obtained  ${numbers(b.obtained)}`,
    ...(b.mistake === undefined ? [] : [`  likely: ${b.mistake.words}`]),
  ]
}

/** Returns what a report says below its verdict. */
export const reportLines = (
  report: GradientReport,
  path: string,
  kind: Kind,
): readonly string[] => [
  ...(report.verdict === 'wrong' && report.worst !== undefined
    ? comparisonLines(report.worst, kind)
    : [report.reason]),
  ...(report.problem?.operands ?? []),
  ...(report.problem?.fix === undefined ? [] : [`Fix: ${report.problem.fix}`]),
  ...report.blamed.slice(0, 3).flatMap((b) => blamedLines(b, path)),
  ...(report.blamed.length > 3 ? [`and ${report.blamed.length - 3} more`] : []),
]
