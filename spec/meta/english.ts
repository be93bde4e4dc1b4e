import type { File } from './files.ts'

// This file finds comments that are no sentences, and private words. A program cannot judge
// English; it can find openings that need a subject from elsewhere, and words with a better one.

export interface Finding {
  readonly path: string
  readonly line: number
  readonly text: string
}

interface Comment {
  readonly line: number
  /** The text without its signs; of a docstring, without its sections. */
  readonly text: string
  /** The code below it, or before it on the same line. */
  readonly code: string
}

/** A docstring of a field may be a clause; these openings are no clauses either. */
const FRAGMENT = /^(Of|Those|Whoever|Likewise|For want|As above)\b/

/** Openings of a clause that is no sentence, such as "What a run keeps of a step." */
const CLAUSE = /^(That|Which|What|Whether|How|Where|Who|Whose|Why)\b/

/** Code that a docstring describes, when it is a function, a table or a type and not a field. */
const DECLARATION = /^(export|const|let|function|interface|type|class|abstract)\b/

const clean = (line: string): string =>
  line
    .trim()
    .replace(/^(\/\*\*|\*\/|\*|\/\/)\s?/, '')
    .replace(/\s*\*\/$/, '')

/** Returns the comments of a file: docstrings, and runs of lines that begin with two slashes. */
const commentsOf = ({ text }: File): readonly Comment[] => {
  const lines = text.split('\n')
  const kindOf = (line: string | undefined): 'doc' | 'line' | undefined => {
    if (line === undefined) return undefined
    if (/^\s*(\/\*\*|\*( |\/|$))/.test(line)) return 'doc'
    return /^\s*\/\/ /.test(line) ? 'line' : undefined
  }
  return lines.flatMap((first, at) => {
    const kind = kindOf(first)
    const begins = kind === 'doc' ? /^\s*\/\*\*/.test(first) : kindOf(lines[at - 1]) !== kind
    if (kind === undefined || !begins) return []
    const rest = lines.slice(at + 1)
    const length = first.includes('*/') ? 0 : rest.findIndex((l) => kindOf(l) !== kind)
    const end = length < 0 ? lines.length : at + 1 + length
    const words = lines.slice(at, end).map(clean).join(' ').trim()
    return [{ line: at + 1, text: words, code: (lines[end] ?? '').trim() }]
  })
}

/** Returns the comments that begin as a fragment, or, above a declaration, as a clause. */
export const fragmentsIn = (file: File): readonly Finding[] =>
  commentsOf(file)
    .filter(({ text, code }) => FRAGMENT.test(text) || (DECLARATION.test(code) && isClause(text)))
    .map(({ line, text }) => ({ path: file.path, line, text }))

/** An opening clause that is followed by a main clause makes a sentence. */
const isClause = (text: string): boolean => {
  const sentence = text.split(/[.:;]( |$)/)[0]!
  return (
    CLAUSE.test(sentence) &&
    !/, (it|they|this|the|a|an|there|its|`\w+`|\S+ (is|are)) /.test(sentence)
  )
}

/** Words of comments that an international reader does not know, with what to write instead. */
const words: Readonly<Record<string, string>> = {
  dearer: 'more expensive',
  whoever: 'a subject',
  'for want of': 'because there is no',
  'of old': 'old, earlier',
  "nobody's business": 'ignored',
  "of one's own": "a user's",
  'next to nothing': 'almost nothing',
  'gone astray': 'wrong',
  nobody: 'no thread, no caller, or the passive',
  somebody: 'a caller, a user, or the passive',
  anew: 'again',
  'noted down': 'recorded',
  'lets go of': 'releases',
  'slip of the pen': 'mistake, typing error',
  'goes on with': 'continues',
  'in mid-run': 'during the run',
}

/** Names of code that say less than the field's own, with those that replace them. */
const names: Readonly<Record<string, string>> = {
  breathe: 'yieldToEventLoop',
  centredPieces: 'centredBlocks',
  companions: 'smallWaves',
  complain: 'reportFailure',
  doing: 'prepareWork',
  emptyPlaces: 'configurationIndex',
  formFacts: 'formProperties',
  illness: 'invalidStep',
  Meaning: 'Semantics',
  Measurable: 'WalkerState',
  Measured: 'EnergySample',
  Measuring: 'EnergyEstimator',
  PiecewiseRows: 'BlockedRows',
  remember: 'memoise',
  remembered: 'cached',
  roomFor: 'planRows',
  Standing: 'Representatives',
  Stepped: 'StepResult',
  Surroundings: 'CommandContext',
  told: 'details',
}

interface Search {
  readonly pattern: RegExp
  readonly advice: string
}

const searches = (table: Readonly<Record<string, string>>, flags: string): readonly Search[] =>
  Object.entries(table).map(([word, better]) => ({
    pattern: new RegExp(`(?<![\\w'])${word}(?![\\w'])`, flags),
    advice: `${word}: write ${better}`,
  }))

const forComments = searches(words, 'i')
const forCode = searches(names, '')

const matches = (
  all: readonly Search[],
  { path }: File,
  line: number,
  text: string,
): readonly Finding[] =>
  all
    .filter(({ pattern }) => pattern.test(text))
    .map(({ advice }) => ({ path, line, text: advice }))

/** Returns private words in comments, and private names in code outside of strings. */
export const privateWordsIn = (file: File): readonly Finding[] => {
  const comments = commentsOf(file).flatMap(({ line, text }) =>
    matches(forComments, file, line, text),
  )
  const code = file.text.split('\n').flatMap((line, at) => {
    if (/^\s*(\/\*\*|\*( |\/|$)|\/\/)/.test(line)) return []
    const bare = line.replace(/'[^']*'|"[^"]*"|`[^`$]*`/g, "''").replace(/ \/\/ .*/, '')
    return matches(forCode, file, at + 1, bare)
  })
  return [...comments, ...code]
}
