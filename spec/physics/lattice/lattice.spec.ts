import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Bond,
  bonds,
  displacement,
  distance,
  shellDistances,
  sublattice,
} from '../../../physics/lattice/bonds.ts'
import { chain, square } from '../../../physics/lattice/byName.ts'
import { honeycomb, kagome, triangular } from '../../../physics/lattice/hexagonal.ts'
import {
  addressOf,
  type Boundary,
  type Lattice,
  lattice,
  siteAt,
  translation,
  translations,
} from '../../../physics/lattice/lattice.ts'
import reference from '../../reference/exact.json' with { type: 'json' }

// Distances are square roots of sums of a few products of size up to 100.
const ROUNDING = 1e-10

const height = Math.sqrt(3) / 2
const boundary = fc.constantFrom<Boundary>('periodic', 'open')
const length = fc.integer({ min: 1, max: 5 })
const anyLattice: fc.Arbitrary<Lattice> = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 12 }), boundary).map(([n, b]) => chain(n, b)),
  fc.tuple(length, length, boundary).map(([x, y, b]) => square(x, y, b)),
  fc.tuple(length, length, boundary).map(([x, y, b]) => triangular(x, y, b)),
  fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))
    .map(([x, y]) => kagome(x, y)),
  fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), boundary)
    .map(([x, y, b]) => honeycomb(x, y, b)),
)
const larger = anyLattice.filter((lat) => lat.sites > 1)
const sitesOf = (lat: Lattice): number[] => Array.from({ length: lat.sites }, (_, i) => i)

const key = ([i, j]: readonly number[]): string => (i! < j! ? `${i}-${j}` : `${j}-${i}`)
const setOf = (pairs: readonly (readonly number[])[]): string[] => pairs.map(key).sort()
const coordination = (lat: Lattice, pairs: readonly Bond[]): number[] =>
  sitesOf(lat).map((i) => pairs.filter((b) => b.includes(i)).length)

describe('sites', () => {
  it('have an address each, row by row', () => {
    expect(square(4, 6).positions[2 * 6 + 5]).toEqual([2, 5])
    expect(kagome(2, 2).positions[3 * (1 * 2 + 1) + 2]).toEqual([3.5, 3 * height])
    fc.assert(
      fc.property(anyLattice, (lat) => {
        for (const i of sitesOf(lat)) expect(siteAt(lat, addressOf(lat, i))).toBe(i)
      }),
    )
  })

  it('wrap around periodic boundaries and end at open ones', () => {
    expect(siteAt(square(3, 4), { cell: [-1, 5], offset: 0 })).toBe(2 * 4 + 1)
    expect(siteAt(square(3, 4, 'open'), { cell: [-1, 1], offset: 0 })).toBeUndefined()
    expect(siteAt(chain(5, 'open'), { cell: [5], offset: 0 })).toBeUndefined()
  })
})

describe('distances', () => {
  it('are the shortest over many images', () => {
    fc.assert(
      fc.property(anyLattice, fc.nat(), fc.nat(), (lat, a, b) => {
        const [i, j] = [a % lat.sites, b % lat.sites]
        // Skewed tori of length 1 x 5 need up to 3 windings; 8 are more than enough.
        const windings = (k: number): number[] =>
          lat.boundary[k] === 'periodic' ? Array.from({ length: 17 }, (_, n) => n - 8) : [0]
        const all = windings(0).flatMap((m) =>
          windings(1).map((n) =>
            Math.hypot(
              ...lat.positions[j]!.map(
                (x, k) =>
                  x -
                  lat.positions[i]![k]! +
                  m * lat.dims[0]! * lat.vectors[0]![k]! +
                  n * (lat.dims[1] ?? 0) * (lat.vectors[1]?.[k] ?? 0),
              ),
            ),
          ),
        )
        expect(Math.abs(distance(lat, i, j) - Math.min(...all))).toBeLessThan(ROUNDING)
      }),
    )
  })

  it('point there and back alike', () => {
    expect(displacement(square(4, 4), 0, 15)).toEqual([-1, -1])
    fc.assert(
      fc.property(anyLattice, fc.nat(), fc.nat(), (lat, a, b) => {
        const [i, j] = [a % lat.sites, b % lat.sites]
        expect(Math.abs(distance(lat, i, j) - distance(lat, j, i))).toBeLessThan(ROUNDING)
        expect(distance(lat, i, i)).toBe(0)
      }),
    )
  })
})

