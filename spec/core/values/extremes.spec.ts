import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { largest, largestSize, smallest, vectorLength } from '../../../core/values/extremes.ts'

describe('extremes', () => {
  it('are those of Math, of any length', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 20 }), (xs) => {
        expect(largest(xs)).toBe(Math.max(...xs))
        expect(smallest(xs)).toBe(Math.min(...xs))
        expect(largestSize(xs)).toBe(Math.max(0, ...xs.map(Math.abs)))
      }),
    )
    const many = Float64Array.from({ length: 300_000 }, (_, k) => (k === 7 ? -2 : k === 9 ? 1 : 0))
    expect([largest(many), smallest(many), largestSize(many)]).toEqual([1, -2, 2])
  })

  it('and the length of a vector overflows only where it is too large itself', () => {
    expect(vectorLength([3, 4])).toBe(5)
    expect(vectorLength([])).toBe(0)
    expect(vectorLength([3e200, -4e200]) / 5e200).toBeCloseTo(1, 14)
    expect(vectorLength([1, Number.NaN])).toBeNaN()
  })
})
