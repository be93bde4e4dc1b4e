import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { symmetricEigen } from '../../../core/linalg/eigen.ts'
import { type Matrix, matrixFrom } from '../../../core/linalg/matrix.ts'
import { type LanczosProblem, lowestEigenpair } from '../../../physics/exact/lanczos.ts'

// Residual^2 over the gap, for gaps down to 1e-9 of the spectrum, and rounding of sums of products.
const ENERGY = 1e-10
const TOLERANCE = 1e-10

const problem = (a: Matrix, more: Partial<LanczosProblem> = {}): LanczosProblem => ({
  dimension: a.rows,
  apply: (x, y) => {
    for (let i = 0; i < a.rows; i += 1) {
      y[i] = x.reduce((sum, c, j) => sum + a.data[i * a.cols + j]! * c, 0)
    }
  },
  orthogonalTo: [],
  tolerance: TOLERANCE,
  maxApplications: 2000,
  maxVectors: 20,
  seed: 0,
  ...more,
})

const symmetric = fc
  .record({
    n: fc.integer({ min: 1, max: 40 }),
    seed: fc.nat(1e6),
    rank: fc.nat(3),
    shift: fc.constantFrom(0, 30),
  })
  .map(({ n, seed, rank, shift }) => {
    // Dense random symmetric, or with few different eigenvalues (rank 1 to 3 plus a multiple of 1).
    const f = (k: number): number => Math.sin(seed + 12.9898 * k) * 2
    const low = (i: number, j: number): number =>
      Array.from({ length: rank }, (_, r) => f(i + 100 * r) * f(j + 100 * r)).reduce(
        (a, b) => a + b,
        0,
      )
    // Shifted to a positive spectrum, vectors projected out would be the lowest if they came back.
    const diagonal = shift + (rank === 0 ? 0 : f(999))
    return matrixFrom(n, n, (i, j) => {
      const element = rank === 0 ? f(Math.min(i, j) * 50 + Math.max(i, j)) : low(i, j)
      return i === j ? element + diagonal : element
    })
  })

describe('thick-restart Lanczos', () => {
  it('finds the lowest eigenvalue of a dense symmetric matrix, with its residual', () => {
    fc.assert(
      fc.property(symmetric, fc.integer({ min: 4, max: 50 }), (a, maxVectors) => {
        const { value, vector, residual } = lowestEigenpair(problem(a, { maxVectors }))
        const { values } = symmetricEigen(a)
        const scale = Math.max(1, ...values.map(Math.abs))
        expect(Math.abs(value - values[0]!)).toBeLessThan(ENERGY * scale)
        expect(Math.abs(vector.reduce((sum, x) => sum + x * x, 0) - 1)).toBeLessThan(ENERGY)
        const y = new Float64Array(a.rows)
        problem(a).apply(vector, y)
        const actual = Math.hypot(...y.map((c, k) => c - value * vector[k]!))
        expect(Math.abs(residual - actual)).toBeLessThan(ENERGY * scale)
        expect(residual).toBeLessThan(10 * TOLERANCE * scale)
      }),
    )
  })

  it('finds every copy of a degenerate level in the complement of those before', () => {
    fc.assert(
      fc.property(symmetric, (a) => {
        const { values } = symmetricEigen(a)
        const scale = Math.max(1, ...values.map(Math.abs))
        const found: { value: number; vector: Float64Array }[] = []
        for (let k = 0; k < Math.min(5, a.rows); k += 1) {
          found.push(
            lowestEigenpair(problem(a, { orthogonalTo: found.map((f) => f.vector), seed: k })),
          )
          expect(Math.abs(found[k]!.value - values[k]!)).toBeLessThan(ENERGY * scale)
        }
      }),
    )
  })

  it('is the same for the same seed, to the last bit', () => {
    const a = matrixFrom(60, 60, (i, j) => Math.cos(i * j) + Math.cos(i + j))
    const symmetrised = matrixFrom(60, 60, (i, j) => a.data[i * 60 + j]! + a.data[j * 60 + i]!)
    const [p, q, r] = [0, 0, 1].map((seed) => lowestEigenpair(problem(symmetrised, { seed })))
    expect(p!.vector).toEqual(q!.vector)
    expect(r!.vector).not.toEqual(p!.vector)
  })

  it('does not pretend: too few products is NotConverged with the residual reached', () => {
    const a = matrixFrom(200, 200, (i, j) =>
      i === j ? Math.sqrt(i) : Math.abs(i - j) === 1 ? 1 : 0,
    )
    expect(() => lowestEigenpair(problem(a, { maxApplications: 8 }))).toThrow(
      /NotConverged in lanczos: the residual is .* after 8 matrix products/,
    )
    expect(lowestEigenpair(problem(a)).residual).toBeLessThan(1e-8)
  })
})