describe('bonds', () => {
  it('of all shells are all pairs, each once and at its distance', () => {
    fc.assert(
      fc.property(larger, (lat) => {
        const distances = shellDistances(lat)
        const shells = distances.map((_, k) => bonds(lat, k + 1))
        expect(new Set(shells.flat().map(key)).size).toBe((lat.sites * (lat.sites - 1)) / 2)
        expect(shells.flat().length).toBe((lat.sites * (lat.sites - 1)) / 2)
        shells.forEach((shell, k) => {
          for (const [i, j] of shell) {
            expect(i).toBeLessThan(j)
            expect(Math.abs(distance(lat, i, j) - distances[k]!)).toBeLessThan(ROUNDING)
          }
        })
      }),
    )
  })

  it('are those of the reference clusters', () => {
    const [s44, s64] = [reference.square_4x4_J1J2, reference.square_6x4_J1J2]
    expect(setOf(bonds(square(4, 4), 1))).toEqual(setOf(s44.J1_bonds))
    expect(setOf(bonds(square(4, 4), 2))).toEqual(setOf(s44.J2_bonds))
    expect(setOf(bonds(square(6, 4), 1))).toEqual(setOf(s64.J1_bonds))
    expect(setOf(bonds(square(6, 4), 2))).toEqual(setOf(s64.J2_bonds))
    const { triangular4x4, triangular3x4 } = reference.other_clusters
    expect(setOf(bonds(triangular(4, 4)))).toEqual(setOf(triangular4x4.bonds))
    expect(setOf(bonds(triangular(3, 4)))).toEqual(setOf(triangular3x4.bonds))
    expect(setOf(bonds(kagome(2, 2)))).toEqual(setOf(reference.other_clusters.kagome12.bonds))
  })

  it('have the coordination of the infinite lattice once the torus is wide enough', () => {
    expect(new Set(coordination(square(5, 6), bonds(square(5, 6), 1)))).toEqual(new Set([4]))
    expect(new Set(coordination(square(5, 6), bonds(square(5, 6), 2)))).toEqual(new Set([4]))
    expect(new Set(coordination(triangular(4, 5), bonds(triangular(4, 5))))).toEqual(new Set([6]))
    expect(new Set(coordination(kagome(3, 3), bonds(kagome(3, 3))))).toEqual(new Set([4]))
    expect(new Set(coordination(honeycomb(3, 3), bonds(honeycomb(3, 3))))).toEqual(new Set([3]))
    expect(shellDistances(square(8, 8)).slice(0, 5)).toEqual([
      1,
      Math.SQRT2,
      2,
      Math.sqrt(5),
      Math.sqrt(8),
    ])
    expect(bonds(square(4, 5, 'open'), 1).length).toBe(3 * 5 + 4 * 4)
    expect(bonds(square(4, 5, 'open'), 2).length).toBe(2 * 3 * 4)
  })

  it('count a pair once on tiny tori', () => {
    expect(bonds(chain(2))).toEqual([[0, 1]])
    expect(bonds(chain(3)).length).toBe(3)
    expect(bonds(chain(4), 2)).toEqual([
      [0, 2],
      [1, 3],
    ])
    expect(bonds(square(2, 2), 1).length).toBe(4)
    expect(bonds(square(2, 2), 2).length).toBe(2)
    expect(bonds(square(1, 5))).toEqual(bonds(chain(5)))
    expect(bonds(square(1, 6), 2)).toEqual(bonds(chain(6), 2))
  })
})

