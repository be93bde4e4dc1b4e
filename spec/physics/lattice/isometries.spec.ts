import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as physics from '../../../physics/index.ts'

/** Distances are square roots of sums of a few products. */
const ROUNDING = 1e-9

const length = fc.integer({ min: 1, max: 4 })
const boundary = fc.constantFrom<physics.Boundary>('periodic', 'open')
const anyLattice: fc.Arbitrary<physics.Lattice> = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 9 }), boundary).map(([n, b]) => physics.chain(n, b)),
  fc
    .tuple(fc.constantFrom(physics.square, physics.triangular), length, length, boundary)
    .map(([make, x, y, b]) => make(x, y, b)),
  fc
    .tuple(
      fc.constantFrom(physics.honeycomb, physics.kagome),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 2 }),
      boundary,
    )
    .map(([make, x, y, b]) => make(x, y, b)),
)

describe('isometries', () => {
  it('keep all distances, by brute force, and form a group', () => {
    fc.assert(
      fc.property(anyLattice, fc.nat(), fc.nat(), (lat, a, b) => {
        const all = physics.isometries(lat)
        const [g, h] = [all[a % all.length]!, all[b % all.length]!]
        for (let i = 0; i < lat.sites; i += 1)
          for (let j = 0; j < i; j += 1) {
            const there = physics.distance(lat, g.sites[i]!, g.sites[j]!)
            expect(Math.abs(there - physics.distance(lat, i, j))).toBeLessThan(ROUNDING)
          }
        const known = new Set(all.map(({ sites }) => sites.join()))
        expect(known).toContain(g.sites.map((i) => h.sites[i]!).join())
        expect([...all[0]!.sites]).toEqual(lat.positions.map((_, i) => i))
      }),
      { numRuns: 60 },
    )
  })

  it('are as many as the point group times the translations', () => {
    const counts: readonly (readonly [physics.Lattice, number])[] = [
      [physics.chain(7), 14],
      [physics.chain(7, 'open'), 2],
      [physics.square(4, 4), 16 * 8],
      [physics.square(4, 3), 12 * 4],
      [physics.square(3, 3, 'open'), 8],
      [physics.square(3, 4, 'open'), 4],
      [physics.triangular(4, 4), 16 * 12],
      [physics.triangular(3, 4), 12 * 2],
      [physics.triangular(3, 3, 'open'), 4],
      [physics.honeycomb(3, 3), 9 * 12],
      [physics.kagome(2, 2), 4 * 12],
    ]
    for (const [lat, count] of counts)
      expect([lat.name, physics.isometries(lat).length]).toEqual([lat.name, count])
  })
})
