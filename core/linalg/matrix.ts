import { fail } from '../errors.ts'

// Dense real matrices, row-major, and their products with vectors.

/** Element (i, j) is data[i·cols + j]. The functions here never change a matrix they are given. */
export interface Matrix {
  readonly rows: number
  readonly cols: number
  readonly data: Float64Array
}

const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0

/**
 * A matrix over row-major data (not copied), or of zeros.
 *
 * Errors  ShapeError unless both sizes are integers >= 0 and the data fill them.
 */
export const matrix = (rows: number, cols: number, data?: Float64Array): Matrix => {
  if (!isCount(rows) || !isCount(cols))
    return fail({
      kind: 'ShapeError',
      where: 'matrix',
      what: `sizes are [${rows}, ${cols}].`,
      fix: 'integers >= 0.',
    })
  if (data !== undefined && data.length !== rows * cols)
    return fail({
      kind: 'ShapeError',
      where: 'matrix',
      what: `${data.length} values do not fill [${rows}, ${cols}], which has ${rows * cols}.`,
    })
  return { rows, cols, data: data ?? new Float64Array(rows * cols) }
}

/** Element (i, j) = f(i, j). */
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

/** Column j, copied: for instance one eigenvector. */
export const column = (a: Matrix, j: number): Float64Array =>
  Float64Array.from({ length: a.rows }, (_, i) => a.data[i * a.cols + j]!)

export const requireSquare = (where: string, a: Matrix): number =>
  a.rows === a.cols
    ? a.rows
    : fail({
        kind: 'ShapeError',
        where,
        what: `the matrix is [${a.rows}, ${a.cols}], not square.`,
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
    fail({
      kind: 'ShapeError',
      where,
      what: `${name} has ${x.length} elements.`,
      fix: `${n} elements, one for each ${meaning}.`,
    })
}

/** Errors: NonFinite with the place of the first NaN or infinity; `cols`: as row and column. */
export const requireFinite = (
  where: string,
  name: string,
  x: Float64Array,
  cols?: number,
): void => {
  for (let p = 0; p < x.length; p += 1)
    if (!Number.isFinite(x[p]!)) {
      const place = cols === undefined ? [p] : [Math.floor(p / cols), p % cols]
      fail({
        kind: 'NonFinite',
        where,
        what: `${name}[${place.join(', ')}] is ${x[p]}.`,
        data: { index: place, value: x[p]! },
      })
    }
}

/**
 * Called where a result came out NaN or infinite, which costs less to notice than to look at every
 * operand beforehand: blames the operand that is, or else overflow.
 */
export const explainNonFinite = (
  where: string,
  operands: Readonly<Record<string, Matrix | Float64Array>>,
): never => {
  for (const [name, x] of Object.entries(operands))
    if (x instanceof Float64Array) requireFinite(where, name, x)
    else requireFinite(where, name, x.data, x.cols)
  return fail({
    kind: 'NonFinite',
    where,
    what: 'every operand is finite, but the result overflows float64.',
    fix: 'scale the operands down.',
  })
}

/**
 * A·x.
 *
 * Shapes  a [rows, cols]; x [cols]; result [rows].
 * Errors  ShapeError; NonFinite when the result is not finite, naming the operand to blame.
 */
export const matVec = (a: Matrix, x: Float64Array): Float64Array => {
  requireLength('matVec', 'x', x, a.cols, 'column of A')
  const { rows, cols, data } = a
  const out = new Float64Array(rows)
  let finite = true
  for (let i = 0, p = 0; i < rows; i += 1) {
    // Two sums, so that one addition need not wait for the other.
    let [even, odd] = [0, 0]
    let j = 0
    for (; j + 1 < cols; j += 2, p += 2) {
      even += data[p]! * x[j]!
      odd += data[p + 1]! * x[j + 1]!
    }
    if (j < cols) {
      even += data[p]! * x[j]!
      p += 1
    }
    out[i] = even + odd
    finite = finite && Number.isFinite(even + odd)
  }
  return finite ? out : explainNonFinite('matVec', { A: a, x })
}

/**
 * Aᵀ·x, read row by row.
 *
 * Shapes  a [rows, cols]; x [rows]; result [cols].
 * Errors  ShapeError; NonFinite when the result is not finite, naming the operand to blame.
 */
export const matTVec = (a: Matrix, x: Float64Array): Float64Array => {
  requireLength('matTVec', 'x', x, a.rows, 'row of A')
  const { rows, cols, data } = a
  const out = new Float64Array(cols)
  for (let i = 0, p = 0; i < rows; i += 1) {
    const xi = x[i]!
    for (let j = 0; j < cols; j += 1, p += 1) out[j]! += data[p]! * xi
  }
  return out.every(Number.isFinite) ? out : explainNonFinite('matTVec', { A: a, x })
}
