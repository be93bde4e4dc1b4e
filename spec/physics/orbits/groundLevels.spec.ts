// Finds faults in physics/orbits/{families, irreps, motions, orbitCode, orbitCost, orbitMatrix}.ts.
// Finds faults in physics/orbits/{orbitTeam, orbitWorker, recurrence, sectorMatrix, settle}.ts.
// Finds faults in physics/orbits/sharedArrays.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matrixFrom, symmetricEigen } from '../../../core/linalg/index.ts'
import { moved, type Symmetry } from '../../../models/index.ts'
import * as physics from '../../../physics/index.ts'

// The sectors of symmetry against the whole space, where nothing is known of symmetries.

/** Residuals are asked to be 1e-10 of the energies' size, about 10; energies are off by less. */
const ENERGY = 1e-8

const half = (sites: number): physics.Sector => physics.szSector(sites, (sites % 2) / 2)

const exactly = (h: physics.Operator, sector: physics.Sector): number =>
  physics.exactStates(h, sector).energies[0]!

const scaled = (c: number, { re, im }: { re: number; im: number }) => ({ re: c * re, im: c * im })

/** The lowest eigenvalue of H within the range of P, (Pψ)(σ) = 1/|G| Σ χ(g) ψ(gσ): dense. */
const projected = (
  h: physics.Operator,
  sector: physics.Sector,
  group: readonly Symmetry[],
): number => {
  const basis = physics.basisOf(sector)
  const n = basis.dimension
  const dense = physics.toDense(h, sector)
  const [re, im] = [new Float64Array(n * n), new Float64Array(n * n)]
  for (const g of group)
    for (let k = 0; k < n; k += 1) {
      const to = physics.stateIndex(basis, moved(g, physics.configurationAt(basis, k)))
      re[k * n + to]! += g.character.re / group.length
      im[k * n + to]! += g.character.im / group.length
    }
  // H commutes with P: H + c (1 − P) leaves the sector as it is and lifts all else.
  const c = 100
  const form = matrixFrom(2 * n, 2 * n, (row, column) => {
    const at = (row % n) * n + (column % n)
    const one = row === column ? c : 0
    if (row < n === column < n) return dense.re[at]! - c * re[at]! + one
    return (row < n ? -1 : 1) * (dense.im[at]! - c * im[at]!)
  })
  return symmetricEigen(form).values[0]!
}

const shastry = physics.square(4, 2, 'open')
const models: readonly (readonly [string, physics.Lattice, physics.Operator])[] = [
  ...[4, 6, 9, 10, 12].map((n): readonly [string, physics.Lattice, physics.Operator] => {
    const lat = physics.chain(n)
    return [`chain ${n}`, lat, physics.heisenberg(lat)]
  }),
  ['frustrated chain 12', physics.chain(12), physics.j1j2(physics.chain(12), { j2: 0.7 })],
  ['open chain 8', physics.chain(8, 'open'), physics.j1j2(physics.chain(8, 'open'), { j2: 0.4 })],
  ['ferromagnet', physics.chain(8), physics.heisenberg(physics.chain(8), { j: -1 })],
  ['square 6x2', physics.square(6, 2), physics.j1j2(physics.square(6, 2), { j2: 0.5 })],
  ['square 3x4', physics.square(3, 4), physics.j1j2(physics.square(3, 4), { j2: 0.8 })],
  ['triangular 3x4', physics.triangular(3, 4), physics.heisenberg(physics.triangular(3, 4))],
  ['honeycomb 3x2', physics.honeycomb(3, 2), physics.heisenberg(physics.honeycomb(3, 2))],
  ['kagome 2x2', physics.kagome(2, 2), physics.heisenberg(physics.kagome(2, 2))],
  ['kagome 3x1', physics.kagome(3, 1, 'open'), physics.heisenberg(physics.kagome(3, 1, 'open'))],
  ['Lieb 2x2', physics.lieb(2, 2), physics.heisenberg(physics.lieb(2, 2))],
  ['Shastry-Sutherland', shastry, physics.shastrySutherland(shastry, { j: 0.6, jDimer: 1 })],
]

