// Finds faults in core/linalg/factor.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cholesky,
  choleskyInPlace,
  solveCholesky,
  solveLower,
  solveLowerTransposed,
} from '../../../core/linalg/cholesky.ts'
import { symmetricProduct } from '../../../core/linalg/gram.ts'
import { type Matrix, matrix, matrixFrom } from '../../../core/linalg/matrix.ts'
import { matTVec, matVec } from '../../../core/linalg/vectors.ts'
import { type Problem, TensorError } from '../../../core/messages/errors.ts'
import { distance, gaussian, largest, multiply, seeds, sizes, symmetric } from './support.ts'

/** Backward error of Cholesky and of a triangular solve: (n + 1)·epsilon (Higham, Th. 10.3). */
const tolerance = (n: number) => (n + 1) * Number.EPSILON
/** A solve with both factors makes three such errors, relative to the norm. */
const solveTolerance = (n: number) => 4 * n * (n + 1) * Number.EPSILON

/** Positive definite, with smallest eigenvalue at least 1. */
const definite = (n: number, seed: number): Matrix => {
  const a = symmetricProduct(gaussian(n, n, seed))
  return matrixFrom(n, n, (i, j) => a.data[i * n + j]! + (i === j ? 1 : 0))
}

const problemOf = (f: () => unknown): Problem => {
  try {
    f()
  } catch (error) {
    if (error instanceof TensorError) return error.problem
    throw error
  }
  throw new Error('nothing was thrown')
}

// Around the 32 columns factored one by one, and halves of one and several times as many.
const orders = fc.oneof(sizes(20), fc.constantFrom(31, 32, 33, 63, 65, 97, 130, 260))

