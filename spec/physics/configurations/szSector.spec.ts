import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  allConfigurations,
  basisOf,
  configurationAt,
  stateIndex,
} from '../../../physics/configurations/basis.ts'
import {
  checkConfiguration,
  dimension,
  fitsWithin,
  fullSpace,
  randomConfiguration,
  type Sector,
  szSector,
  upSector,
} from '../../../physics/configurations/szSector.ts'
import { rowRule } from '../../../physics/exact/sparse.ts'
import { chain } from '../../../physics/lattice/byName.ts'
import { heisenberg } from '../../../physics/operators/hamiltonians.ts'

const sectorUpTo = (most: number): fc.Arbitrary<Sector> =>
  fc.integer({ min: 1, max: most }).chain((sites) =>
    fc.oneof(
      fc.constant(fullSpace(sites)),
      fc.integer({ min: 0, max: sites }).map((up) => upSector(sites, up)),
    ),
  )
const bitsOf = (sigma: ArrayLike<number>): number =>
  Array.from(sigma).reduce((sum, s, i) => sum + (s === 1 ? 2 ** i : 0), 0)
const upOf = (bits: number): number => bits.toString(2).replaceAll('0', '').length

describe('dimension', () => {
  it('is the binomial coefficient', () => {
    expect(dimension(szSector(16))).toBe(12870)
    expect(dimension(szSector(36))).toBe(9075135300)
    expect(dimension(upSector(50, 25))).toBe(126410606437752)
    expect(dimension(fullSpace(52))).toBe(2 ** 52)
  })
})

describe('numbering', () => {
  it('lists exactly the configurations of the sector, in ascending order of their bits', () => {
    fc.assert(
      fc.property(sectorUpTo(9), (sector) => {
        const basis = basisOf(sector)
        const { sites, up } = sector
        const flat = allConfigurations(basis)
        const listed = Array.from({ length: basis.dimension }, (_, k) =>
          bitsOf(flat.subarray(k * sites, (k + 1) * sites)),
        )
        const expected = Array.from({ length: 2 ** sites }, (_, bits) => bits).filter(
          (bits) => up === undefined || upOf(bits) === up,
        )
        expect(listed).toEqual(expected)
      }),
    )
  })

  it('goes both ways, up to 2^50 states', () => {
    fc.assert(
      fc.property(
        sectorUpTo(50),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (sector, u) => {
          const basis = basisOf(sector)
          const index = Math.floor(u * basis.dimension)
          const sigma = configurationAt(basis, index)
          expect(() => checkConfiguration('spec', sector, sigma)).not.toThrow()
          expect(stateIndex(basis, sigma)).toBe(index)
        },
      ),
    )
    const basis = basisOf(szSector(6))
    const flat = allConfigurations(basis)
    for (let k = 0; k < basis.dimension; k += 1) expect(stateIndex(basis, flat, 6 * k)).toBe(k)
  })

  it('agrees with the tables of exact diagonalisation', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 10 }), fc.nat(), (sites, a) => {
        for (const sector of [upSector(sites, a % (sites + 1)), fullSpace(sites)]) {
          const { states, basis, lowBits, lowRank, highStart } = rowRule(
            heisenberg(chain(sites)),
            sector,
          )
          states.forEach((state, k) => {
            expect(bitsOf(configurationAt(basis, k))).toBe(state)
            expect(highStart[state >> lowBits]! + lowRank[state & (2 ** lowBits - 1)]!).toBe(k)
          })
        }
      }),
      { numRuns: 15 },
    )
  })
})

describe('random configurations', () => {
  it('belong to the sector, whatever the numbers', () => {
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(sectorUpTo(60), fc.array(unit, { minLength: 60, maxLength: 60 }), (sector, u) => {
        const sigma = randomConfiguration(sector, u)
        expect(sigma.length).toBe(sector.sites)
        expect(() => checkConfiguration('spec', sector, sigma)).not.toThrow()
      }),
    )
  })

  it.each([szSector(4), upSector(5, 1), fullSpace(3)])('are exactly uniform on %o', (sector) => {
    // Site i is decided by comparing u with multiples of 1/(sites - i) (of 1/2 in the full space):
    // the midpoints of these steps stand for all numbers, each with the same weight.
    const { sites, up } = sector
    const basis = basisOf(sector)
    const counts = new Map<number, number>()
    const visit = (u: readonly number[]): void => {
      if (u.length < sites) {
        const steps = up === undefined ? 2 : sites - u.length
        for (let k = 0; k < steps; k += 1) visit([...u, (k + 0.5) / steps])
      } else {
        const index = stateIndex(basis, randomConfiguration(sector, u))
        counts.set(index, (counts.get(index) ?? 0) + 1)
      }
    }
    visit([])
    expect(counts.size).toBe(basis.dimension)
    expect(new Set(counts.values()).size).toBe(1)
  })

  it('are read from an offset', () => {
    const u = [0.9, 0.9, 0.1, 0.9]
    expect([...randomConfiguration(fullSpace(2), u, 2)]).toEqual([1, -1])
  })
})

describe('bad input', () => {
  it('odd numbers of sites have no S^z = 0', () => {
    expect(() => szSector(15)).toThrow(
      /SectorError in szSector: 15 spins 1\/2 cannot have total S\^z = 0[\s\S]*even number of sites, or S\^z = 1\/2/,
    )
    expect(szSector(15, 0.5).up).toBe(8)
    expect(() => szSector(4, 0.5)).toThrow(/whole number from -2 to 2/)
    expect(() => szSector(4, 3)).toThrow(/SectorError/)
    expect(() => szSector(4, Number.NaN)).toThrow(/SectorError/)
  })

  it.each([0, -4, 2.5, Number.NaN])('%d sites', (sites) => {
    for (const make of [fullSpace, szSector, (n: number) => upSector(n, 0)]) {
      expect(() => make(sites)).toThrow(/SectorError.*whole number of at least 1/)
    }
  })

  it('too many up spins, too many states', () => {
    expect(() => upSector(4, 5)).toThrow(/4 sites cannot have 5 up spins[\s\S]*0 to 4/)
    expect(() => dimension(szSector(100))).toThrow(/about 1.0e\+29 configurations[\s\S]*sample/)
    expect(() => basisOf(fullSpace(54))).toThrow(/SectorError/)
    expect(fitsWithin(szSector(100), 1e6)).toBe(false)
    expect(fitsWithin(szSector(16), 12870)).toBe(true)
    expect(fitsWithin(szSector(16), 12869)).toBe(false)
    expect(() => allConfigurations(basisOf(szSector(36)))).toThrow(/9075135300 configurations/)
  })

  it('configurations, numbers and uniforms from outside', () => {
    const basis = basisOf(szSector(4))
    expect(() => stateIndex(basis, [1, 1, 1, -1])).toThrow(/3 spins are up, the sector has 2/)
    expect(() => stateIndex(basis, [1, 0, 1, -1])).toThrow(/spin 1 is 0; a spin is \+1 or -1/)
    expect(() => stateIndex(basis, [1, -1])).toThrow(/spin 2 is undefined/)
    expect(() => configurationAt(basis, 6)).toThrow(/no state 6[\s\S]*0 to 5/)
    expect(() => configurationAt(basis, -1)).toThrow(/SectorError/)
    expect(() => randomConfiguration(szSector(4), [0.1, 0.2])).toThrow(
      /uniform number 2 is undefined/,
    )
    expect(() => randomConfiguration(szSector(4), [0.1, 1, 0, 0])).toThrow(/uniform number 1 is 1/)
  })
})
