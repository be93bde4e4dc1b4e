import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// The course is the folder of lessons, exercises and answers, as texts. It is found from this file,
// which may be in examples/lessons of the checkout, in dist of the package, or in a bundle.

const FIRST = '01-trace.md'

/** Returns the folder of the lessons. Errors: an Error where this psigrad came without them. */
export const courseFolder = (): string => {
  const here = fileURLToPath(new URL('.', import.meta.url))
  const above = Array.from({ length: 6 }, (_, k) => join(here, ...Array<string>(k).fill('..')))
  const folder = above
    .flatMap((up) => [up, join(up, 'examples/lessons')])
    .find((candidate) => existsSync(join(candidate, FIRST)))
  if (folder === undefined) throw new Error(`there are no lessons above ${here}`)
  return folder
}

const numbered = (folder: string, extension: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => /^\d\d-/.test(name) && name.endsWith(extension))
    .toSorted()
    .map((name) => join(folder, name))

/** The paths of lessons, exercises and answers; number n is the n-th of its list. */
export interface Course {
  readonly lessons: readonly string[]
  readonly exercises: readonly string[]
  readonly answers: readonly string[]
}

/** Returns the paths of the course. */
export const courseIn = (folder: string): Course => ({
  lessons: numbered(folder, '.md'),
  exercises: numbered(join(folder, 'exercises'), '.ts'),
  answers: numbered(join(folder, 'answers'), '.md'),
})

/**
 * Returns the path that a word means: a number of the list, or a path as it is. Undefined where
 * there is no such number and no such file.
 */
export const chosenFrom = (list: readonly string[], word: string): string | undefined => {
  if (/^\d+$/.test(word))
    return list.find((path) => basename(path).startsWith(word.padStart(2, '0')))
  return existsSync(word) ? word : undefined
}

/** Returns the title of a lesson, which is its first line, or of an exercise. */
export const titleOf = (path: string): string => {
  const [first = ''] = readFileSync(path, 'utf8').split('\n')
  return first.replace(/^(#|\/\/ Exercise) /, '')
}
