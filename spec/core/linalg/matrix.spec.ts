import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { column, matrix, matrixFrom, transpose } from '../../../core/linalg/matrix.ts'
import { matTVec, matVec } from '../../../core/linalg/vectors.ts'
import { distance, gaussian, multiply, seeds, sizes } from './support.ts'

/** A few roundings of sums of 30 terms of size up to about 5. */
const ROUNDING = 1e-12

describe('matrix', () => {
  it('fills with zeros, or takes data as they are', () => {
    expect(matrix(2, 3).data).toEqual(new Float64Array(6))
    const data = Float64Array.of(1, 2)
    expect(matrix(1, 2, data).data).toBe(data)
  })

  it.each([
    [() => matrix(-1, 2), 'sizes are [-1, 2]'],
    [() => matrix(1.5, 2), 'sizes are [1.5, 2]'],
    [() => matrix(2, 2, new Float64Array(3)), '3 values do not fill [2, 2], which has 4'],
    [() => matVec(matrix(2, 3), new Float64Array(2)), 'x has 2 elements'],
    [() => matTVec(matrix(2, 3), new Float64Array(3)), 'Fix: 2 elements, one for each row of A'],
  ])('ShapeError %#', (f, message) => {
    expect(f).toThrow('ShapeError')
    expect(f).toThrow(message)
  })

  it('transpose reads rows as columns', () => {
    fc.assert(
      fc.property(sizes(6), sizes(6), seeds, (m, n, seed) => {
        const a = gaussian(m, n, seed)
        expect(transpose(transpose(a))).toEqual(a)
        for (let i = 0; i < m; i += 1)
          expect(column(transpose(a), i)).toEqual(a.data.slice(i * n, i * n + n))
      }),
    )
  })
})

describe('matVec and matTVec', () => {
  it('equal the triple loop, sizes 0 and 1 included', () => {
    fc.assert(
      fc.property(sizes(30), sizes(30), seeds, (m, n, seed) => {
        const a = gaussian(m, n, seed)
        const x = gaussian(n, 1, seed + 1)
        const y = gaussian(m, 1, seed + 2)
        const [ax, aty] = [matVec(a, x.data), matTVec(a, y.data)]
        expect(ax.length).toBe(m)
        expect(aty.length).toBe(n)
        expect(distance(ax, multiply(a, x).data)).toBeLessThan(ROUNDING)
        expect(distance(aty, multiply(transpose(a), y).data)).toBeLessThan(ROUNDING)
      }),
    )
  })

  it('name the operand that is not finite, and where', () => {
    const bad = matrixFrom(3, 4, (i, j) => (i === 1 && j === 2 ? Number.NaN : 1))
    expect(() => matVec(bad, new Float64Array(4))).toThrow('NonFinite in matVec: A[1, 2] is NaN.')
    expect(() => matTVec(bad, new Float64Array(3))).toThrow('NonFinite in matTVec: A[1, 2] is NaN.')
    const x = Float64Array.of(1, Number.POSITIVE_INFINITY)
    expect(() => matVec(matrix(2, 2), x)).toThrow('x[1] is Infinity.')
    const huge = matrix(1, 2, Float64Array.of(1e308, 1e308))
    expect(() => matVec(huge, Float64Array.of(1, 1))).toThrow('overflows')
  })
})
