import ts from 'typescript'
import type { File } from './files.ts'

// How large files are: in lines, in columns, and in lines that hold code.

const linesOf = (text: string): readonly string[] => text.replace(/\n$/, '').split('\n')

/** Files of more lines than allowed, with their number. */
export const tooLong = (files: readonly File[], most: number): readonly string[] =>
  files
    .map(({ path, text }) => ({ path, lines: linesOf(text).length }))
    .filter(({ lines }) => lines > most)
    .map(({ path, lines }) => `${path}: ${lines} lines`)

/** Accents that stand above a letter take no column of their own. */
const columnsOf = (line: string): number => [...line.replaceAll(/\p{Mn}/gu, '')].length

/**
 * Lines wider than allowed. A line that is one piece of text (a message, a table's row, a link)
 * cannot be broken and may be wider.
 */
export const tooWide = (files: readonly File[], most: number): readonly string[] =>
  files.flatMap(({ path, text }) =>
    linesOf(text).flatMap((line, i) =>
      columnsOf(line) > most && !unbreakable(line)
        ? [`${path}:${i + 1}: ${columnsOf(line)} columns`]
        : [],
    ),
  )

/** A quoted text or a pattern of 40 characters or more, which no formatter breaks. */
const unbreakable = (line: string): boolean =>
  !/^\s*(\/\/|\/?\*)/.test(line) && /(['"`/]).{40,}\1/.test(line)

/** Lines with code on them: not blank, not comment. */
export const codeLines = ({ path, text }: File): number => {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const lines = new Set<number>()
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return
    const parts = node.getChildren(source)
    if (parts.length > 0) parts.forEach(visit)
    else if (node.getWidth(source) > 0)
      for (let l = lineOf(node.getStart(source)); l <= lineOf(node.getEnd()); l += 1) lines.add(l)
  }
  visit(source)
  return lines.size
}

export const codeLinesOf = (files: readonly File[]): number =>
  files.reduce((total, file) => total + codeLines(file), 0)

/** A file without its imports and what it exports of other files. */
export const withoutImports = ({ path, text }: File): File => {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const kept = source.statements.filter(
    (s) => !ts.isImportDeclaration(s) && !(ts.isExportDeclaration(s) && s.moduleSpecifier),
  )
  return { path, text: kept.map((s) => s.getFullText(source)).join('') }
}
