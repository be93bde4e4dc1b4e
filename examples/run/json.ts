import { either as E } from 'fp-ts'
import * as v from 'valibot'
import { type FolderProblem, isThere, load } from './folder.ts'

// Every JSON file of a run is read here through its schema, which names what is wrong and where.

const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g

/**
 * Returns the first name that an object of a JSON text holds twice; JSON.parse would take the last
 * value.
 */
export const repeatedName = (text: string): string | undefined => {
  const open: Set<string>[] = []
  let last = ''
  for (const [found] of text.matchAll(token)) {
    if (found === '{' || found === '[') open.push(new Set())
    else if (found === '}' || found === ']') open.pop()
    else if (found === ':') {
      const names = open.at(-1)
      const name: unknown = JSON.parse(last)
      if (names?.has(String(name))) return String(name)
      names?.add(String(name))
    }
    last = found
  }
  return undefined
}

/**
 * Returns the JSON text of a value. JSON has no infinity, so it stands as the string "Infinity" or
 * "-Infinity"; what is not a number is null.
 */
export const toJson = (value: unknown, space?: number): string =>
  JSON.stringify(
    value,
    (_, x: unknown) =>
      x === Number.POSITIVE_INFINITY || x === Number.NEGATIVE_INFINITY ? String(x) : x,
    space,
  )

/** The schema of a number that `toJson` wrote. */
export const anyNumber = v.union([
  v.number(),
  v.pipe(v.picklist(['Infinity', '-Infinity']), v.transform(Number)),
])

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unreadable')

/** Parses a JSON text. Left: why it has no value. */
export const parseJson = (text: string): E.Either<string, unknown> => {
  if (text.trim() === '') return E.left('it is empty')
  const value = E.tryCatch(
    () => JSON.parse(text) as unknown,
    (error) => `it is not JSON, or it is cut off (${reasonOf(error)})`,
  )
  if (E.isLeft(value)) return value
  const name = repeatedName(text)
  return name === undefined ? value : E.left(`it names ${JSON.stringify(name)} twice`)
}

const kindOf = (value: unknown): string =>
  value === null || value === undefined
    ? String(value)
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'an object'
        : (JSON.stringify(value).slice(0, 40) ?? typeof value)

const showIssue = (issue: v.BaseIssue<unknown>): string => {
  const path = v.getDotPath(issue) ?? 'as a whole it'
  if (issue.path?.at(-1)?.value === undefined) return `${path} is not there`
  const expected = issue.expected === null ? issue.message : issue.expected
  return `${path} is ${kindOf(issue.input)}: expected ${expected}`
}

/**
 * Parses a JSON text whose value is an object that a schema accepts. Left: path and reason of the
 * first part that it does not accept.
 */
export const readJson =
  <A>(schema: v.GenericSchema<unknown, A>) =>
  (text: string): E.Either<string, A> => {
    const value = parseJson(text)
    if (E.isLeft(value)) return value
    const kind = kindOf(value.right)
    if (kind !== 'an object') return E.left(`as a whole it is ${kind}: expected an object`)
    const result = v.safeParse(schema, value.right, { abortEarly: true })
    return result.success ? E.right(result.output) : E.left(showIssue(result.issues[0]))
  }

/** Reads a JSON file of a folder, if it is there. Left: what is wrong with it, and `fix`. */
export const loadJson = <A>(
  folder: string,
  name: string,
  schema: v.GenericSchema<unknown, A>,
  fix: string,
): E.Either<FolderProblem, A | undefined> => {
  if (!isThere(folder, name)) return E.right(undefined)
  const bytes = load(folder, name)
  if (E.isLeft(bytes)) return bytes
  return E.mapLeft((what: string): FolderProblem => ({ path: `${folder}/${name}`, what, fix }))(
    readJson(schema)(new TextDecoder().decode(bytes.right)),
  )
}
