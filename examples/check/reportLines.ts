import { relative, resolve } from 'node:path'
import type { Blamed, Comparison, GradientReport } from '../../autodiff/index.ts'
import { type Concrete, dataOf, showPath } from '../../core/index.ts'

// The report of a gradient check in the lines of a terminal, for a reader who is new to it.

const digits = (x: number): string => x.toPrecision(6)

/** The first numbers of a tensor. */
const numbers = (x: Concrete): string => {
  const all = Array.from(dataOf(x), (v) => v.toPrecision(4))
  return all.length > 4 ? `${all.slice(0, 4).join(', ')}, …` : all.join(', ')
}

const place = ({ path, index }: Comparison): string => {
  const entry = index === undefined ? '' : `[${index.join(', ')}]`
  return path.length === 0 ? entry || 'a direction' : `${showPath(path)}${entry}`
}

const comparisonLines = (c: Comparison): readonly string[] => {
  const ratio = c.claimed / c.reference
  const claimant = c.mode === 'forward' ? 'the jvp' : 'the pullback'
  const witness = c.witness === 'differences' ? 'differences' : `the ${c.witness}`
  return [
    `${place(c)}:  ${claimant} gives ${digits(c.claimed)}`,
    `${' '.repeat([...place(c)].length + 3)}${witness} give ${digits(c.reference)} ± ${c.referenceError.toExponential(0)}` +
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
export const reportLines = (report: GradientReport, path: string): readonly string[] => [
  ...(report.worst === undefined ? [] : comparisonLines(report.worst)),
  ...report.blamed.slice(0, 3).flatMap((b) => blamedLines(b, path)),
  ...(report.blamed.length > 3 ? [`and ${report.blamed.length - 3} more`] : []),
]
