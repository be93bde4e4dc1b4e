import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as physics from '../../../physics/index.ts'
import { orbitBasis, orbitLocator } from '../../../physics/orbits/orbitBasis.ts'
import { largestSublattice } from '../../../physics/orbits/sublattices.ts'

const lats = [
  physics.chain(7),
  physics.chain(10),
  physics.square(4, 2),
  physics.square(3, 3),
  physics.triangular(3, 3),
  physics.kagome(2, 2),
  physics.lieb(2, 1, 'open'),
]

/** The group without inversion where that leads out of the sector. */
const groupOf = (lat: physics.Lattice, { sites, up }: physics.Sector) =>
  physics
    .symmetriesOf(lat, physics.heisenberg(lat), 'full')
    .filter((g) => g.flip === 1 || up === undefined || 2 * up === sites)

describe('orbits', () => {
  it('are found by all their members, and by no others', () => {
    fc.assert(
      fc.property(fc.constantFrom(...lats), fc.integer({ min: 0, max: 12 }), (lat, spins) => {
        const up = spins % (lat.sites + 1)
        const sector = physics.upSector(lat.sites, up)
        const group = groupOf(lat, sector)
        const basis = orbitBasis(group, sector)
        const { order, highBits } = basis.code
        const locate = orbitLocator(basis)
        const found = new Int32Array(2)
        const orbitOf = (sigma: ArrayLike<number>): number => {
          let [high, low] = [0, 0]
          order.forEach((site, p) => {
            const bit = sigma[site] === 1 ? 1 : 0
            if (p < highBits) high |= bit << p
            else low |= bit << (p - highBits)
          })
          locate(high, low, found)
          return found[0]!
        }
        const all = physics.basisOf(sector)
        const representative = physics.representatives(group, lat.sites)
        const seen = new Map<string, number>()
        for (let k = 0; k < all.dimension; k += 1) {
          const sigma = physics.configurationAt(all, k)
          const key = representative(sigma).configurations.join()
          const orbit = orbitOf(sigma)
          expect(seen.get(key) ?? orbit).toBe(orbit)
          seen.set(key, orbit)
        }
        expect([...seen.values()].sort((a, b) => a - b)).toEqual([...Array(seen.size).keys()])
        expect(basis.dimension).toBe(seen.size)
        expect(basis.start.at(-1)).toBe(seen.size)
      }),
      { numRuns: 12 },
    )
  })
})

describe('the largest sublattice', () => {
  it('is moved as a whole, or out of itself', () => {
    for (const lat of lats) {
      const group = groupOf(lat, physics.fullSpace(lat.sites))
      const set = largestSublattice(
        lat.sites,
        group.map((g) => g.sites),
        Math.ceil(lat.sites / 2),
      )
      expect(set.length).toBeGreaterThan(0)
      for (const { sites } of group) {
        const inside = set.filter((i) => set.includes(sites[i]!)).length
        expect([0, set.length]).toContain(inside)
      }
    }
    expect(
      largestSublattice(
        10,
        groupOf(physics.chain(10), physics.fullSpace(10)).map((g) => g.sites),
        5,
      ),
    ).toEqual([0, 2, 4, 6, 8])
  })
})
