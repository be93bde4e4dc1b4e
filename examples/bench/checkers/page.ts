import { wrongRules } from './wrongRules.ts'

// The comparison as Markdown: who found what, and what each said.

/** The messages of a check about the right and the wrong rule; null where it found no fault. */
export interface Said {
  readonly right: string | null
  readonly wrong: string | null
}

/** The messages of every check about every rule. */
export type Answers = Readonly<
  Record<string, { readonly version: string; readonly rules: Readonly<Record<string, Said>> }>
>

const MOST_LINES = 14
const MOST_COLUMNS = 100

/** A message without empty lines, its middle left out where it is long. */
const shortened = (text: string): string => {
  const lines = text
    .split('\n')
    .map((line) => line.trimEnd().replaceAll(/ at 0x[0-9a-f]+/g, ''))
    .filter((line) => line !== '')
    .map((line) => (line.length > MOST_COLUMNS ? `${line.slice(0, MOST_COLUMNS)} …` : line))
  return lines.length <= MOST_LINES
    ? lines.join('\n')
    : [...lines.slice(0, MOST_LINES), `… (${lines.length - MOST_LINES} lines more)`].join('\n')
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** Returns the table, the false alarms, and every message. */
export const pageOf = (answers: Answers): string => {
  const peers = Object.entries(answers)
  const found = wrongRules.map(({ name, mistake }) =>
    row([
      `\`${name}\``,
      mistake,
      ...peers.map(([, { rules }]) => (rules[name]!.wrong === null ? '**missed**' : 'found')),
    ]),
  )
  const counts = peers.map(
    ([, { rules }]) =>
      `${wrongRules.filter(({ name }) => rules[name]!.wrong !== null).length} of 12`,
  )
  const alarms = peers.map(
    ([, { rules }]) => `${wrongRules.filter(({ name }) => rules[name]!.right !== null).length}`,
  )
  const messages = wrongRules.flatMap(({ name, mistake }) => [
    `### ${name}: ${mistake}`,
    ...peers.flatMap(([peer, { rules }]) => {
      const text = rules[name]!.wrong
      return text === null
        ? [`${peer}: nothing.`]
        : [`${peer}:`, `\`\`\`\n${shortened(text)}\n\`\`\``]
    }),
  ])
  return [
    `${peers.map(([, { version }]) => version).join(', ')}.`,
    [
      row(['function', 'mistake', ...peers.map(([peer]) => peer)]),
      row(['---', '---', ...peers.map(() => '---')]),
      ...found,
      row(['found', '', ...counts]),
      row(['alarms at the right rules', '', ...alarms]),
    ].join('\n'),
    '## What each says',
    ...messages,
  ].join('\n\n')
}
