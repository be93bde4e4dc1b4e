import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Mutant } from './rules.ts'

/** One place outside the tables of rules: `find` stands exactly once in the file. */
export interface Mutation {
  readonly name: string
  readonly find: string
  readonly replace: string
}

/** Mutations of one file, and the specs that must see them. */
export interface Suspects {
  readonly file: string
  readonly specs: readonly string[]
  readonly mutations: readonly Mutation[]
}

export const change = (name: string, find: string, replace: string): Mutation => ({
  name,
  find,
  replace,
})

/** The file with one mutation; a mutation whose text is gone must be brought up to date. */
export const toMutant = (
  { file, specs }: Suspects,
  { name, find, replace }: Mutation,
  text: string,
): Mutant => {
  const times = text.split(find).length - 1
  if (times !== 1) throw new Error(`${file}: ${name}: '${find}' stands there ${times} times`)
  if (find === replace) throw new Error(`${file}: ${name}: changes nothing`)
  return { name: `${file}: ${name}`, file, text: text.replace(find, () => replace), specs }
}

const project = resolve(import.meta.dirname, '../..')

/** The specs of a folder by their names, wherever below it they lie. */
export const specsIn = (folder: string): ((...names: string[]) => string[]) => {
  const paths = readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.spec.ts'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
  return (...names) =>
    names.map((name) => {
      const found = paths.filter((path) => path.endsWith(`/${name}.spec.ts`))
      if (found.length !== 1) throw new Error(`${folder} has ${found.length} specs named ${name}`)
      return found[0]!
    })
}
