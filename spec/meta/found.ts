import ts from 'typescript'
import type { Suspects } from '../mutate/mutation.ts'
import type { File } from './files.ts'
import { graphOf } from './imports.ts'

// Which spec finds a fault in which source file. A spec finds faults in the file whose name it has,
// in files that it imports, in those of its mutants, and in those that its head names:
//
//   // Finds faults in core/threads/{crew,wait}.ts and core/tiles/sums.ts.

/** A spec that finds faults in a file, and what says so. */
export interface Finder {
  readonly spec: string
  readonly by: 'its name' | 'an import' | 'mutants' | 'its head'
}

/** Says whether anything of a file is left at run time, besides names that it passes on. */
export const hasCode = ({ path, text }: File): boolean =>
  ts
    .createSourceFile(path, text, ts.ScriptTarget.ESNext)
    .statements.some(
      (statement) =>
        !ts.isInterfaceDeclaration(statement) &&
        !ts.isTypeAliasDeclaration(statement) &&
        !ts.isImportDeclaration(statement) &&
        !ts.isExportDeclaration(statement),
    )

/** `a/{b,c}.ts` stands for two names, as in a shell. */
const spelledOut = (name: string): readonly string[] => {
  const [, before, inside, after] = /^(.*)\{(.*)\}(.*)$/.exec(name) ?? []
  return inside === undefined
    ? [name]
    : inside.split(',').map((part) => before + part.trim() + after)
}

/** The files that the head of a spec names. */
export const namedByHead = ({ text }: File): readonly string[] =>
  [...text.matchAll(/^\/\/ Finds faults in ((?:.|\n\/\/ )*?\.ts)\.$/gm)].flatMap(([, names]) =>
    (names!.replaceAll('\n// ', ' ').match(/(?:[^\s,{}]|\{[^}]*\})+/g) ?? [])
      .filter((name) => name !== 'and')
      .flatMap(spelledOut),
  )

/** The spec that mirrors a file. */
const mirror = (path: string): string => `spec/${path.replace(/\.ts$/, '.spec.ts')}`

/** Finds for every file the specs that are known to find faults in it. */
export const findersOf = (
  files: readonly File[],
  specs: readonly File[],
  suspects: readonly Pick<Suspects, 'file' | 'specs'>[],
): ReadonlyMap<string, readonly Finder[]> => {
  const imports = graphOf(specs)
  const heads = specs.map((spec) => ({ spec: spec.path, names: new Set(namedByHead(spec)) }))
  return new Map(
    files.map(({ path }) => [
      path,
      [
        ...specs
          .filter((spec) => spec.path === mirror(path))
          .map(({ path: spec }): Finder => ({ spec, by: 'its name' })),
        ...[...imports]
          .filter(([, imported]) => imported.includes(path))
          .map(([spec]): Finder => ({ spec, by: 'an import' })),
        ...suspects
          .filter(({ file }) => file === path)
          .flatMap((suspect) => suspect.specs.map((spec): Finder => ({ spec, by: 'mutants' }))),
        ...heads
          .filter(({ names }) => names.has(path))
          .map(({ spec }): Finder => ({ spec, by: 'its head' })),
      ],
    ]),
  )
}
