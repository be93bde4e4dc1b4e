import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Eigen, symmetricEigen, tridiagonalEigen } from '../../../core/linalg/eigen.ts'
import { symmetricProduct } from '../../../core/linalg/gram.ts'
import { type Matrix, matrix, matrixFrom, transpose } from '../../../core/linalg/matrix.ts'
import { distance, largest, multiply, seeds, sizes, symmetric } from './support.ts'

/** Householder and QL are backward stable: errors of a few n·epsilon of the norm, here n <= 300. */
const ROUNDING = 1e-12

const expectEigen = (a: Matrix, { values, vectors: v }: Eigen): void => {
  const n = a.rows
  expect([values.length, v.rows, v.cols]).toEqual([n, n, n])
  const norm = Math.max(largest(a.data), largest(values))
  // A V = V Λ
  const vLambda = v.data.map((x, p) => x * values[p % n]!)
  expect(distance(multiply(a, v).data, vLambda)).toBeLessThanOrEqual(ROUNDING * norm)
  // Vᵀ V = 1
  const unit = matrixFrom(n, n, (i, j) => (i === j ? 1 : 0))
  expect(distance(symmetricProduct(v, 'columns').data, unit.data)).toBeLessThanOrEqual(ROUNDING)
  values.slice(1).forEach((x, i) => {
    expect(x).toBeGreaterThanOrEqual(values[i]!)
  })
}

const diagonalMatrix = (d: ArrayLike<number>): Matrix =>
  matrixFrom(d.length, d.length, (i, j) => (i === j ? d[i]! : 0))

/** Q diag(d) Qᵀ for a random orthogonal Q. */
const withSpectrum = (d: ArrayLike<number>, seed: number): Matrix => {
  const n = d.length
  const q = symmetricEigen(symmetric(n, seed)).vectors
  const product = multiply(
    matrixFrom(n, n, (i, j) => q.data[i * n + j]! * d[j]!),
    transpose(q),
  ).data
  return matrixFrom(n, n, (i, j) => (product[i * n + j]! + product[j * n + i]!) / 2)
}

describe('symmetricEigen', () => {
  it('diagonalises random matrices, sizes 0 and 1 included', () => {
    fc.assert(
      fc.property(sizes(25), seeds, (n, seed) => {
        const a = symmetric(n, seed)
        expectEigen(a, symmetricEigen(a))
      }),
    )
    const a = symmetric(300, 1)
    expectEigen(a, symmetricEigen(a))
  })

  it('gives back a chosen spectrum: degenerate, graded, of both signs, of low rank', () => {
    const spectra = [
      [2, 2, 2, 2, 2],
      [-1, -1, 0, 0, 0, 3, 3, 3],
      Array.from({ length: 30 }, (_, i) => 10 ** (-i / 2)),
      Array.from({ length: 60 }, (_, i) => (i < 57 ? 0 : i)),
      Array.from({ length: 40 }, (_, i) => (-1) ** i * Math.floor(i / 4)),
    ]
    spectra.forEach((d, seed) => {
      const a = withSpectrum(d, seed)
      const eigen = symmetricEigen(a)
      expectEigen(a, eigen)
      const expected = Float64Array.from(d).sort()
      expect(distance(eigen.values, expected)).toBeLessThan(ROUNDING * largest(expected))
    })
  })

  it('handles zero, diagonal and rank-one matrices, and any scale', () => {
    const one = matrixFrom(50, 50, () => 1)
    const special = [matrix(6, 6), diagonalMatrix([3, -1, 2, 2]), one]
    for (const a of special) expectEigen(a, symmetricEigen(a))
    expect(symmetricEigen(matrix(1, 1, Float64Array.of(-4)))).toEqual({
      values: Float64Array.of(-4),
      vectors: matrix(1, 1, Float64Array.of(1)),
    })
    for (const scale of [1e-300, 1e-160, 1e160, 1e300]) {
      const a = symmetric(12, 4)
      const unit = symmetricEigen(a)
      const scaled = symmetricEigen(matrixFrom(12, 12, (i, j) => scale * a.data[i * 12 + j]!))
      const back = scaled.values.map((x) => x / scale)
      expect(distance(back, unit.values)).toBeLessThan(ROUNDING * largest(unit.values))
    }
  })

  it('handles matrices graded over 40 decades, in either direction', () => {
    for (const sign of [1, -1]) {
      const g = symmetric(20, 9)
      const weight = (i: number) => 10 ** (sign * i)
      const a = matrixFrom(20, 20, (i, j) => g.data[i * 20 + j]! * weight(i) * weight(j))
      expectEigen(a, symmetricEigen(a))
    }
  })

  it('refuses non-square, non-symmetric and non-finite matrices', () => {
    expect(() => symmetricEigen(matrix(2, 3))).toThrow('ShapeError in symmetricEigen')
    expect(() => symmetricEigen(matrix(2, 2, Float64Array.of(1, 2, 3, 4)))).toThrow(
      'not symmetric: A[1, 0] is 3, A[0, 1] is 2.',
    )
    const bad = matrix(2, 2, Float64Array.of(1, Infinity, Infinity, 1))
    expect(() => symmetricEigen(bad)).toThrow('NonFinite in symmetricEigen: A[0, 1] is Infinity.')
    const huge = matrixFrom(50, 50, () => 1e308)
    expect(() => symmetricEigen(huge)).toThrow('overflows')
  })
})

