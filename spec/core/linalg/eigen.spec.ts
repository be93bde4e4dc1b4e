import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Eigen, symmetricEigen, tridiagonalEigen } from '../../../core/linalg/eigen.ts'
import { symmetricProduct } from '../../../core/linalg/gram.ts'
import { type Matrix, matrix, matrixFrom, transpose } from '../../../core/linalg/matrix.ts'
import { axesOf } from '../../../core/values/shape.ts'
import { distance, gaussian, largest, multiply, seeds, sizes, symmetric } from './support.ts'

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

/** G Gᵀ for a random G [n, r]: n − r zero eigenvalues. */
const gramOf = (n: number, r: number, seed: number): Matrix =>
  symmetricProduct(gaussian(n, r, seed), 'rows')

/** The eigenvalues of A, rounding aside, are those expected. */
const expectValues = ({ values }: Eigen, expected: Float64Array): void =>
  expect(distance(values, expected)).toBeLessThan(ROUNDING * largest(expected))

/**
 * i (P − Pᵀ) as a real matrix of twice the size, P a permutation of n states: on a cycle of length
 * L its levels are 2 sin(2πk/L), each twice. A scalar chirality of three spins, times 4, is one.
 */
const chirality = (next: readonly number[]): { a: Matrix; expected: Float64Array } => {
  const n = next.length
  const a = matrix(2 * n, 2 * n)
  const add = (row: number, col: number, x: number): void => {
    a.data[row * 2 * n + n + col]! -= x
    a.data[(n + row) * 2 * n + col]! += x
  }
  next.forEach((to, from) => {
    add(to, from, 1)
    add(from, to, -1)
  })
  const seen = new Set<number>()
  const levels = next.flatMap((_, start) => {
    const cycle: number[] = []
    for (let at = start; !seen.has(at); at = next[at]!) {
      seen.add(at)
      cycle.push(at)
    }
    return cycle.map((_, k) => 2 * Math.sin((2 * Math.PI * k) / cycle.length))
  })
  return { a, expected: Float64Array.from([...levels, ...levels]).sort() }
}

/** Spins i, j, k of a configuration change places. */
const turned = (x: number, [i, j, k]: readonly [number, number, number]): number => {
  const bit = (s: number): number => (x >> s) & 1
  const rest = x & ~((1 << i) | (1 << j) | (1 << k))
  return rest | (bit(i) << j) | (bit(j) << k) | (bit(k) << i)
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

  it('finds many zero eigenvalues: products G Gᵀ of low rank, at any scale', () => {
    const ranks = [
      [200, 20],
      [150, 1],
      [120, 60],
      [100, 99],
    ] as const
    for (const [n, r] of ranks) {
      const a = gramOf(n, r, n)
      const eigen = symmetricEigen(a)
      expectEigen(a, eigen)
      // The eigenvalues that are not zero are those of Gᵀ G.
      const small = symmetricEigen(symmetricProduct(gaussian(n, r, n), 'columns')).values
      expectValues(eigen, Float64Array.from([...new Float64Array(n - r), ...small]))
    }
    const low = gramOf(100, 8, 3)
    const { values } = symmetricEigen(low)
    for (const scale of [2 ** -1000, 2 ** -500, 2 ** 500, 2 ** 900])
      expectValues(
        symmetricEigen(
          matrix(
            100,
            100,
            low.data.map((x) => scale * x),
          ),
        ),
        values.map((x) => scale * x),
      )
  })

  it('finds zero eigenvalues among levels that are known: chiralities, permutations', () => {
    const triples = fc
      .shuffledSubarray(axesOf(7), { minLength: 3, maxLength: 3 })
      .map((t) => t as [number, number, number])
    const spins = triples.map((t) => Array.from({ length: 128 }, (_, x) => turned(x, t)))
    const any = fc
      .nat({ max: 60 })
      .chain((n) => fc.shuffledSubarray(axesOf(n + 1), { minLength: n + 1 }))
    fc.assert(
      fc.property(fc.oneof(spins, any), (next) => {
        const { a, expected } = chirality(next)
        const eigen = symmetricEigen(a)
        expectEigen(a, eigen)
        expect(distance(eigen.values, expected)).toBeLessThan(ROUNDING * 2)
      }),
      { numRuns: 5 },
    )
  })

  it('finds clusters: few levels, each many times, and next to each other', () => {
    const levels = [0, 0, 0, 1, 1 + 1e-9, 1e-9, -1, 1e-300]
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...levels), { minLength: 1, maxLength: 80 }),
        seeds,
        (d, seed) => {
          const a = withSpectrum([...d, 2], seed)
          const eigen = symmetricEigen(a)
          expectEigen(a, eigen)
          expectValues(eigen, Float64Array.from([...d, 2]).sort())
        },
      ),
      { numRuns: 20 },
    )
  })

  it('keeps vectors orthonormal where the rest of a matrix is denormal', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(1e-310, 1e-320, 1e-290, 1e-200), (seed, tiny) => {
        const g = symmetric(8, seed)
        const a = matrixFrom(8, 8, (i, j) => (i + j === 0 ? 1 : tiny * g.data[i * 8 + j]!))
        expectEigen(a, symmetricEigen(a))
      }),
    )
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

  it('finds levels that fall off steeply, in either direction', () => {
    for (const ratio of [1e-1, 1e-4, 1e-16, 1e-30])
      for (const reversed of [false, true]) {
        const fall = Float64Array.from({ length: 60 }, (_, i) => ratio ** (reversed ? 59 - i : i))
        const [d, e] = [fall, fall.slice(1).map((x, i) => Math.sqrt(x * fall[i]!))]
        expectEigen(tridiagonal(d, e), tridiagonalEigen(d, e))
      }
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
