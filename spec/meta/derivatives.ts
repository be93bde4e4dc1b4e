import ts from 'typescript'
import type { File } from './files.ts'

// The table of derivative rules in autodiff/derivatives/README.md: one row per primitive, each
// linking to the
// lines where its two rules stand.

export const tables = ['vjpRules.ts', 'jvpRules.ts'] as const
type Table = (typeof tables)[number]

/** The line of every rule of a table: properties of the object named like the file. */
export const ruleLines = ({ path, text }: File): ReadonlyMap<string, number> => {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const name = path.split('/').at(-1)!.replace('.ts', '')
  const lines = new Map<string, number>()
  const visit = (node: ts.Node): void => {
    const value = ts.isVariableDeclaration(node) ? node.initializer : undefined
    if (
      ts.isVariableDeclaration(node) &&
      node.name.getText() === name &&
      value !== undefined &&
      ts.isObjectLiteralExpression(value)
    )
      for (const rule of value.properties)
        lines.set(
          rule.name!.getText(),
          source.getLineAndCharacterOfPosition(rule.getStart()).line + 1,
        )
    else ts.forEachChild(node, visit)
  }
  visit(source)
  return lines
}

/** A row of the table: `| name | y | vjp [→](vjpRules.ts#L12) | jvp [→](jvpRules.ts#L34) |`. */
const ROW = /^\| (\w+) \| .*\]\(vjpRules\.ts#L\d+\).*\]\(jvpRules\.ts#L\d+\) \|$/

/** The primitives that have a row, in order. */
export const listed = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => ROW.exec(line)?.[1] ?? [])

/** The same text with every anchor at its rule. */
export const anchored = (
  text: string,
  lines: Readonly<Record<Table, ReadonlyMap<string, number>>>,
): string =>
  text
    .split('\n')
    .map((line) => {
      const name = ROW.exec(line)?.[1]
      return name === undefined
        ? line
        : line.replaceAll(
            /\]\((\w+\.ts)#L\d+\)/g,
            (_, file: Table) => `](${file}#L${lines[file].get(name) ?? 0})`,
          )
    })
    .join('\n')