describe('cholesky', () => {
  it('L Lᵀ = A with L lower triangular and a positive diagonal', () => {
    fc.assert(
      fc.property(orders, seeds, (n, seed) => {
        const a = definite(n, seed)
        const l = cholesky(a)
        const product = multiply(
          l,
          matrixFrom(n, n, (i, j) => l.data[j * n + i]!),
        )
        expect(distance(product.data, a.data)).toBeLessThanOrEqual(tolerance(n) * largest(a.data))
        for (let i = 0; i < n; i += 1) {
          expect(l.data[i * n + i]!).toBeGreaterThan(0)
          expect(l.data.subarray(i * n + i + 1, (i + 1) * n).every((x) => x === 0)).toBe(true)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('L Lᵀ = A where half the columns are more than one strip holds', () => {
    const n = 600
    const a = definite(n, 1)
    const product = symmetricProduct(cholesky(a))
    expect(distance(product.data, a.data)).toBeLessThanOrEqual(tolerance(n) * largest(a.data))
  })

  it('reads the lower triangle only and leaves A as it was', () => {
    const a = definite(120, 3)
    const lower = matrixFrom(120, 120, (i, j) => (j <= i ? a.data[i * 120 + j]! : Number.NaN))
    const before = Float64Array.from(lower.data)
    expect(cholesky(lower)).toEqual(cholesky(a))
    expect(lower.data).toEqual(before)
  })

  it('in place gives the same lower triangle, and the same pivot where there is one to blame', () => {
    fc.assert(
      fc.property(sizes(70), seeds, (n, seed) => {
        const a = definite(n, seed)
        const wanted = cholesky(a, { shift: 0.5 })
        const l = choleskyInPlace(matrix(n, n, a.data.slice()), { shift: 0.5 })
        for (let i = 0; i < n; i += 1)
          for (let j = 0; j <= i; j += 1) expect(l.data[i * n + j]).toBe(wanted.data[i * n + j])
        expect(solveCholesky(l, new Float64Array(n).fill(1))).toEqual(
          solveCholesky(wanted, new Float64Array(n).fill(1)),
        )
      }),
      { numRuns: 20 },
    )
    const bad = () => matrix(2, 2, Float64Array.of(1, 2, 2, 1))
    for (const factor of [cholesky, choleskyInPlace])
      expect(() => factor(bad())).toThrow(/NotPositiveDefinite in cholesky: pivot 1 of 2/)
    expect(() => choleskyInPlace(matrix(1, 1, Float64Array.of(Number.NaN)))).toThrow(
      'A[0, 0] is NaN',
    )
  })

  it('shift adds to the diagonal', () => {
    fc.assert(
      fc.property(sizes(12), seeds, fc.double({ min: 0, max: 9 }), (n, seed, shift) => {
        const a = definite(n, seed)
        const shifted = matrixFrom(n, n, (i, j) => a.data[i * n + j]! + (i === j ? shift : 0))
        expect(cholesky(a, { shift })).toEqual(cholesky(shifted))
      }),
    )
  })

  it('names the first pivot that is not positive, in whatever half it lies', () => {
    const pivots = fc.oneof(sizes(8), fc.constantFrom(31, 32, 63, 64, 129, 200))
    fc.assert(
      fc.property(pivots, fc.nat({ max: 5 }), seeds, (pivot, after, seed) => {
        const n = pivot + 1 + after
        const a = definite(n, seed)
        // Leading minors of definite matrices are definite: only the lowered pivot can fail.
        a.data[pivot * n + pivot] = -1
        const problem = problemOf(() => cholesky(a))
        expect(problem.kind).toBe('NotPositiveDefinite')
        expect(problem.data).toMatchObject({ pivot, size: n, shift: 0 })
        expect(problem.data?.value).toBeLessThanOrEqual(-1)
        expect(problem.what).toContain(`pivot ${pivot} of ${n}`)
      }),
      { numRuns: 25 },
    )
  })

  it('names pivot and value of a small case, and its fix works', () => {
    const a = matrix(2, 2, Float64Array.of(4, 2, 2, -2))
    const problem = problemOf(() => cholesky(a))
    expect(problem.data).toMatchObject({ pivot: 1, value: -3, size: 2, shift: 0 })
    expect(problem.what).toBe('pivot 1 of 2 (counted from 0) is -3 with shift 0.')
    expect(() => cholesky(a, { shift: shiftIn(problem) })).not.toThrow()
  })

  it('says so when the matrix is singular only up to rounding, and its fix works', () => {
    const v = gaussian(1, 40, 1).data
    const a = matrixFrom(40, 40, (i, j) => v[i]! * v[j]!)
    const problem = problemOf(() => cholesky(a))
    expect(problem.kind).toBe('NotPositiveDefinite')
    expect(problem.fix).toContain('singular up to rounding')
    expect(shiftIn(problem)).toBeLessThan(1e-9)
    expect(() => cholesky(a, { shift: shiftIn(problem) })).not.toThrow()
  })

  it('names a shift that works, for any matrix and any shift that does not', () => {
    const shifts = fc.double({ min: -3, max: 3, noNaN: true })
    fc.assert(
      fc.property(sizes(8), seeds, shifts, (n, seed, shift) => {
        const a = symmetric(n, seed)
        fc.pre(!factors(a, shift))
        expect(factors(a, shiftIn(problemOf(() => cholesky(a, { shift }))))).toBe(true)
      }),
    )
  })

  it.each<[string, number, readonly number[], number, string]>([
    ['the zero matrix', 3, Array(9).fill(0), 0, 'singular'],
    ['an eigenvalue that two digits round down', 1, [-1.04], 0, 'negative'],
    ['one that the given shift cancels', 1, [-1.04], 1.04, 'singular'],
    ['one that a negative shift cancels', 1, [1.06], -1.06, 'singular'],
  ])('names a shift that works for %s', (_, n, data, shift, diagnosis) => {
    const a = matrix(n, n, Float64Array.from(data))
    const problem = problemOf(() => cholesky(a, { shift }))
    expect(problem.fix).toContain(diagnosis)
    expect(() => cholesky(a, { shift: shiftIn(problem) })).not.toThrow()
  })

  it('calls a matrix with pivot 0 and eigenvalues ±1 indefinite, not singular', () => {
    const problem = problemOf(() => cholesky(matrix(2, 2, Float64Array.of(0, 1, 1, 0))))
    expect(problem.fix).toContain('without negative eigenvalues')
    expect(shiftIn(problem)).toBeGreaterThan(1)
  })

  const factors = (a: Matrix, shift: number): boolean => {
    try {
      return cholesky(a, { shift }).rows === a.rows
    } catch {
      return false
    }
  }
  const shiftIn = (problem: Problem): number =>
    Number(/shift >= ([\d.e+-]+)/.exec(problem.fix ?? '')?.[1])

  it('refuses non-square and non-finite matrices and shifts', () => {
    expect(() => cholesky(matrix(2, 3))).toThrow('ShapeError in cholesky')
    const bad = matrix(2, 2, Float64Array.of(1, 0, Number.NaN, 1))
    expect(() => cholesky(bad)).toThrow('NonFinite in cholesky: A[1, 0] is NaN.')
    expect(() => cholesky(matrix(1, 1), { shift: Number.NaN })).toThrow('shift[0] is NaN')
    const huge = matrix(1, 1, Float64Array.of(1e308))
    expect(() => cholesky(huge, { shift: 1e308 })).toThrow('overflows')
  })
})

describe('triangular solves', () => {
  it('have small residuals, sizes 0 and 1 included', () => {
    fc.assert(
      fc.property(orders, seeds, (n, seed) => {
        const a = definite(n, seed)
        const l = cholesky(a)
        const b = gaussian(n, 1, seed + 1).data
        const x = solveCholesky(l, b)
        const bound = (y: Float64Array, m: Matrix) =>
          solveTolerance(n) * largest(m.data) * largest(y)
        expect(distance(matVec(a, x), b)).toBeLessThanOrEqual(bound(x, a))
        const y = solveLower(l, b)
        expect(distance(matVec(l, y), b)).toBeLessThanOrEqual(bound(y, l))
        const z = solveLowerTransposed(l, b)
        expect(distance(matTVec(l, z), b)).toBeLessThanOrEqual(bound(z, l))
      }),
      { numRuns: 25 },
    )
  })

  it('refuse wrong lengths, NaN and a zero on the diagonal', () => {
    const l = matrix(2, 2, Float64Array.of(1, 0, 1, 1))
    expect(() => solveCholesky(l, new Float64Array(3))).toThrow('ShapeError in solveLower')
    expect(() => solveLower(matrix(2, 1), new Float64Array(2))).toThrow('ShapeError')
    expect(() => solveCholesky(l, Float64Array.of(0, Number.NaN))).toThrow('b[1] is NaN')
    expect(() => solveLowerTransposed(matrix(1, 1), Float64Array.of(1))).toThrow('NonFinite')
  })
})
