import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, normals } from '../../../core/index.ts'
import * as physics from '../../../physics/index.ts'
import { addressOf, siteAt } from '../../../physics/lattice/lattice.ts'
import { problemOf } from '../../expectations.ts'

// Dimer order and S(k) on lattices of every kind: defined, or absent with a reason.

/** Sums over a thousand states of operators of order ten. */
const ROUNDING = 1e-10

const lattices: Readonly<Record<string, physics.Lattice>> = {
  'chain 2': physics.chain(2),
  'chain 8': physics.chain(8),
  'chain 7': physics.chain(7),
  'open chain 2': physics.chain(2, 'open'),
  'open chain 5': physics.chain(5, 'open'),
  '2x4': physics.square(2, 4),
  '1x6': physics.square(1, 6),
  '4x3': physics.square(4, 3),
  'open 3x3': physics.square(3, 3, 'open'),
  triangular: physics.triangular(4, 2),
  'open triangular': physics.triangular(3, 3, 'open'),
  honeycomb: physics.honeycomb(2, 2),
  'open honeycomb': physics.honeycomb(2, 2, 'open'),
  'honeycomb 3x1': physics.honeycomb(3, 1),
  kagome: physics.kagome(2, 1),
  'open kagome': physics.kagome(1, 3, 'open'),
  'a cell of three at halves and thirds': physics.lattice({
    name: 'three',
    dims: [3],
    boundary: ['periodic'],
    vectors: [[2]],
    cell: [[0], [1], [2 / 3]],
  }),
}
const named = fc.constantFrom(...Object.keys(lattices))

const stateOf = (lat: physics.Lattice, seed: number) => {
  const sector = physics.upSector(lat.sites, lat.sites >> 1)
  const { dimension } = physics.basisOf(sector)
  const vector = {
    re: normals(keyFrom(seed), dimension),
    im: normals(keyFrom(seed + 1), dimension),
  }
  return { sector, vector }
}

describe('S(k)', () => {
  it('averages to 3/4 over the wave vectors, on every lattice and in every state', () => {
    fc.assert(
      fc.property(named, fc.nat(2 ** 20), (name, seed) => {
        const lat = lattices[name]!
        const { sector, vector } = stateOf(lat, seed)
        const { structureFactor } = physics.observeExactly(lat, sector, vector)
        const values = structureFactor.map((s) => s.value)
        const mean = values.reduce((sum, s) => sum + s, 0) / values.length
        expect([name, Math.abs(mean - 3 / 4) < ROUNDING]).toEqual([name, true])
        for (const value of values) expect(value).toBeGreaterThan(-ROUNDING)
      }),
      { numRuns: 20, examples: Object.keys(lattices).map((name): [string, number] => [name, 1]) },
    )
  })

  it('has as many wave vectors as tell the sites apart: zones of the cells', () => {
    const counts = Object.entries({
      'chain 8': 8,
      '2x4': 8,
      triangular: 8,
      honeycomb: 4 * 9,
      kagome: 2 * 4,
      'a cell of three at halves and thirds': 3 * 6,
    })
    for (const [name, count] of counts) expect(physics.momenta(lattices[name]!).length).toBe(count)
  })

  it('shows the order of a honeycomb antiferromagnet, which is not in the first zone', () => {
    const lat = physics.honeycomb(2, 2)
    const sector = physics.szSector(8)
    const { vectors } = physics.exactStates(physics.heisenberg(lat), sector)
    const o = physics.observeExactly(lat, sector, vectors[0]!)
    const values = o.structureFactor.map((s) => s.value)
    const largest = values.reduce((a, b) => Math.max(a, b))
    // N m² at the k where A and B are opposite, three quarters of it at the two others.
    expect(Math.abs(values[0]!)).toBeLessThan(1e-9)
    expect(largest).toBeGreaterThan(1.5)
  })
})

describe('dimer order', () => {
  /** By hand: strong and weak bonds along a side, in any lattice of one site to a cell. */
  const orderOf = (lat: physics.Lattice, direction: number): physics.Operator => {
    const terms = Array.from({ length: lat.sites }, (_, i) => {
      const { cell } = addressOf(lat, i)
      const next = cell.map((n, k) => n + (k === direction ? 1 : 0))
      const j = siteAt(lat, { cell: next, offset: 0 })
      const sign = (-1) ** cell[direction]! / lat.sites
      return j === undefined ? [] : [physics.scaleOperator(sign, physics.spinDot(i, j))]
    }).flat()
    const d = physics.sumOperators(terms)
    return physics.multiplyOperators(d, d)
  }
  const sides: Readonly<Record<string, readonly number[]>> = {
    'chain 2': [],
    'chain 8': [0],
    'chain 7': [],
    'open chain 2': [],
    'open chain 5': [0],
    '2x4': [1],
    '1x6': [1],
    '4x3': [0],
    'open 3x3': [0, 1],
    triangular: [0],
    'open triangular': [0, 1],
    honeycomb: [],
    'open honeycomb': [],
    kagome: [],
    'open kagome': [],
  }

  it.each(Object.keys(sides))('is there where bonds can alternate, else a reason: %s', (name) => {
    const lat = lattices[name]!
    const { sector, vector } = stateOf(lat, 7)
    const { dimerOrder, absent } = physics.observeExactly(lat, sector, vector)
    const there = sides[name]!
    expect((dimerOrder ?? []).map((d) => d.direction)).toEqual(there)
    expect(dimerOrder === null).toBe(there.length === 0)
    for (const d of dimerOrder ?? []) {
      const wanted = physics.expectation(orderOf(lat, d.direction), sector, vector).re
      expect(Math.abs(d.value - wanted)).toBeLessThan(ROUNDING)
    }
    const missing = lat.dims.map((_, k) => k).filter((k) => !there.includes(k))
    const reported = absent.filter((a) => a.quantity === 'dimerOrder')
    expect(reported.map((a) => a.direction)).toEqual(missing)
    for (const direction of missing) {
      expect(reported.find((a) => a.direction === direction)!.reason.length).toBeGreaterThan(10)
      expect(problemOf(() => physics.dimerOrder(lat, direction)).problem.kind).toBe('LatticeError')
    }
  })

  it('of a product of singlets on a ring is that of bonds of −3/4 and 0 in turn', () => {
    const lat = physics.chain(8)
    const sector = physics.szSector(8)
    const basis = physics.basisOf(sector)
    const pairs = [0, 2, 4, 6].map((i) => [i, i + 1] as const)
    const re = Float64Array.from({ length: basis.dimension }, (_, k) =>
      physics.singletProduct(pairs)(physics.configurationAt(basis, k)),
    )
    const { dimerOrder } = physics.observeExactly(lat, sector, {
      re,
      im: new Float64Array(re.length),
    })
    // D = −3/8 from the four singlets; the four bonds between have no mean, and a square of 3/16.
    expect(dimerOrder![0]!.value).toBeCloseTo((3 / 8) ** 2 + (4 * 3) / 16 / 64, 10)
  })

  it('is not there for want of a sublattice alone', () => {
    const { staggeredMagnetisation, absent } = physics.observeExactly(
      lattices.triangular!,
      stateOf(lattices.triangular!, 3).sector,
      stateOf(lattices.triangular!, 3).vector,
    )
    expect(staggeredMagnetisation).toBeNull()
    expect(absent.map((a) => a.quantity)).toEqual(['staggeredMagnetisation', 'dimerOrder'])
  })
})
