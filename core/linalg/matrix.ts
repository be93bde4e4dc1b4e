import { type Data, fail } from '../values/index.ts'

// Dense real matrices, row-major.

/** Element (i, j) is data[i·cols + j]. The functions here never change a matrix they are given. */
export interface Matrix {
  readonly rows: number
  readonly cols: number
  readonly data: Float64Array
}

/** A real matrix has numbers of either precision: products are made of such. */
export interface RealMatrix {
  readonly rows: number
  readonly cols: number
  readonly data: Data
}

const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0

/**
 * Makes a matrix over row-major data (not copied), or of zeros.
 *
 * Errors  ShapeError unless both sizes are integers >= 0 and the data fill them.
 */
export const matrix = (rows: number, cols: number, data?: Float64Array): Matrix => {
  if (!isCount(rows) || !isCount(cols))
    return fail('ShapeError', 'matrix', `sizes are [${rows}, ${cols}].`, { fix: 'integers >= 0.' })
  if (data !== undefined && data.length !== rows * cols)
    return fail(
      'ShapeError',
      'matrix',
      `${data.length} values do not fill [${rows}, ${cols}], which has ${rows * cols}.`,
    )
  return { rows, cols, data: data ?? new Float64Array(rows * cols) }
}

/** Makes a matrix whose element (i, j) is f(i, j). */
export const matrixFrom = (
  rows: number,
  cols: number,
  f: (i: number, j: number) => number,
): Matrix => {
  const out = matrix(rows, cols)
  for (let i = 0, p = 0; i < rows; i += 1)
    for (let j = 0; j < cols; j += 1, p += 1) out.data[p] = f(i, j)
  return out
}

export const transpose = (a: Matrix): Matrix =>
  matrixFrom(a.cols, a.rows, (i, j) => a.data[j * a.cols + i]!)

/** Copies column j, which may be an eigenvector. */
export const column = (a: Matrix, j: number): Float64Array =>
  Float64Array.from({ length: a.rows }, (_, i) => a.data[i * a.cols + j]!)

export const requireSquare = (where: string, a: Matrix): number =>
  a.rows === a.cols
    ? a.rows
    : fail('ShapeError', where, `the matrix is [${a.rows}, ${a.cols}], not square.`, {
        fix: 'as many rows as columns.',
      })

export const requireLength = (
  where: string,
  name: string,
  x: Float64Array,
  n: number,
  meaning: string,
): void => {
  if (x.length !== n)
    fail('ShapeError', where, `${name} has ${x.length} elements.`, {
      fix: `${n} elements, one for each ${meaning}.`,
    })
}

/**
 * Checks numbers. Errors: NonFinite with the place of the first NaN or infinity; `cols`: as row and
 * column.
 */
export const requireFinite = (where: string, name: string, x: Data, cols?: number): void => {
  for (let p = 0; p < x.length; p += 1)
    if (!Number.isFinite(x[p]!)) {
      const place = cols === undefined ? [p] : [Math.floor(p / cols), p % cols]
      fail('NonFinite', where, `${name}[${place.join(', ')}] is ${x[p]}.`, {
        data: { index: place, value: x[p]! },
      })
    }
}

/**
 * Blames an operand that is not finite, or else overflow. It is called where a result came out NaN
 * or infinite, which costs less to notice than to look at every operand beforehand.
 */
export const explainNonFinite = (
  where: string,
  operands: Readonly<Record<string, RealMatrix | Float64Array>>,
): never => {
  for (const [name, x] of Object.entries(operands))
    if (x instanceof Float64Array) requireFinite(where, name, x)
    else requireFinite(where, name, x.data, x.cols)
  return fail('NonFinite', where, 'every operand is finite, but the result overflows float64.', {
    fix: 'scale the operands down.',
  })
}
