import { posix } from 'node:path'
import ts from 'typescript'
import type { File } from './files.ts'

// What a package exports, where it is declared, and what stands above it.

export interface Declared {
  readonly name: string
  readonly path: string
  readonly line: number
  /** The text of its doc comment without its frame; undefined when it has none. */
  readonly doc: string | undefined
}

const parse = ({ path, text }: File): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)

/** A doc comment's lines without slashes and stars. */
const unframed = (comment: string): string =>
  comment
    .replace(/^\/\*\*/, '')
    .replace(/\*\/$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim()

const docOf = (source: ts.SourceFile, node: ts.Node): string | undefined => {
  const comments = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? []
  // Two comments above a declaration: the upper one belongs to the file.
  const last = comments.at(-1)
  const text = last === undefined ? '' : source.text.slice(last.pos, last.end)
  return text.startsWith('/**') ? unframed(text) : undefined
}

/** Everything a file declares with `export`, types included. */
export const declaredIn = (file: File): readonly Declared[] => {
  const source = parse(file)
  return source.statements.flatMap((statement) => {
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined
    if (!modifiers?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)) return []
    const names = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.map((d) => d.name)
      : [(statement as ts.FunctionDeclaration).name]
    const line = source.getLineAndCharacterOfPosition(statement.getStart()).line + 1
    const doc = docOf(source, statement)
    return names.map((name) => ({ name: name!.getText(source), path: file.path, line, doc }))
  })
}

/** Returns the exports of an index file, each found where it is declared. */
export const exportsOf = (
  index: File,
  fileAt: (path: string) => File,
): readonly (Declared & { readonly as: string })[] =>
  parse(index).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) return []
    const from = (statement.moduleSpecifier as ts.StringLiteral).text
    const file = fileAt(posix.join(posix.dirname(index.path), from))
    // An index of a folder hands on what is declared in its files.
    const declared = [
      ...declaredIn(file),
      ...exportsOf(file, fileAt).map(({ as, ...d }) => ({ ...d, name: as })),
    ]
    const clause = statement.exportClause
    if (clause === undefined) return declared.map((d) => ({ ...d, as: d.name }))
    return (clause as ts.NamedExports).elements.map((element) => {
      const name = (element.propertyName ?? element.name).text
      const found = declared.find((d) => d.name === name)
      if (found === undefined) throw new Error(`${index.path}: ${from} declares no ${name}`)
      return { ...found, as: element.name.text }
    })
  })

export interface Example {
  readonly path: string
  readonly line: number
  readonly code: string
}

/** Every `@example` of a file, wherever its comment stands; other tags end it. */
export const examplesIn = (file: File): readonly Example[] =>
  [...file.text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
    const lines = unframed(comment[0]).split('\n')
    return lines.flatMap((line, i) => {
      if (!line.startsWith('@example')) return []
      const rest = lines.slice(i + 1)
      const end = rest.findIndex((other) => other.startsWith('@'))
      const body = end < 0 ? rest : rest.slice(0, end)
      const before = file.text.slice(0, comment.index).split('\n').length
      const within = comment[0].split('\n').findIndex((l) => l.includes('@example'))
      const code = [line.replace(/^@example ?/, ''), ...body].join('\n').trim()
      return [{ path: file.path, line: before + within, code }]
    })
  })
