// A lesson is a Markdown text whose blocks marked `ts` are cells. Together, in their order, the
// cells are one program: each may use the names of those before it. The value of an expression
// stands behind it, as `expression // => literal`, or as `expression // =>` and the lines of a text
// below. Nothing here needs a parser of TypeScript, so that a page in a browser can do the same.

/** A promise is an expression of a program with the value that stands behind it. */
export interface Promised {
  /** The line where the expression starts, from 1: the same in the lesson and in its program. */
  readonly line: number
  readonly expression: string
  /** The literal on the same line, or the lines of text below. */
  readonly value: string
  readonly isText: boolean
}

/** A cell is a block of a lesson, with the number of its first line of code. */
export interface Cell {
  readonly line: number
  readonly code: string
}

/** Returns the cells of a lesson in their order. */
export const cellsOf = (lesson: string): readonly Cell[] =>
  [...lesson.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((found) => ({
    line: lesson.slice(0, found.index).split('\n').length + 1,
    code: found[1]!,
  }))

/** Returns the program of a lesson: its cells on their own lines, and blank lines for all else. */
export const programOf = (lesson: string): string =>
  cellsOf(lesson).reduce((program, { line, code }) => {
    const blank = line - program.split('\n').length
    return `${program}${'\n'.repeat(blank)}${code}`
  }, '')

/** The lines of one expression statement, and what is promised of it. */
interface Place extends Promised {
  readonly first: number
  readonly last: number
}

const ARROW = /^(.*?)\s*\/\/ =>\s?(.*)$/
/** A statement that begins with one of these words has no value. */
const STATEMENT = /^(const|let|function|import|export|if|for|while|return|type|interface|class)\b/
/** A line that continues the statement above it. */
const CONTINUED = /^[\s)\]}.]/

const textBelow = (lines: readonly string[], from: number): readonly string[] => {
  const end = lines.findIndex((line, i) => i >= from && !line.startsWith('//'))
  return lines.slice(from, end < 0 ? lines.length : end).map((line) => line.replace(/^\/\/ ?/, ''))
}

const placesIn = (program: string): readonly Place[] => {
  const lines = program.split('\n')
  return lines.flatMap((line, last): readonly Place[] => {
    const [, code, literal] = ARROW.exec(line) ?? []
    if (code === undefined || literal === undefined) return []
    const first = lines.findLastIndex((l, i) => i <= last && !CONTINUED.test(l))
    if (STATEMENT.test(lines[first]!)) return []
    const expression = [...lines.slice(first, last), code].join('\n')
    const isText = literal === ''
    const value = isText ? textBelow(lines, last + 1).join('\n') : literal
    return [{ first, last, line: first + 1, expression, value, isText }]
  })
}

/** Returns what a program promises of its values, in order. */
export const promisesIn = (program: string): readonly Promised[] =>
  placesIn(program).map(({ line, expression, value, isText }) => ({
    line,
    expression,
    value,
    isText,
  }))

/** The program hands each promised value to this function of the global scope, with its number. */
export const SHOW = '__show'

/** Returns the program with every promised expression handed to `__show(number, value)`. */
export const instrumented = (program: string): string => {
  const lines = program.split('\n')
  for (const [k, { first, last, expression }] of placesIn(program).entries()) {
    const shown = `;${SHOW}(${k}, (${expression}))`.split('\n')
    for (let i = first; i <= last; i += 1) lines[i] = shown[i - first]!
  }
  return lines.join('\n')
}
