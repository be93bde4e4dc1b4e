import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  mirrorLower,
  symmetricProduct,
  symmetricProductInto,
  tileRanges,
} from '../../../core/linalg/gram.ts'
import { matrix, matrixFrom, transpose } from '../../../core/linalg/matrix.ts'
import { tileCount } from '../../../core/linalg/tiles.ts'
import { distance, gaussian, largest, multiply, seeds, sizes } from './support.ts'

/** Two orders of summing k products differ by at most k·epsilon·Σ|a b| (Higham, 3.1). */
const tolerance = (k: number, products: Float64Array) => k * Number.EPSILON * largest(products)

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

  it('has the same bits however its tile rows are divided', () => {
    fc.assert(
      fc.property(shapes, seeds, fc.integer({ min: 1, max: 9 }), ([m, k], seed, parts) => {
        const a = gaussian(m, k, seed)
        // What was in the memory before must not matter.
        const out = matrixFrom(m, m, () => Number.NaN)
        for (const range of tileRanges(m, parts)) symmetricProductInto(out, a, 'rows', range)
        mirrorLower(out)
        expect(out).toEqual(symmetricProduct(a))
      }),
    )
  })

  it('leaves the tile rows outside its range alone', () => {
    const out = matrixFrom(9, 9, () => 7)
    symmetricProductInto(
      out,
      matrixFrom(9, 2, () => 1),
      'rows',
      { from: 1, to: 2 },
    )
    const changed = Array.from(out.data.keys()).filter((p) => out.data[p] !== 7)
    expect(new Set(changed.map((p) => Math.floor(p / 9)))).toEqual(new Set([4, 5, 6, 7]))
    expect(changed.every((p) => p % 9 <= Math.floor(p / 9))).toBe(true)
  })

  it('of a NaN, an infinity or an overflow is a NonFinite error that says where', () => {
    const bad = (value: number) => matrixFrom(7, 5, (i, j) => (i === 4 && j === 3 ? value : 1))
    expect(() => symmetricProduct(bad(Number.NaN))).toThrow('NonFinite')
    expect(() => symmetricProduct(bad(Number.NaN))).toThrow('A[4, 3] is NaN')
    expect(() => symmetricProduct(bad(-Infinity), 'columns')).toThrow('A[4, 3] is -Infinity')
    expect(() => symmetricProduct(bad(1e200))).toThrow('overflows')
  })

  it('refuses an output or a range that does not fit', () => {
    const a = matrix(6, 2)
    expect(() => symmetricProductInto(matrix(2, 2), a)).toThrow('Fix: out [6, 6].')
    expect(() => symmetricProductInto(matrix(6, 6), a, 'rows', { from: 0, to: 3 })).toThrow(
      'tile rows 0 to 3 are not among the 2',
    )
    expect(() => symmetricProductInto(matrix(6, 6), a, 'rows', { from: 0.5, to: 1.5 })).toThrow(
      'tile rows 0.5 to 1.5',
    )
  })
})

describe('tileRanges', () => {
  it('covers every tile row once, with balanced shares of tiles', () => {
    fc.assert(
      fc.property(sizes(3000), fc.integer({ min: 1, max: 16 }), (n, parts) => {
        const ranges = tileRanges(n, parts)
        const tiles = tileCount(n)
        expect(ranges.length).toBe(parts)
        expect(ranges[0]!.from).toBe(0)
        expect(ranges[parts - 1]!.to).toBe(tiles)
        ranges.slice(1).forEach((r, i) => {
          expect(r.from).toBe(ranges[i]!.to)
        })
        // Each cut is within half a tile row of the ideal one: at most one row's tiles too many.
        const share = (tiles * (tiles + 1)) / 2 / parts
        for (const { from, to } of ranges)
          expect((to * (to + 1) - from * (from + 1)) / 2).toBeLessThanOrEqual(share + tiles + 1)
      }),
    )
    expect(() => tileRanges(4, 0)).toThrow('DomainError in tileRanges: parts is 0.')
    expect(() => tileRanges(Number.NaN, 2)).toThrow('DomainError in tileRanges: n is NaN.')
  })
})
