// Finds faults in core/linalg/blocks.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  mirrorLower,
  pieceProductInto,
  symmetricProduct,
  symmetricProductInto,
} from '../../../core/linalg/gram.ts'
import { matrix, matrixFrom, transpose } from '../../../core/linalg/matrix.ts'
import { singleThread, type Task, type Team } from '../../../core/tiles/team.ts'
import { distance, gaussian, largest, multiply, seeds, sizes } from './support.ts'

/** Two orders of summing k products differ by at most k·epsilon·Σ|a b| (Higham, 3.1). */
const tolerance = (k: number, products: Float64Array) => k * Number.EPSILON * largest(products)

/** Two roundings to float32, and those of sums of 256 products. */
const SINGLE = 260 * 2 ** -24

describe('symmetricProduct', () => {
  // 255, 256, 257: around one packed depth; 140: more strips than one cache group holds.
  const edges = fc.constantFrom(...[255, 256, 257, 513].map((k) => [5, k] as const), [140, 7])
  const shapes = fc.oneof(fc.tuple(sizes(20), sizes(20)), edges)

  it('equals the triple loop on both sides, and is exactly symmetric', () => {
    fc.assert(
      fc.property(shapes, seeds, ([m, k], seed) => {
        const a = gaussian(m, k, seed)
        const at = transpose(a)
        const expected = multiply(a, at)
        const byRows = symmetricProduct(a)
        expect([byRows.rows, byRows.cols]).toEqual([m, m])
        expect(distance(byRows.data, expected.data)).toBeLessThanOrEqual(
          tolerance(k, expected.data),
        )
        expect(symmetricProduct(at, 'columns')).toEqual(byRows)
        expect(transpose(byRows)).toEqual(byRows)
      }),
    )
  })

  it('has the same bits whoever does its blocks, in whatever order', () => {
    /** Does the items of a phase backwards, each started afresh, as another thread would. */
    const backwards: Team = {
      ...singleThread,
      run: <Spec>(task: Task<Spec>, spec: Spec) => {
        task.phases(spec).forEach((items, phase) => {
          for (let item = items - 1; item >= 0; item -= 1) task.start(spec)(phase, item)
        })
      },
    }
    const large = fc.constantFrom([300, 9] as const, [513, 5] as const)
    fc.assert(
      fc.property(fc.oneof(shapes, large), seeds, ([m, k], seed) => {
        const a = gaussian(m, k, seed)
        // Earlier contents of the memory must not matter.
        const out = matrixFrom(m, m, () => Number.NaN)
        symmetricProductInto(out, a, 'rows', { team: backwards })
        mirrorLower(out)
        // Not toEqual: it takes seconds for so many numbers.
        const { data } = symmetricProduct(a)
        expect(out.data.findIndex((x, i) => !Object.is(x, data[i]))).toBe(-1)
      }),
      { numRuns: 20 },
    )
  })

  it('has the same bits from rows that are never there all at once', () => {
    const cuts = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.boolean())
    const large = fc.constantFrom([300, 270] as const, [140, 513] as const)
    fc.assert(
      fc.property(fc.oneof(shapes, large), cuts, seeds, ([m, k], [size, single], seed) => {
        const a = gaussian(m, k, seed)
        const out = matrixFrom(m, m, () => Number.NaN)
        const pieces = Array.from({ length: Math.ceil(m / size) }, (_, p) => {
          const [at, end] = [p * size, Math.min((p + 1) * size, m)]
          return { a: matrix(end - at, k, a.data.slice(at * k, end * k)), at }
        })
        pieces.forEach((left, i) => {
          for (const right of pieces.slice(0, i + 1)) pieceProductInto(out, left, right, { single })
        })
        mirrorLower(out)
        const { data } = symmetricProduct(a, 'rows', { single })
        expect(out.data.findIndex((x, i) => !Object.is(x, data[i]))).toBe(-1)
      }),
      { numRuns: 30 },
    )
  })

  it('refuses pieces that overlap, differ in columns or do not fit', () => {
    const [one, other] = [matrix(2, 3), matrix(2, 4)]
    const out = matrix(4, 4)
    for (const [left, right] of [
      [
        { a: one, at: 1 },
        { a: one, at: 0 },
      ],
      [
        { a: one, at: 2 },
        { a: other, at: 0 },
      ],
      [
        { a: one, at: 3 },
        { a: one, at: 0 },
      ],
    ] as const)
      expect(() => pieceProductInto(out, left, right)).toThrow('ShapeError in pieceProductInto')
  })

  it('of float32 numbers is that of the same numbers in float64', () => {
    const a = gaussian(30, 300, 1)
    const data = Float32Array.from(a.data)
    const wide = symmetricProduct(matrix(30, 300, Float64Array.from(data)))
    expect(symmetricProduct({ rows: 30, cols: 300, data })).toEqual(wide)
  })

  it('in single precision differs by float32 roundings of at most 256 products at a time', () => {
    fc.assert(
      fc.property(shapes, seeds, fc.boolean(), ([m, k], seed, plus) => {
        const a = gaussian(m, k, seed)
        // Large values must not make a difference to rows of small ones.
        for (let p = 0; p < k; p += 1) a.data[p]! *= plus ? 1e6 : 1
        const at = transpose(a)
        const exact = symmetricProduct(a)
        const got = symmetricProduct(a, 'rows', { single: true })
        expect(symmetricProduct(at, 'columns', { single: true })).toEqual(got)
        const norms = Array.from({ length: m }, (_, i) => Math.sqrt(exact.data[i * m + i]!))
        for (let i = 0; i < m; i += 1)
          for (let j = 0; j < m; j += 1)
            expect(Math.abs(got.data[i * m + j]! - exact.data[i * m + j]!)).toBeLessThanOrEqual(
              SINGLE * norms[i]! * norms[j]!,
            )
      }),
    )
  })

  it('comes in pieces: products of blocks of columns add up', () => {
    fc.assert(
      fc.property(sizes(20), sizes(20), sizes(20), seeds, (m, k, l, seed) => {
        const [x, y] = [gaussian(m, k, seed), gaussian(m, l, seed + 1)]
        const whole = matrixFrom(m, k + l, (i, j) =>
          j < k ? x.data[i * k + j]! : y.data[i * l + j - k]!,
        )
        const out = matrix(m, m)
        symmetricProductInto(out, x)
        symmetricProductInto(out, y, 'rows', { add: true })
        mirrorLower(out)
        const expected = symmetricProduct(whole)
        expect(distance(out.data, expected.data)).toBeLessThanOrEqual(
          tolerance(k + l, expected.data),
        )
      }),
    )
  })

  it('of a NaN, an infinity or an overflow is a NonFinite error that says where', () => {
    const bad = (value: number) => matrixFrom(7, 5, (i, j) => (i === 4 && j === 3 ? value : 1))
    expect(() => symmetricProduct(bad(Number.NaN))).toThrow('NonFinite')
    expect(() => symmetricProduct(bad(Number.NaN))).toThrow('A[4, 3] is NaN')
    expect(() => symmetricProduct(bad(-Infinity), 'columns')).toThrow('A[4, 3] is -Infinity')
    expect(() => symmetricProduct(bad(1e200))).toThrow('overflows')
  })

  it('refuses an output that does not fit', () => {
    expect(() => symmetricProductInto(matrix(2, 2), matrix(6, 2))).toThrow('Fix: out [6, 6].')
  })
})
