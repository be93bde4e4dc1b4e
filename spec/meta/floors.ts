import { posix } from 'node:path'
import ts from 'typescript'
import type { File } from './files.ts'
import { importsOf } from './imports.ts'

// The floors of every room: a folder imports only from folders before it in its room's list, and
// another folder is entered by its index.

/** Folders of each room in their order; '.' are the files of the room itself, which come last. */
export const floors: Readonly<Record<string, readonly string[]>> = {
  core: [
    'messages',
    'values',
    'lowering/lanes',
    'primitives',
    'programs',
    'lowering',
    'tiles',
    'wasm',
    'executable',
    'linalg',
    'threads',
    'gpu',
    '.',
  ],
  autodiff: ['derivatives', 'verify', 'inspect', 'vitest', '.'],
  models: ['layers', 'attention', 'waves', '.'],
  physics: [
    'lattice',
    'statistics',
    'operators',
    'configurations',
    'symmetry',
    'exact',
    'orbits',
    'sampling',
    'estimates',
    'update',
    '.',
  ],
  examples: [
    'forms',
    'settings',
    'session',
    'run',
    'pictures',
    'inspect',
    'compare',
    'study',
    'lessons',
    'check',
    'studio/host',
    'studio/engine',
    'studio/page',
    'studio/serving',
    'studio',
    'cli',
    'bench',
    '.',
  ],
}

/** Room and folder of a path; a folder that no list names belongs to the one that holds it. */
export const floorOf = (path: string): { readonly room: string; readonly folder: string } => {
  const [room = '', ...rest] = path.split('/')
  const parts = rest.slice(0, -1)
  const list = floors[room] ?? []
  for (let length = parts.length; length > 0; length -= 1) {
    const folder = parts.slice(0, length).join('/')
    if (list.includes(folder)) return { room, folder }
  }
  return { room, folder: parts.length === 0 ? '.' : parts.join('/') }
}

/** The modules that a text names in `import … from` and `export … from`, not in `import(…)`. */
const staticImportsOf = ({ path, text }: File): readonly string[] =>
  ts
    .createSourceFile(path, text, ts.ScriptTarget.Latest)
    .statements.flatMap((statement) =>
      (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) &&
      statement.moduleSpecifier !== undefined &&
      ts.isStringLiteral(statement.moduleSpecifier)
        ? [statement.moduleSpecifier.text]
        : [],
    )
    .filter((name) => name.startsWith('.'))

const target = (path: string, name: string): string => posix.join(posix.dirname(path), name)

/** Folders that stand in no list. */
export const unlisted = (files: readonly File[]): readonly string[] => [
  ...new Set(
    files
      .map(({ path }) => floorOf(path))
      .filter(({ room, folder }) => !(floors[room] ?? []).includes(folder))
      .map(({ room, folder }) => `${room}/${folder}`),
  ),
]

/** `a imports b` where b's folder stands above a's in one room. */
export const climbs = (files: readonly File[]): readonly string[] =>
  files.flatMap((file) => {
    const from = floorOf(file.path)
    const list = floors[from.room] ?? []
    return importsOf(file)
      .filter((name) => name.startsWith('.'))
      .map((name) => target(file.path, name))
      .filter((path) => {
        const to = floorOf(path)
        return to.room === from.room && list.indexOf(to.folder) > list.indexOf(from.folder)
      })
      .map((path) => `${file.path} imports ${path}`)
  })

/**
 * `a imports b` where b is in another folder and not its index. What is loaded only when it is
 * wanted, by `import(…)`, is one file and no more.
 */
export const sideDoors = (files: readonly File[]): readonly string[] =>
  files.flatMap((file) => {
    const from = floorOf(file.path)
    return staticImportsOf(file)
      .map((name) => target(file.path, name))
      .filter((path) => {
        const to = floorOf(path)
        const same = to.room === from.room && to.folder === from.folder
        return !same && posix.basename(path) !== 'index.ts'
      })
      .map((path) => `${file.path} imports ${path}`)
  })

/** Base names that stand twice or more, with their places. */
export const namesakes = (paths: readonly string[]): ReadonlyMap<string, readonly string[]> => {
  const byName = new Map<string, string[]>()
  for (const path of paths) {
    const name = posix.basename(path)
    byName.set(name, [...(byName.get(name) ?? []), path])
  }
  byName.delete('index.ts')
  return new Map([...byName].filter(([, places]) => places.length > 1))
}

/** Pairs of folders, subfolders included, that import each other. */
export const circles = (files: readonly File[]): readonly string[] => {
  const edges = new Set(
    files.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => `${posix.dirname(file.path)} ${posix.dirname(target(file.path, name))}`),
    ),
  )
  return [...edges]
    .map((edge) => edge.split(' ') as [string, string])
    .filter(([a, b]) => a < b && edges.has(`${b} ${a}`))
    .map(([a, b]) => `${a} and ${b}`)
}
