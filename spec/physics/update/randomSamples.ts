import fc from 'fast-check'
import { expect } from 'vitest'
import { keyFrom, normals } from '../../../core/index.ts'
import { type Matrix, matrix } from '../../../core/linalg/matrix.ts'
import type * as physics from '../../../physics/update/centred.ts'
import type { Optimizer } from '../../../physics/update/optimizers.ts'

export type Centred = physics.Centred<Matrix>

// Random X and f of order one; wide X is solved in sample space, tall X in parameter space.

export const samplesOf = (rows: number, cols: number, n: number): Centred => ({
  x: matrix(rows, cols, normals(keyFrom(n), rows * cols)),
  f: normals(keyFrom(n + 1_000_000), rows),
})
export const shapes: Readonly<Record<string, readonly [rows: number, cols: number]>> = {
  'parameter space (10 rows, 4 parameters)': [10, 4],
  'sample space (4 rows, 10 parameters)': [4, 10],
}
export const anyShape = fc.constantFrom(...Object.values(shapes))
/** Systems with condition numbers up to 1/diagShift times about 40. */
export const SOLVES = 1e-10
/** The same formula in another order of operations. */
export const ROUNDING = 1e-13

export const close = (
  got: ArrayLike<number>,
  wanted: ArrayLike<number>,
  tolerance: number,
): void => {
  expect(got.length).toBe(wanted.length)
  const scale = 1 + Math.max(...Array.from(wanted, Math.abs))
  const off = Array.from(got, (x, k) => Math.abs(x - wanted[k]!) / scale)
  expect(Math.max(...off)).toBeLessThan(tolerance)
}
export const at = ({ x }: Centred, i: number, k: number): number => x.data[i * x.cols + k]!
export const indices = (n: number): number[] => [...Array(n).keys()]
export const total = (terms: readonly number[]): number => terms.reduce((a, b) => a + b, 0)

/** A δ = b by elimination with pivots: shares nothing with the Cholesky solver. */
export const eliminate = (a: readonly (readonly number[])[], b: readonly number[]): number[] => {
  const rows = a.map((row, i) => [...row, b[i]!])
  indices(b.length).forEach((c) => {
    const p = indices(b.length)
      .slice(c)
      .reduce((best, r) => (Math.abs(rows[r]![c]!) > Math.abs(rows[best]![c]!) ? r : best), c)
    const pivot = rows[p]!
    rows[p] = rows[c]!
    rows[c] = pivot.map((v) => v / pivot[c]!)
    rows.forEach((row, r) => {
      if (r !== c) rows[r] = row.map((v, j) => v - row[c]! * rows[c]![j]!)
    })
  })
  return rows.map((row) => row[b.length]!)
}

/** All updates of several batches, memory handed on. */
export const updates = (optimizer: Optimizer, batches: readonly Centred[]): Float64Array[] => {
  let memory = optimizer.init(batches[0]!.x.cols)
  return batches.map((s) => {
    const next = optimizer.update(s, memory)
    memory = next.memory
    return next.delta
  })
}
