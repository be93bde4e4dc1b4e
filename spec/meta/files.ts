import { execFileSync } from 'node:child_process'
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

/** Folders of a checkout that hold nothing written by hand, or that no spec should read. */
const skipped = ['node_modules', 'dist', 'runs', 'coverage', '.git']

const walk = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skipped.includes(entry.name) ? [] : walk(path)
    return entry.isFile() ? [path] : []
  })

/** Without git, as in a copy of the tree for mutations, every file counts. */
const onDisk = (folder: string): readonly string[] =>
  walk(folder).map((path) => relative(folder, path).replaceAll('\\', '/'))

/** Runs git in a folder; undefined where there is no git, or no repository. */
const git = (folder: string, ...args: readonly string[]): string | undefined => {
  try {
    const options = { cwd: folder, encoding: 'utf8', stdio: 'pipe' } as const
    return execFileSync('git', [...args], options)
  } catch {
    return undefined
  }
}

/**
 * The project's files in a checkout are those that git tracks, new ones after `git add`: whatever
 * else its owner keeps there is ignored.
 */
export const filesOf = (checkout: string): readonly string[] => {
  // A copy inside another repository is no checkout: that one tracks none of its files.
  const above = git(checkout, 'rev-parse', '--show-prefix')?.trim()
  const listed = above === '' ? git(checkout, 'ls-files', '-z') : undefined
  if (listed === undefined) return onDisk(checkout)
  return listed.split('\0').filter((path) => path !== '' && existsSync(join(checkout, path)))
}

const files = filesOf(root)

/** Paths from the root of the project's files in a folder, its folders included. */
export const pathsIn = (folder = '.'): readonly string[] =>
  folder === '.' ? files : files.filter((path) => path.startsWith(`${folder}/`))

export const read = (path: string): File => ({ path, text: readFileSync(join(root, path), 'utf8') })

/** All TypeScript of some rooms; default all. */
export const sources = (of: readonly string[] = rooms): readonly File[] =>
  of
    .flatMap(pathsIn)
    .filter((path) => /\.tsx?$/.test(path))
    .map(read)

/** Every Markdown file of the project. */
export const documents = (): readonly File[] =>
  pathsIn()
    .filter((path) => path.endsWith('.md'))
    .map(read)
