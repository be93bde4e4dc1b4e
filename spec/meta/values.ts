import ts from 'typescript'
import { dataOf, isConcrete, toNested } from '../../core/index.ts'

// A value against its literal in a document: numbers to as many decimals as are written.

/** Whole numbers are written without decimals; what computes them may round. */
const ROUNDING = 1e-9

const decimalsOf = (literal: string): number | undefined => {
  const [, fraction, exponent] = /^\d*(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(literal) ?? []
  if (fraction === undefined && exponent === undefined) return undefined
  return (fraction?.length ?? 0) - Number(exponent ?? 0)
}

const sameNumber = (value: unknown, literal: string, sign: 1 | -1): boolean => {
  if (typeof value !== 'number') return false
  const wanted = sign * Number(literal)
  if (!Number.isFinite(wanted)) return Object.is(value, wanted)
  const decimals = decimalsOf(literal)
  const allowed =
    decimals === undefined
      ? ROUNDING * Math.max(1, Math.abs(wanted))
      : 0.5 * 10 ** -decimals * (1 + ROUNDING)
  return Math.abs(value - wanted) <= allowed
}

/** Tensors as nested arrays, typed arrays as arrays. */
const plain = (value: unknown): unknown => {
  if (isConcrete(value))
    return value.shape.length === 0 ? dataOf(value)[0] : (toNested(value) as unknown)
  return ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value
}

const same = (given: unknown, wanted: ts.Expression): boolean => {
  const value = plain(given)
  if (ts.isParenthesizedExpression(wanted)) return same(value, wanted.expression)
  if (ts.isNumericLiteral(wanted)) return sameNumber(value, wanted.getText(), 1)
  if (ts.isPrefixUnaryExpression(wanted)) return sameNumber(value, wanted.operand.getText(), -1)
  if (ts.isStringLiteralLike(wanted)) return value === wanted.text
  if (ts.isArrayLiteralExpression(wanted))
    return (
      Array.isArray(value) &&
      value.length === wanted.elements.length &&
      wanted.elements.every((element, i) => same(value[i], element))
    )
  if (ts.isObjectLiteralExpression(wanted)) {
    if (typeof value !== 'object' || value === null) return false
    const properties = wanted.properties.filter(ts.isPropertyAssignment)
    return (
      Object.keys(value).length === properties.length &&
      properties.every((p) =>
        same((value as Record<string, unknown>)[p.name.getText()], p.initializer),
      )
    )
  }
  const words = new Map<string, unknown>(
    Object.entries({ true: true, false: false, null: null, undefined, NaN: Number.NaN }),
  )
  const word = wanted.getText()
  if (word === 'Infinity') return value === Number.POSITIVE_INFINITY
  if (!words.has(word)) throw new Error(`'${word}' is no literal to compare with.`)
  return Object.is(value, words.get(word))
}

const shown = (value: unknown): string => JSON.stringify(plain(value)) ?? String(value)

/** undefined where the value is what the literal says, else what it is. */
export const agrees = (value: unknown, literal: string): string | undefined => {
  const source = ts.createSourceFile('x.ts', `(${literal})`, ts.ScriptTarget.Latest, true)
  const [statement] = source.statements
  if (statement === undefined || !ts.isExpressionStatement(statement))
    throw new Error(`'${literal}' is no literal to compare with.`)
  return same(value, statement.expression) ? undefined : `gives ${shown(value)}`
}