describe('sublattices', () => {
  it('put unlike neighbours at the ends of every nearest-neighbour bond', () => {
    const bipartite = larger.filter((lat) => {
      const even = lat.dims.every((n, k) => lat.boundary[k] === 'open' || n % 2 === 0 || n === 1)
      return lat.cell.length === 1 && even && !lat.name.startsWith('triangular')
    })
    fc.assert(
      fc.property(bipartite, (lat) => {
        const colour = sublattice(lat)
        for (const [i, j] of bonds(lat)) expect(colour[i]! + colour[j]!).toBe(1)
        expect(colour[0]).toBe(0)
      }),
    )
    expect([...sublattice(square(4, 4))]).toEqual(
      square(4, 4).positions.map(([x, y]) => (x! + y!) % 2),
    )
    expect([...sublattice(chain(1))]).toEqual([0])
  })

  it.each([chain(3), chain(7), square(3, 4), square(4, 5), triangular(4, 4), kagome(2, 2)])(
    'do not exist on $name',
    (lat) => {
      expect(() => sublattice(lat)).toThrow(/LatticeError.*not bipartite[\s\S]*Fix: .*even length/)
    },
  )
})

describe('translations', () => {
  it('are permutations that keep distances, and compose like shifts', () => {
    fc.assert(
      fc.property(larger, fc.nat(), fc.nat(), (lat, a, b) => {
        const all = translations(lat)
        const [p, q] = [all[a % all.length]!, all[b % all.length]!]
        expect([...p].sort((x, y) => x - y)).toEqual(sitesOf(lat))
        expect(all.map(String)).toContain(String(p.map((i) => q[i]!)))
        const last = lat.sites - 1
        expect(distance(lat, p[0]!, p[last]!)).toBeCloseTo(distance(lat, 0, last), 9)
      }),
    )
    expect([...translation(chain(4), [1])]).toEqual([1, 2, 3, 0])
    expect([...translation(square(2, 3), [0, -1])]).toEqual([2, 0, 1, 5, 3, 4])
    expect(translations(square(4, 3)).length).toBe(12)
    expect(translations(square(4, 3, 'open')).map((p) => [...p])).toEqual([sitesOf(square(4, 3))])
  })

  it('do not exist along open directions or by fractions', () => {
    expect(() => translation(chain(4, 'open'), [1])).toThrow(/LatticeError.*no translation by 1/)
    expect(() => translation(chain(4), [0.5])).toThrow(/LatticeError.*no translation by 0.5/)
  })
})

describe('bad input', () => {
  it.each([0, -2, 2.5, Number.NaN, Number.POSITIVE_INFINITY])('length %d', (n) => {
    expect(() => square(n, 4)).toThrow(/LatticeError in square .*whole number of at least 1, got/)
    expect(() => chain(n)).toThrow(/LatticeError in chain/)
  })

  it('unknown boundary, too many sites, parts that do not match', () => {
    expect(() => chain(4, 'closed' as Boundary)).toThrow(/"closed"[\s\S]*'periodic' or 'open'/)
    expect(() => square(1e5, 1e5)).toThrow(/too many/)
    expect(() => lattice({ ...square(2, 2), vectors: [[1, 0]] })).toThrow(/1 vectors/)
    expect(() => lattice({ ...square(2, 2), dims: [2, 2, 2] })).toThrow(/3 dims/)
  })

  it('sites and shells that are not there', () => {
    expect(() => distance(chain(4), 0, 4)).toThrow(/no site 4[\s\S]*0 to 3/)
    expect(() => bonds(chain(4), 3)).toThrow(/no distance shell 3; it has 2[\s\S]*1 to 2/)
    expect(() => bonds(chain(4), 0)).toThrow(/no distance shell 0/)
    expect(() => bonds(chain(1))).toThrow(/at least two sites/)
  })
})
