import { posix } from 'node:path'
import ts from 'typescript'
import { type File, rooms } from './files.ts'

// Who imports whom, types included: what a reader follows, not only what a machine loads.

/** The modules a text names in `import`, `export … from` and `import(…)`. */
export const importsOf = ({ text }: File): readonly string[] =>
  ts.preProcessFile(text, true, false).importedFiles.map((found) => found.fileName)

/** Relative imports of every file as paths from the root. */
export const graphOf = (files: readonly File[]): ReadonlyMap<string, readonly string[]> =>
  new Map(
    files.map((file) => [
      file.path,
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => posix.join(posix.dirname(file.path), name)),
    ]),
  )

const roomOf = (path: string): string => path.split('/')[0]!

/** `a imports b` where b's room stands above a's. */
export const upwards = (files: readonly File[]): readonly string[] =>
  [...graphOf(files)].flatMap(([from, to]) =>
    to
      .filter((path) => {
        const [own, other] = [from, path].map((p) => rooms.indexOf(roomOf(p) as never))
        return other! < 0 || other! > own!
      })
      .map((path) => `${from} imports ${path}`),
  )

/** The files reached from one, itself included. */
export const reachedFrom = (
  start: string,
  graph: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> => {
  const seen = new Set<string>()
  const open = [start]
  for (const path of open) {
    if (seen.has(path)) continue
    seen.add(path)
    open.push(...(graph.get(path) ?? []))
  }
  return seen
}

/** Files that reach themselves, with the way round. */
export const cycles = (files: readonly File[]): readonly string[] => {
  const graph = graphOf(files)
  const way = (at: string, path: readonly string[], seen: Set<string>): readonly string[] => {
    for (const next of graph.get(at) ?? []) {
      if (next === path[0]) return [...path, next]
      if (seen.has(next)) continue
      seen.add(next)
      const found = way(next, [...path, next], seen)
      if (found.length > 0) return found
    }
    return []
  }
  return [...graph.keys()]
    .map((path) => way(path, [path], new Set()))
    .filter((found) => found.length > 0)
    .map((found) => found.join(' → '))
}

/** Files that import a module only Node has. */
export const needNode = (files: readonly File[]): readonly string[] =>
  files
    .filter((file) => importsOf(file).some((name) => name.startsWith('node:')))
    .map((file) => file.path)

/** Imports that are neither relative nor among the declared packages nor Node's. */
export const undeclared = (files: readonly File[], declared: readonly string[]): string[] =>
  files.flatMap((file) =>
    importsOf(file)
      .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
      .filter((name) => !declared.some((d) => name === d || name.startsWith(`${d}/`)))
      .map((name) => `${file.path} imports ${name}`),
  )
