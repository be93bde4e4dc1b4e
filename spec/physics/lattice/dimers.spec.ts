import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as physics from '../../../physics/index.ts'
import exact from '../../reference/exact.json' with { type: 'json' }

const sides = fc.constantFrom(4, 6, 8)

/** Sums of a few dozen terms of order one. */
const ROUNDING = 1e-13

describe('orthogonal dimers', () => {
  it('meet every site once, √2 long, never along nearest neighbours', () => {
    fc.assert(
      fc.property(sides, sides, (lx, ly) => {
        const lat = physics.square(lx, ly)
        const pairs = physics.dimers(lat)
        expect(pairs.flat().sort((a, b) => a - b)).toEqual([...Array(lat.sites).keys()])
        for (const [i, j] of pairs) expect(physics.distance(lat, i, j)).toBeCloseTo(Math.SQRT2, 12)
      }),
    )
  })

  it('stay what they are under translations by two sites, and by one under no', () => {
    const lat = physics.square(4, 6)
    const name = ([i, j]: readonly [number, number]): string =>
      [i, j].sort((a, b) => a - b).join('-')
    const all = physics.dimers(lat).map(name).sort()
    const moved = (shift: readonly number[]): string[] => {
      const g = physics.translation(lat, shift)
      return physics
        .dimers(lat)
        .map(([i, j]) => name([g[i]!, g[j]!]))
        .sort()
    }
    for (const shift of [
      [2, 0],
      [0, 2],
      [2, 4],
    ])
      expect(moved(shift)).toEqual(all)
    for (const shift of [
      [1, 0],
      [0, 1],
      [1, 2],
    ])
      expect(moved(shift)).not.toEqual(all)
  })

  it('are refused where they do not fit', () => {
    for (const lat of [physics.square(3, 4), physics.square(2, 4), physics.chain(8)])
      expect(() => physics.dimers(lat)).toThrow(/orthogonal dimers do not fit/)
    expect(physics.dimers(physics.square(2, 4, 'open')).length).toBeGreaterThan(0)
  })
})

describe('the Shastry-Sutherland model', () => {
  const lat = physics.square(4, 4)
  const sector = physics.szSector(16)

  it("has the product of singlets as an eigenstate of energy −3/8 J' per site, whatever J", () => {
    const amplitude = physics.singletProduct(physics.dimers(lat))
    const basis = physics.basisOf(sector)
    const configurations = physics.allConfigurations(basis)
    const psi = Float64Array.from({ length: basis.dimension }, (_, k) =>
      amplitude(configurations.subarray(16 * k, 16 * k + 16)),
    )
    expect(psi.reduce((sum, a) => sum + a * a, 0)).toBeCloseTo(1, 12)
    fc.assert(
      fc.property(fc.double({ min: -2, max: 2, noNaN: true }), (j) => {
        const h = physics.compileOperator(physics.shastrySutherland(lat, { j, jDimer: 1 }), 16)
        const rows = physics.connectedBatch(h, configurations)
        let worst = 0
        for (let s = 0; s < basis.dimension; s += 1) {
          let image = rows.diagonalRe[s]! * psi[s]!
          for (let k = rows.start[s]!; k < rows.start[s + 1]!; k += 1)
            image += rows.re[k]! * amplitude(rows.configurations.subarray(16 * k, 16 * k + 16))
          worst = Math.max(worst, Math.abs(image + (3 / 8) * 16 * psi[s]!))
        }
        expect(worst).toBeLessThan(ROUNDING)
      }),
      { numRuns: 5 },
    )
  })

  it('has the energies of independent diagonalisations', () => {
    const cases = exact.shastry_sutherland_4x4.cases.filter((c) =>
      [0.6, 0.75].includes(c.J_over_Jp),
    )
    expect(cases).toHaveLength(2)
    for (const c of cases) {
      const h = physics.shastrySutherland(lat, { j: c.J_over_Jp, jDimer: 1 })
      const { energies } = physics.exactStates(h, sector, { states: 1 })
      expect(Math.abs(energies[0]! - c.E0)).toBeLessThan(1e-9)
    }
  })
})
