import ts from 'typescript'
import { programOf } from '../../examples/lessons/lessonCells.ts'
import type { File } from './files.ts'
import { agrees } from './values.ts'

// Programs inside documents: found, run, and compared with the values that stand beside them.

/** A fenced block of a document. */
export interface Block {
  readonly path: string
  /** The number of its first line of code. */
  readonly line: number
  readonly language: string
  readonly code: string
}

export const blocksIn = ({ path, text }: File): readonly Block[] =>
  [...text.matchAll(/^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm)].map((found) => ({
    path,
    line: text.slice(0, found.index).split('\n').length + 1,
    language: found[1]!,
    code: found[2]!,
  }))

/**
 * The programs of a document: its blocks of TypeScript, or all of them together where the document
 * is a lesson, whose cells use the names of those above.
 */
export const programsIn = (file: File): readonly Block[] => {
  const blocks = blocksIn(file).filter(({ language }) => language === 'ts')
  if (!/^examples\/lessons\/\d/.test(file.path)) return blocks
  return [{ path: file.path, line: 1, language: 'ts', code: programOf(file.text) }]
}

/** An expression with the value that a comment behind it promises. */
interface Promised {
  readonly statement: ts.ExpressionStatement
  readonly line: number
  /** `value` after the arrow, or lines of text below it. */
  readonly value: string
  readonly isText: boolean
}

const ARROW = /^\/\/ ?(?:=>|→) ?(.*)$/

const promisesIn = (source: ts.SourceFile): readonly Promised[] =>
  source.statements.filter(ts.isExpressionStatement).flatMap((statement): readonly Promised[] => {
    const [behind] = ts.getTrailingCommentRanges(source.text, statement.end) ?? []
    if (behind === undefined) return []
    const value = ARROW.exec(source.text.slice(behind.pos, behind.end))?.[1]
    if (value === undefined) return []
    const line = source.getLineAndCharacterOfPosition(statement.getStart()).line
    if (value !== '') return [{ statement, line, value, isText: false }]
    const below = source.text.slice(behind.end).split('\n').slice(1)
    const end = below.findIndex((l) => !l.startsWith('//'))
    const text = (end < 0 ? below : below.slice(0, end)).map((l) => l.replace(/^\/\/ ?/, ''))
    return [{ statement, line, value: text.join('\n'), isText: true }]
  })

/** The program with every promised expression handed to `__seen(number, value)`. */
const instrumented = (source: ts.SourceFile, promises: readonly Promised[]): string =>
  promises.reduceRight((text, { statement }, k) => {
    const [from, to] = [statement.expression.getStart(), statement.expression.end]
    return `${text.slice(0, from)};__seen(${k}, (${text.slice(from, to)}))${text.slice(to)}`
  }, source.text)

/** A program that tells its values to `__seen(number, value)`, and what they should be. */
export interface Prepared {
  readonly code: string
  readonly checked: number
  /** What is wrong with the values seen. */
  readonly judge: (seen: ReadonlyMap<number, unknown>) => readonly string[]
}

const where = (block: Omit<Block, 'language'>, line: number): string =>
  `${block.path}:${block.line + line}`

export const prepared = (block: Omit<Block, 'language'>): Prepared => {
  const source = ts.createSourceFile('block.ts', block.code, ts.ScriptTarget.Latest, true)
  const promises = promisesIn(source)
  return {
    code: instrumented(source, promises),
    checked: promises.length,
    judge: (seen) =>
      promises.flatMap(({ line, value, isText }, k) => {
        const wrong = isText
          ? seen.get(k) === value
            ? undefined
            : `gives\n${String(seen.get(k))}`
          : agrees(seen.get(k), value)
        return wrong === undefined ? [] : [`${where(block, line)}: promises ${value}, ${wrong}`]
      }),
  }
}

/** Resolves an `import` of a document's program. */
export type Resolve = (module: string) => Promise<unknown>

const AsyncFunction = (async () => {}).constructor as new (
  ...names: string[]
) => (...values: unknown[]) => Promise<void>

/**
 * Runs a block as a program and tells every promised value that did not come. `scope` holds names
 * the program may use without importing them.
 */
export const broken = async (
  block: Omit<Block, 'language'>,
  resolve: Resolve,
  scope: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly checked: number; readonly problems: readonly string[] }> => {
  const { code, checked, judge } = prepared(block)
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  })
  const modules = new Map<string, unknown>()
  for (const { fileName } of ts.preProcessFile(block.code).importedFiles)
    modules.set(fileName, await resolve(fileName))
  const seen = new Map<number, unknown>()
  const names = { require: (name: string) => modules.get(name), exports: {}, ...scope }
  const run = new AsyncFunction('__seen', ...Object.keys(names), outputText)
  try {
    await run((k: number, value: unknown) => seen.set(k, value), ...Object.values(names))
  } catch (error) {
    return { checked: 0, problems: [`${where(block, 0)}: ${(error as Error).message}`] }
  }
  return { checked, problems: judge(seen) }
}