describe('the ground state by symmetries', () => {
  it.each(models)('is that of the whole space: %s', (_, lat, h) => {
    const sector = half(lat.sites)
    const found = physics.groundLevels(lat, h, sector)
    expect(Math.abs(found.energy - exactly(h, sector))).toBeLessThan(ENERGY)
    expect(found.complete).toBe(true)
    const states = found.levels.reduce((n, l) => n + l.alike * l.dimension, 0)
    expect(states).toBe(physics.dimension(sector))
  })

  it.each(models.slice(0, 6))('is in the sector that its own state tells: %s', (_, lat, h) => {
    const sector = half(lat.sites)
    const { energies, vectors } = physics.exactStates(h, sector, { states: 2 })
    const found = physics.groundLevels(lat, h, sector)
    const single = energies[1]! - energies[0]! > 1e-6
    expect(found.sector).toEqual(single ? physics.sectorOf(lat, h, vectors[0]!, sector) : undefined)
  })

  it('of complex Hamiltonians, of fields, and of full spaces', () => {
    const ring = Array.from({ length: 7 }, (_, i) => [i, (i + 1) % 7] as const)
    const lat = physics.chain(7)
    const chiral = physics.sumOperators([
      physics.heisenberg(lat),
      physics.dzyaloshinskiiMoriya(ring.map(([i, j]) => [i, j, 0.7] as const)),
      ...ring.map(([i, j]) =>
        physics.scaleOperator(0.4, physics.scalarChirality(i, j, (j + 1) % 7)),
      ),
    ])
    const field = physics.addOperators(
      physics.heisenberg(lat),
      physics.sumOperators(ring.map(([i]) => physics.scaleOperator(0.3, physics.spinZ(i)))),
    )
    const cases = [
      [chiral, physics.upSector(7, 3)],
      [chiral, physics.fullSpace(7)],
      [field, physics.fullSpace(7)],
      [physics.transverseFieldIsing(lat, { h: 0.8 }), physics.fullSpace(7)],
      [physics.transverseFieldIsing(physics.chain(6), { h: 1.2 }), physics.fullSpace(6)],
    ] as const
    for (const [h, sector] of cases) {
      const { energy } = physics.groundLevels(physics.chain(sector.sites), h, sector)
      expect(Math.abs(energy - exactly(h, sector))).toBeLessThan(ENERGY)
    }
  })

  it('of couplings with fewer symmetries, down to none', () => {
    const lat = physics.square(4, 2)
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 12, maxLength: 12 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 2, max: 4 }),
        (couplings, period, up) => {
          const h = physics.fromBonds(
            physics.bonds(lat).map(([i, j], k) => [i, j, couplings[k % period]! + 0.5] as const),
          )
          const sector = physics.upSector(8, up)
          const { energy } = physics.groundLevels(lat, h, sector)
          expect(Math.abs(energy - exactly(h, sector))).toBeLessThan(ENERGY)
        },
      ),
      { numRuns: 15 },
    )
  })
})

describe('every sector', () => {
  it.each([
    ['chain', physics.chain(8), 0.3],
    ['square', physics.square(4, 2), 0.5],
  ] as const)('has the lowest state that its projector leaves: %s', (_, lat, j2) => {
    const h = physics.j1j2(lat, { j2 })
    const sector = half(lat.sites)
    const { levels } = physics.groundLevels(lat, h, sector, { every: true })
    expect(levels.every(({ converged }) => converged)).toBe(true)
    for (const { sector: characters, energy } of levels) {
      const { momentum = [], inversion = 1 } = characters
      const group = physics
        .symmetriesOf(lat, h, 'translations', { momentum })
        .flatMap((g) => [g, { ...g, flip: -1, character: scaled(inversion, g.character) } as const])
      expect(Math.abs(projected(h, sector, group) - energy)).toBeLessThan(ENERGY)
    }
  })

  it('of all symmetries is a level, and the lowest of those in it', () => {
    const lat = physics.square(4, 2)
    const h = physics.j1j2(lat, { j2: 0.3 })
    const sector = physics.szSector(8)
    const { levels, complete } = physics.groundLevels(lat, h, sector, {
      every: true,
      sectors: 'point',
    })
    expect(complete).toBe(false)
    const { energies } = physics.exactStates(h, sector, { states: 70 })
    for (const { energy } of levels)
      expect(Math.min(...energies.map((e) => Math.abs(e - energy)))).toBeLessThan(ENERGY)
    expect(Math.abs(levels[0]!.energy - energies[0]!)).toBeLessThan(ENERGY)
  })
})

describe('threads and refusals', () => {
  it('threads change no bit', () => {
    const lat = physics.chain(14)
    const h = physics.j1j2(lat, { j2: 0.4 })
    const pool = physics.orbitThreads(2)
    try {
      const one = physics.groundLevels(lat, h, physics.szSector(14))
      const two = physics.groundLevels(lat, h, physics.szSector(14), { team: pool.team })
      expect(two).toEqual(one)
    } finally {
      pool.close()
    }
  })

  it('say what is wrong, and what a large lattice would take', () => {
    const lat = physics.chain(22)
    const h = physics.heisenberg(lat)
    expect(() => physics.groundLevels(lat, h, physics.szSector(22), { matrixBytes: 1e5 })).toThrow(
      /44 symmetries leave 16080 orbits[\s\S]*0\.00074 GB; allowed are 0\.0001 GB/,
    )
    expect(() => physics.groundLevels(lat, physics.spinPlus(0), physics.fullSpace(36))).toThrow(
      /DomainError[\s\S]*not Hermitian/,
    )
    expect(() => physics.groundLevels(lat, physics.spinX(0), physics.szSector(36))).toThrow(
      /SectorError[\s\S]*leaves the sector/,
    )
    expect(() =>
      physics.groundLevels(physics.chain(10), physics.heisenberg(physics.chain(10)), half(10), {
        maxProducts: 4,
      }),
    ).toThrow(/NotConverged/)
  })
})
