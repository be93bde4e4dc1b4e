import ts from 'typescript'
import type { File } from './files.ts'

// Lists handed over as arguments. Every argument takes room on the stack, so that `f(...xs)` ends
// with "Maximum call stack size exceeded" near 120,000 of them, on lattices that no spec has.

/** Functions of any number of arguments, by the name before the parenthesis. */
const VARIADIC =
  /^(push|unshift|splice|concat|of|max|min|hypot|fromCharCode|fromCodePoint|raw|assign|code)$/

const nameOf = (callee: ts.Expression): string | undefined => {
  if (ts.isIdentifier(callee)) return callee.text
  if (ts.isPropertyAccessExpression(callee)) return callee.name.text
  if (ts.isElementAccessExpression(callee) && ts.isStringLiteralLike(callee.argumentExpression))
    return callee.argumentExpression.text
  if (ts.isParenthesizedExpression(callee) || ts.isNonNullExpression(callee))
    return nameOf(callee.expression)
  return undefined
}

/** Written out, so of a length that one sees: a list in brackets without a spread in it. */
const isWritten = (x: ts.Expression): boolean =>
  ts.isArrayLiteralExpression(x)
    ? x.elements.every((element) => !ts.isSpreadElement(element) || isWritten(element.expression))
    : ts.isConditionalExpression(x)
      ? isWritten(x.whenTrue) && isWritten(x.whenFalse)
      : ts.isParenthesizedExpression(x) && isWritten(x.expression)

const isNothing = (x: ts.Expression | undefined): boolean =>
  x !== undefined &&
  (x.kind === ts.SyntaxKind.NullKeyword ||
    x.kind === ts.SyntaxKind.ThisKeyword ||
    (ts.isIdentifier(x) && (x.text === 'undefined' || x.text === 'globalThis')))

/** `f.apply(null, xs)`, `xs.push.apply(xs, ys)`, `Reflect.apply(f, null, xs)`. */
const isApplied = ({ expression: callee, arguments: args }: ts.CallExpression): boolean => {
  if (nameOf(callee) !== 'apply' || ts.isIdentifier(callee)) return false
  const receiver = (callee as ts.PropertyAccessExpression).expression
  const name = nameOf(receiver)
  return name === 'Reflect' || isNothing(args[0]) || (name !== undefined && VARIADIC.test(name))
}

/** Calls whose number of arguments grows with the data. */
export const spreads = (files: readonly File[]): readonly string[] =>
  files.flatMap(({ path, text }) => {
    if (!/\.\.\.|apply/.test(text)) return []
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest)
    const found: string[] = []
    const visit = (node: ts.Node): void => {
      const isCall = ts.isCallExpression(node) || ts.isNewExpression(node)
      const spread =
        isCall &&
        (ts.isNewExpression(node) || VARIADIC.test(nameOf(node.expression) ?? '')) &&
        node.arguments?.some((x) => ts.isSpreadElement(x) && !isWritten(x.expression))
      if (spread || (ts.isCallExpression(node) && isApplied(node))) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart(source))
        found.push(`${path}:${line + 1}: ${node.getText(source).split('\n')[0]}`)
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
    return found
  })
