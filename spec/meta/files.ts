import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

// The project as texts. Everything else in this folder works on texts, so that each check can be
// tried on a text that breaks it.

export const root = resolve(import.meta.dirname, '../..')

/** Rooms of the library in their order: each may import from itself and from those before it. */
export const libraryRooms = ['core', 'autodiff', 'models', 'physics'] as const
export const rooms = [...libraryRooms, 'examples', 'spec'] as const

export interface File {
  /** From the root, with '/'. */
  readonly path: string
  readonly text: string
}

/** What a checkout holds and no one wrote, and what no spec should read. */
const skipped = ['node_modules', 'dist', 'runs', 'coverage', '.git']

const walk = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skipped.includes(entry.name) ? [] : walk(path)
    return entry.isFile() ? [path] : []
  })

/** Paths from the root of all files in a folder, its folders included. */
export const pathsIn = (folder = '.'): readonly string[] =>
  existsSync(join(root, folder))
    ? walk(join(root, folder)).map((path) => relative(root, path).replaceAll('\\', '/'))
    : []

export const read = (path: string): File => ({ path, text: readFileSync(join(root, path), 'utf8') })

/** All TypeScript of some rooms; default all. */
export const sources = (of: readonly string[] = rooms): readonly File[] =>
  of
    .flatMap(pathsIn)
    .filter((path) => path.endsWith('.ts'))
    .map(read)

/** Every Markdown file of the project. */
export const documents = (): readonly File[] =>
  pathsIn()
    .filter((path) => path.endsWith('.md'))
    .map(read)
