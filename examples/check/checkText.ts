import { type CheckedFile, type Finding, isFailure, type Outcome } from './finding.ts'

// The report for the terminal: a line for each export, then a block for each failure.

const marks: Readonly<Record<Outcome, string>> = {
  right: 'right',
  wrong: 'WRONG',
  'cannot tell': 'unsure',
  'not differentiable': 'kink',
  'not finite': 'NaN or ∞',
  'not deterministic': 'random',
  'no dependence': 'constant',
  refused: 'FAILED',
  'left out': '–',
}

/** The columns of a terminal. */
const COLUMNS = 80

const cut = (text: string, width: number): string => {
  const letters = [...text]
  return letters.length <= width ? text : `${letters.slice(0, width - 1).join('')}…`
}

const lineOf = (finding: Finding, width: number): string => {
  const { name, kind, outcome, brief } = finding
  const start = `  ${marks[outcome].padEnd(8)}  ${name.padEnd(width)}  ${kind.padEnd(8)}  `
  return `${start}${cut(brief.replace(/^TypeError in /, ''), COLUMNS - [...start].length)}`.trimEnd()
}

/** Breaks a text into lines within the columns; a line that fits stays as it is. */
const wrapped = (text: string, indent: string): readonly string[] => {
  if ([...indent, ...text].length <= COLUMNS) return [`${indent}${text}`]
  const lines: string[] = []
  let line = indent
  for (const word of text.trim().split(/\s+/)) {
    const next = line === indent ? `${indent}${word}` : `${line} ${word}`
    if ([...next].length > COLUMNS && line !== indent) {
      lines.push(line)
      line = `${indent}${word}`
    } else line = next
  }
  return [...lines, line]
}

const blockOf = (path: string, finding: Finding): string =>
  [
    `${path}: ${finding.name} (${finding.kind}) ${finding.outcome === 'refused' ? 'could not be checked' : `is ${finding.outcome}`}`,
    ...wrapped(finding.says, '  '),
    ...finding.block.flatMap((line) => wrapped(line, '  ')),
  ].join('\n')

const needsBlock = (finding: Finding): boolean =>
  finding.outcome !== 'right' && finding.outcome !== 'left out'

const fileText = ({ path, findings, problem }: CheckedFile): string => {
  const width = findings.reduce((most, { name }) => Math.max(most, [...name].length), 0)
  return [
    path,
    ...findings.map((finding) => lineOf(finding, width)),
    ...(problem === undefined ? [] : wrapped(`cannot be checked: ${problem}`, '  ')),
  ].join('\n')
}

const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`

/** Sums up all files in a line. */
const summary = (files: readonly CheckedFile[]): string => {
  const all = files.flatMap(({ findings }) => findings)
  const count = (is: (finding: Finding) => boolean): number => all.filter(is).length
  const right = count(({ outcome }) => outcome === 'right')
  const wrong = count(isFailure)
  const unread = files.filter(({ problem }) => problem !== undefined).length
  const doubtful = count((f) => needsBlock(f) && !isFailure(f))
  return [
    `${right} right`,
    `${wrong} wrong or failed`,
    ...(doubtful > 0 ? [`${doubtful} in doubt`] : []),
    ...(unread > 0 ? [`${counted(unread, 'file')} not checked`] : []),
  ].join(', ')
}

/** Returns the report of some files. */
export const checkText = (files: readonly CheckedFile[]): string =>
  [
    ...files.map(fileText),
    ...files.flatMap(({ path, findings }) =>
      findings.filter(needsBlock).map((finding) => blockOf(path, finding)),
    ),
    summary(files),
  ].join('\n\n')
