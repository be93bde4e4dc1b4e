import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, permutation } from '../../../core/index.ts'
import * as models from '../../../models/index.ts'
import * as physics from '../../../physics/index.ts'
import { seed } from '../../arbitraries.ts'
import { anyGroup } from '../../symmetricWaves.ts'

// Dimensions of sectors from cycles, against ranks found by listing every orbit.

/** One state for each orbit whose stabiliser has no character but 1. */
const counted = (group: models.SymmetryGroup, sector: physics.Sector): number => {
  const all = physics.allConfigurations(physics.basisOf(sector))
  const { sites } = sector
  const seen = new Set<string>()
  let states = 0
  for (let k = 0; k < all.length; k += sites) {
    const sigma = all.slice(k, k + sites)
    if (seen.has(sigma.join())) continue
    let alive = true
    for (const g of group) {
      const image = models.moved(g, sigma).join()
      seen.add(image)
      const { re, im } = g.character
      if (image === sigma.join() && Math.hypot(re - 1, im) > 1e-9) alive = false
    }
    if (alive) states += 1
  }
  return states
}

const signs = fc.constantFrom(1 as const, -1 as const)
const lattices = fc.constantFrom(
  physics.chain(4),
  physics.chain(8),
  physics.chain(10),
  physics.chain(6, 'open'),
  physics.square(4, 2),
  physics.square(3, 2),
  physics.triangular(3, 2),
  physics.honeycomb(2, 2),
  physics.kagome(2, 1),
)
const sectorsOf = fc.record({
  lat: lattices,
  k: fc.tuple(fc.nat(9), fc.nat(9)),
  rotation: signs,
  mirror: signs,
  inversion: signs,
  extent: fc.constantFrom('full' as const, 'translations' as const),
})

describe('the dimension of a sector of symmetry', () => {
  it('counts the orbits that no symmetry of another character leaves as they are', () => {
    fc.assert(
      fc.property(anyGroup, fc.nat(20), ({ sites, group }, pick) => {
        // The Sz sectors are of use where no symmetry turns all spins over, or half are up.
        const flips = group.some((g) => g.flip === -1)
        const up = flips ? sites / 2 : pick % (sites + 1)
        const sector =
          Number.isInteger(up) && sites < 16
            ? physics.upSector(sites, up)
            : physics.fullSpace(Math.min(sites, 16))
        fc.pre(sector.sites === sites && sites < 13)
        expect(physics.sectorDimension(group, sector)).toBe(counted(group, sector))
        expect(physics.hasStates(group, sector)).toBe(counted(group, sector) > 0)
      }),
    )
  })

  it('is that on every lattice, in every sector that there is', () => {
    let empty = 0
    fc.assert(
      fc.property(sectorsOf, ({ lat, k, extent, ...characters }) => {
        const h = physics.heisenberg(lat)
        const momentum = lat.dims.map((_, a) => k[a]!)
        let group: models.SymmetryGroup
        try {
          group = physics.symmetriesOf(lat, h, extent, { momentum, ...characters })
        } catch {
          return fc.pre(false)
        }
        const sector = physics.szSector(lat.sites)
        const states = counted(group, sector)
        empty += states === 0 ? 1 : 0
        expect(physics.sectorDimension(group, sector)).toBe(states)
        expect(physics.hasStates(group, sector)).toBe(states > 0)
      }),
      { numRuns: 60 },
    )
    expect(empty).toBeGreaterThan(2)
  })

  it('sums to that of the space over all momenta', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 24 }), fc.nat(24), (length, up) => {
        fc.pre(up <= length)
        const sector = physics.upSector(length, up)
        const lat = physics.chain(length)
        const group = models.symmetryGroup(length, [
          models.siteSymmetry(physics.translation(lat, [1])),
        ])
        const total = Array.from({ length }, (_, k) =>
          physics.sectorDimension(
            group.map((g, n) => ({ ...g, character: models.turn((k * n) / length) })),
            sector,
          ),
        ).reduce((a, b) => a + b, 0)
        expect(total).toBe(physics.dimension(sector))
      }),
    )
  })

  it('is settled by a bound on large lattices, and counted where no bound settles it', () => {
    const lat = physics.square(10, 10)
    const group = physics.symmetriesOf(lat, physics.j1j2(lat, { j2: 0.5 }), 'full', {
      mirror: -1,
      inversion: -1,
    })
    expect(physics.hasStates(group, physics.szSector(100))).toBe(true)
    // All up: the one configuration there is, which every symmetry leaves as it is.
    const still = physics.upSector(100, 100)
    const even = models.symmetryGroup(100, [models.siteSymmetry(physics.translation(lat, [1, 0]))])
    const odd = even.map((g, n) => ({ ...g, character: models.turn(n / 2) }))
    expect([even, odd].map((g) => physics.hasStates(g, still))).toEqual([true, false])
    expect([even, odd].map((g) => physics.sectorDimension(g, still))).toEqual([1, 0])
    fc.assert(
      fc.property(seed, signs, (n, sign) => {
        // A few cycles on 30 sites: most sectors have states, and the trace says how many.
        const g = models.siteSymmetry(permutation(keyFrom(n), 30))
        const cyclic = models.symmetryGroup(30, [g])
        fc.pre(cyclic.length < 500)
        const sector = physics.szSector(30)
        const both = cyclic.map((h, k) => ({
          ...h,
          character: models.turn(cyclic.length % 2 === 0 && sign < 0 ? k / 2 : 0),
        }))
        expect(physics.hasStates(both, sector)).toBe(physics.sectorDimension(both, sector) > 0)
      }),
      { numRuns: 30 },
    )
  })
})