describe('tridiagonalEigen', () => {
  const tridiagonal = (d: Float64Array, e: Float64Array): Matrix =>
    matrixFrom(d.length, d.length, (i, j) =>
      i === j ? d[i]! : Math.abs(i - j) === 1 ? e[Math.min(i, j)]! : 0,
    )

  it('diagonalises random matrices, with and without exact zeros', () => {
    const entry = fc.oneof(fc.constantFrom(0, 1, -1), fc.double({ min: -3, max: 3, noNaN: true }))
    fc.assert(
      fc.property(fc.array(fc.tuple(entry, entry), { maxLength: 25 }), (pairs) => {
        const d = Float64Array.from(pairs, ([x]) => x)
        const e = Float64Array.from(pairs.slice(1), ([, y]) => y)
        expectEigen(tridiagonal(d, e), tridiagonalEigen(d, e))
      }),
      { numRuns: 200 },
    )
  })

  it('gives the levels 2 cos(kπ/(n+1)) of a particle hopping on an open chain', () => {
    for (const n of [1, 2, 3, 50, 200]) {
      const { values } = tridiagonalEigen(new Float64Array(n), new Float64Array(n - 1).fill(1))
      const exact = Float64Array.from(
        { length: n },
        (_, k) => 2 * Math.cos(((n - k) * Math.PI) / (n + 1)),
      )
      expect(distance(values, exact)).toBeLessThan(ROUNDING)
    }
  })

  it('separates the nearly equal pairs of Wilkinson’s matrix', () => {
    const d = Float64Array.from({ length: 21 }, (_, i) => Math.abs(i - 10))
    const e = new Float64Array(20).fill(1)
    const eigen = tridiagonalEigen(d, e)
    expectEigen(tridiagonal(d, e), eigen)
    // W21+ (Wilkinson, The Algebraic Eigenvalue Problem, 1965, p. 309).
    expect(Math.abs(eigen.values[20]! - 10.746194182903393)).toBeLessThan(ROUNDING * 10)
  })

  it('refuses wrong lengths and NaN', () => {
    const [two, three] = [new Float64Array(2), new Float64Array(3)]
    expect(() => tridiagonalEigen(three, three)).toThrow('offDiagonal has 3 elements')
    expect(() => tridiagonalEigen(three, Float64Array.of(0, Number.NaN))).toThrow(
      'NonFinite in tridiagonalEigen: offDiagonal[1] is NaN.',
    )
    expect(tridiagonalEigen(new Float64Array(0), new Float64Array(0)).values.length).toBe(0)
    expect(() => tridiagonalEigen(Float64Array.of(Infinity, 1), two.slice(1))).toThrow(
      'diagonal[0]',
    )
    const huge = Float64Array.of(1.7e308, 1.7e308)
    expect(() => tridiagonalEigen(huge, huge.slice(1))).toThrow('overflows')
  })
})
