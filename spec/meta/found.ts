import { posix } from 'node:path'
import ts from 'typescript'
import type { File } from './files.ts'
import { graphOf } from './imports.ts'

// Which spec finds a fault in which source file, and how one can see that it does.

/** One way in which a spec is known to find faults in a file. */
export interface Finder {
  readonly spec: string
  readonly by: 'its name' | 'an import' | 'mutants' | 'its head'
}

/** Says whether anything of a file is left at run time, besides names that it passes on. */
export const hasCode = ({ path, text }: File): boolean =>
  ts
    .createSourceFile(path, text, ts.ScriptTarget.ESNext)
    .statements.some(
      (s) =>
        !ts.isInterfaceDeclaration(s) &&
        !ts.isTypeAliasDeclaration(s) &&
        !ts.isImportDeclaration(s) &&
        !ts.isExportDeclaration(s),
    )

/** The files that the head of a spec names, with braces as a shell reads them. */
export const namedIn = ({ text }: File): readonly string[] => {
  const sentence = /^\/\/ Finds faults in ([^]*?)\.(?=\n(?!\/\/)|\n\/\/ [A-Z])/m.exec(text)?.[1]
  if (sentence === undefined) return []
  return sentence
    .replaceAll('\n//', '')
    .split(/,? and | +|, (?![^{]*\})/)
    .flatMap(unbraced)
}

const unbraced = (name: string): readonly string[] => {
  const [, before, inside, after] = /^(.*)\{(.*)\}(.*)$/.exec(name) ?? []
  return inside === undefined
    ? [name]
    : inside.split(',').map((part) => `${before}${part.trim()}${after}`)
}
