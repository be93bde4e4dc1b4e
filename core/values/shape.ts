import { either as E } from 'fp-ts'
import type { Problem } from '../messages/index.ts'

/** A shape lists the lengths of a tensor's axes; `[]` is that of a scalar. */
export type Shape = readonly number[]
/** A shape rule answers with the output's shape, or with the reason why the inputs do not fit. */
export type ShapeResult = E.Either<Problem, Shape>

/** Returns the number of elements of a tensor of this shape. */
export const sizeOf = (shape: Shape): number => shape.reduce((n, d) => n * d, 1)

/** Tells whether ranks and lengths are equal. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i])

/** Returns a shape as text, such as `[2, 3]`. */
export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`

/** Returns row-major strides. */
export const stridesOf = (shape: Shape): number[] => {
  const strides = new Array<number>(shape.length)
  for (let i = shape.length - 1, s = 1; i >= 0; s *= shape[i]!, i -= 1) strides[i] = s
  return strides
}

/** Returns `[0, 1, …, n − 1]`, the names of n axes. */
export const axesOf = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** Returns the axes not in `axes`, in order. */
export const otherAxes = (rank: number, axes: readonly number[]): number[] =>
  axesOf(rank).filter((i) => !axes.includes(i))

export const shapeError = (
  where: string,
  what: string,
  operands: readonly string[] = [],
  fix?: string,
): E.Either<Problem, never> =>
  E.left({ kind: 'ShapeError', where, what, operands, ...(fix === undefined ? {} : { fix }) })

/** Checks a shape given from outside: lengths must be whole numbers >= 0. */
export const parseShape = (where: string, shape: readonly unknown[]): ShapeResult => {
  if (!Array.isArray(shape))
    return shapeError(where, `${String(shape)} is no list of lengths.`, [], 'such as [2, 3].')
  const bad = shape.findIndex((d) => !Number.isSafeInteger(d) || (d as number) < 0)
  return bad < 0
    ? E.right(shape as Shape)
    : shapeError(where, `axis ${bad} has length ${String(shape[bad])}; lengths are integers >= 0.`)
}

/**
 * Returns the common shape of operands of equal rank: axes of length 1 stretch, scalars always fit.
 * Ranks are never padded: `[n] + [n, 1]` is an error, not an `[n, n]` surprise.
 */
export const broadcastShapes = (where: string, shapes: readonly Shape[]): ShapeResult => {
  const ranked = shapes.filter((s) => s.length > 0)
  const first = ranked[0]
  if (first === undefined) return E.right([])
  const operands = shapes.map((s, i) => `operand ${i + 1}: ${showShape(s)}`)
  if (ranked.some((s) => s.length !== first.length))
    return shapeError(
      where,
      'operands have different ranks.',
      operands,
      'reshape one of them so that the axes line up, e.g. [n] to [n, 1] or [1, n].',
    )
  const out = first.map((_, i) => ranked.map((s) => s[i]!).find((d) => d !== 1) ?? 1)
  const bad = ranked.some((s) => s.some((d, i) => d !== out[i] && d !== 1))
  return bad ? shapeError(where, 'axes differ and are not 1.', operands) : E.right(out)
}
