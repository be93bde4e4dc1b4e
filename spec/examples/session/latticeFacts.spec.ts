import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { latticeFacts } from '../../../examples/session/latticeFacts.ts'
import {
  isBipartite,
  latticeKinds,
  latticeNames,
  sitesOf,
} from '../../../examples/settings/lattices.ts'

/** Lattices of an even number of sites, small enough for all of their symmetries. */
const models = fc
  .record({
    lattice: fc.constantFrom(...latticeNames),
    sides: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    boundary: fc.constantFrom('periodic' as const, 'open' as const),
  })
  .map(({ lattice, sides, boundary }) => ({
    lattice,
    boundary,
    size:
      lattice === 'shastry-sutherland' ? [4, 4] : sides.slice(0, latticeKinds[lattice].directions),
  }))
  .filter(({ lattice, size }) => {
    const sites = sitesOf(lattice, size)
    return sites % 2 === 0 && sites <= 40
  })

describe('what a lattice is like', () => {
  it('adds up: every pair of sites has its bond, sublattices share the sites', () => {
    fc.assert(
      fc.property(models, (model) => {
        const facts = latticeFacts(model, 1000)
        const { sites, shells, sublattices, symmetries, translations, patchings } = facts
        expect(sites).toBe(sitesOf(model.lattice, model.size))
        expect(shells.reduce((n, { bonds }) => n + bonds, 0)).toBe((sites * (sites - 1)) / 2)
        for (const {
          bonds,
          neighbours: [fewest, most],
        } of shells) {
          expect(fewest * sites).toBeLessThanOrEqual(2 * bonds)
          expect(most * sites).toBeGreaterThanOrEqual(2 * bonds)
        }
        const distances = shells.map(({ distance }) => distance)
        expect(distances).toEqual(distances.toSorted((a, b) => a - b))
        if (sublattices !== null) expect(sublattices[0] + sublattices[1]).toBe(sites)
        if (isBipartite(model.lattice, model.size, model.boundary))
          expect(sublattices).not.toBeNull()
        // Translations are a subgroup, and so is spin inversion.
        expect(symmetries! % (2 * translations!)).toBe(0)
        expect(patchings.map(({ side }) => side)[0]).toBe(1)
        for (const { side, patches } of patchings)
          expect(patches * side ** model.size.length).toBe(facts.cells)
        expect(facts.symmetricDimension).toBeLessThanOrEqual(facts.dimension!)
        expect(facts.symmetricDimension! * symmetries!).toBeGreaterThanOrEqual(facts.dimension!)
      }),
      { numRuns: 25 },
    )
  })

  it('is as the literature has it', () => {
    const square = latticeFacts({ lattice: 'square', size: [4, 4], boundary: 'periodic' }, 2)
    expect(square).toEqual({
      name: 'square 4x4 periodic',
      sites: 16,
      cells: 16,
      shells: [
        { distance: 1, bonds: 32, neighbours: [4, 4] },
        { distance: Math.SQRT2, bonds: 32, neighbours: [4, 4] },
      ],
      sublattices: [8, 8],
      translations: 16,
      symmetries: 256,
      patchings: [
        { side: 1, patches: 16 },
        { side: 2, patches: 4 },
        { side: 4, patches: 1 },
      ],
      dimension: 12870,
      symmetricDimension: 107,
    })
    const lieb = latticeFacts({ lattice: 'lieb', size: [2, 2], boundary: 'periodic' })
    expect([lieb.cells, lieb.sublattices]).toEqual([4, [4, 8]])
    expect(lieb.shells[0]!.neighbours).toEqual([2, 4])
    const kagome = latticeFacts({ lattice: 'kagome', size: [2, 2], boundary: 'periodic' })
    expect([kagome.sites, kagome.sublattices, kagome.shells[0]!.bonds]).toEqual([12, null, 24])
    const dimers = latticeFacts({
      lattice: 'shastry-sutherland',
      size: [4, 4],
      boundary: 'periodic',
    })
    expect(dimers.name).toContain('orthogonal dimers')
    expect(dimers.symmetries).toBeLessThan(square.symmetries!)
  })

  it('leaves out what cannot be counted on large lattices', () => {
    const large = latticeFacts({ lattice: 'square', size: [20, 20], boundary: 'open' }, 1)
    expect(large).toMatchObject({
      sites: 400,
      symmetries: null,
      translations: null,
      dimension: null,
      symmetricDimension: null,
    })
    expect(large.shells).toEqual([{ distance: 1, bonds: 760, neighbours: [2, 4] }])
  })
})
