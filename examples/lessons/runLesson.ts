import { dataOf, isConcrete, toNested } from '../../core/index.ts'
import { loadModule } from '../forms/index.ts'
import { instrumented, type Promised, programOf, promisesIn, SHOW } from './lessonCells.ts'

/** A shown value is what an expression of a lesson gave when the lesson ran. */
export interface ShownValue extends Promised {
  readonly given: unknown
}

/**
 * Runs the program of a lesson and calls `onValue` with each value when it is there. Errors
 * name the lesson and its lines.
 *
 * Errors  throws what the program throws.
 */
export const runLesson = (
  path: string,
  lesson: string,
  onValue: (value: ShownValue) => void,
): void => {
  const program = programOf(lesson)
  const promises = promisesIn(program)
  const scope = globalThis as { [SHOW]?: (k: number, given: unknown) => void }
  scope[SHOW] = (k, given) => onValue({ ...promises[k]!, given })
  try {
    loadModule(path, instrumented(program))
  } finally {
    delete scope[SHOW]
  }
}

const DIGITS = 7

const short = (value: number): string =>
  String(Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS)))

/** Returns a value as the lessons write it: tensors as nested arrays, fractions to seven digits. */
export const showValue = (value: unknown): string => {
  if (isConcrete(value))
    return showValue(value.shape.length === 0 ? dataOf(value)[0] : toNested(value))
  if (typeof value === 'number') return short(value)
  if (typeof value === 'string') return value.includes('\n') ? value : `'${value}'`
  if (ArrayBuffer.isView(value)) return showValue(Array.from(value as Float64Array))
  if (Array.isArray(value)) return `[${value.map(showValue).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, of]) => `${key}: ${showValue(of)}`)
      .join(', ')} }`
  return String(value)
}

/** Comment lines below an expression, or the literal behind it, as this run gave them. */
const comment = ({ given, isText }: ShownValue): string =>
  isText ? `// =>\n${String(given).replaceAll(/^/gm, '// ')}` : `// => ${showValue(given)}`

/** The comment lines below the last line of a text's expression, in the lesson. */
const PROMISE = /\/\/ =>(?: .*|(?:\n\/\/.*)*)$/gm

/** Returns a lesson with the first values that a run gave, in place of those that it promises. */
export const lessonWith = (lesson: string, values: readonly ShownValue[]): string => {
  const comments = values.map(comment)
  return lesson.replaceAll(/^```ts\n[\s\S]*?^```$/gm, (cell) =>
    cell.replaceAll(PROMISE, (promise) => comments.shift() ?? promise),
  )
}

/** Runs a lesson, and returns its text with the values of this run. Errors as `runLesson`. */
export const lessonAsRun = (path: string, lesson: string): string => {
  const values: ShownValue[] = []
  runLesson(path, lesson, (value) => values.push(value))
  return lessonWith(lesson, values)
}
