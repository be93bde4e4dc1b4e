import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, normals } from '../../../core/index.ts'
import { symmetricEigen } from '../../../core/linalg/eigen.ts'
import { matrixFrom } from '../../../core/linalg/matrix.ts'
import * as models from '../../../models/index.ts'
import * as physics from '../../../physics/index.ts'
import { seed } from '../../arbitraries.ts'
import { problemOf } from '../../expectations.ts'

/** Distances and amplitudes are sums of some ten terms. */
const ROUNDING = 1e-9
/** Energies of size ten as sums over a thousand configurations. */
const ENERGY = 1e-9

const shastry = physics.square(4, 4)
const operators: Readonly<Record<string, readonly [physics.Lattice, physics.Operator]>> = {
  'J1-J2 on 3x2': [physics.square(3, 2), physics.j1j2(physics.square(3, 2), { j2: 0.4 })],
  'open J1-J2 on 3x3': [
    physics.square(3, 3, 'open'),
    physics.j1j2(physics.square(3, 3, 'open'), { j2: 0.4 }),
  ],
  triangular: [physics.triangular(4, 2), physics.heisenberg(physics.triangular(4, 2))],
  'Shastry-Sutherland': [shastry, physics.shastrySutherland(shastry, { jDimer: 2 })],
  'a ring with one bond more': [
    physics.chain(6),
    physics.addOperators(physics.heisenberg(physics.chain(6)), physics.spinDot(0, 3)),
  ],
  'a ring in a field': [
    physics.chain(5),
    physics.addOperators(physics.heisenberg(physics.chain(5)), physics.spinZ(2)),
  ],
  'Dzyaloshinskii-Moriya': [
    physics.chain(4),
    physics.dzyaloshinskiiMoriya([0, 1, 2, 3].map((i) => [i, (i + 1) % 4, 1] as const)),
  ],
}

describe('symmetries of a Hamiltonian', () => {
  it.each(Object.entries(operators))(
    'of %s are all isometries, and inversion, that keep it',
    (_, [lat, h]) => {
      const group = physics.symmetriesOf(lat, h, 'full')
      const keeps = physics.invariance(h)
      expect(group.every(keeps)).toBe(true)
      const sites = new Set(physics.isometries(lat).map((g) => g.sites.join()))
      const all = [...sites].flatMap((text): models.Symmetry[] => {
        const g = models.siteSymmetry(text.split(',').map(Number))
        return [g, { ...g, flip: -1 }]
      })
      const expected = all.filter(keeps).length
      // What only a product of a motion and the inversion keeps has no generator here.
      expect(group.length).toBe(_ === 'Dzyaloshinskii-Moriya' ? expected / 2 : expected)
    },
  )

  it('are found alike in the rows of its matrix', () => {
    const cases = ['J1-J2 on 3x2', 'triangular', 'a ring in a field', 'Dzyaloshinskii-Moriya']
    for (const name of cases) {
      const [lat, h] = operators[name]!
      const sector = physics.fullSpace(lat.sites)
      const basis = physics.basisOf(sector)
      const { re, im } = physics.toDense(h, sector)
      const n = basis.dimension
      const keeps = physics.invariance(h)
      const flips = [1, -1] as const
      for (const { sites } of physics.isometries(lat).slice(0, 40))
        for (const flip of flips) {
          const g = { ...models.siteSymmetry(sites), flip }
          const to = Array.from({ length: n }, (_, k) =>
            physics.stateIndex(basis, models.moved(g, physics.configurationAt(basis, k))),
          )
          const kept = to.every((row, k) =>
            to.every((column, l) => {
              const [p, q] = [k * n + l, row * n + column]
              return Math.abs(re[p]! - re[q]!) + Math.abs(im[p]! - im[q]!) < ROUNDING
            }),
          )
          expect([name, sites.join(), flip, keeps(g)]).toEqual([name, sites.join(), flip, kept])
        }
    }
  })

  it('have the characters of plane waves: one spin up at r with amplitude e^{2πi k r/L}', () => {
    const lat = physics.chain(6)
    const h = physics.heisenberg(lat)
    const sector = physics.upSector(6, 1)
    const basis = physics.basisOf(sector)
    for (const k of [0, 1, 2, 3, -1]) {
      const angles = Float64Array.from({ length: 6 }, (_, n) => {
        const r = physics.configurationAt(basis, n).indexOf(1)
        return (2 * Math.PI * k * r) / 6
      })
      const wave = { re: angles.map(Math.cos), im: angles.map(Math.sin) }
      const group = physics.symmetriesOf(lat, h, 'translations', { momentum: [k] })
      for (const [g, { re, im }] of physics.charactersOf(wave, sector, group).entries()) {
        const { character: c } = group[g]!
        expect(Math.hypot(re - c.re, im - c.im)).toBeLessThan(ROUNDING)
      }
    }
  })

  it('refuse momenta that do not fit', () => {
    const lat = physics.square(4, 4)
    const h = physics.heisenberg(lat)
    const at = (momentum: number[]) => () => physics.symmetriesOf(lat, h, 'full', { momentum })
    expect(at([2, 2])()).toHaveLength(256)
    problemOf(at([1, 0]), 'SectorError', 'no one-dimensional representation')
    problemOf(at([2]), 'SectorError in momentum', '2 whole number')
    problemOf(at([0.5, 0]), 'SectorError in momentum')
    expect(physics.symmetriesOf(lat, h, 'translations', { momentum: [1, 0] })).toHaveLength(16)
  })
})

/** The lowest energy of H in a sector: of P H P, what is outside lifted far above. */
const lowest = (
  h: physics.Operator,
  sector: physics.Sector,
  group: models.SymmetryGroup,
): number => {
  const basis = physics.basisOf(sector)
  const n = basis.dimension
  const { re } = physics.toDense(h, sector)
  const project = { re: new Float64Array(n * n), im: new Float64Array(n * n) }
  for (const g of group)
    for (let k = 0; k < n; k += 1) {
      const to = physics.stateIndex(basis, models.moved(g, physics.configurationAt(basis, k)))
      project.re[k * n + to]! += g.character.re / group.length
      project.im[k * n + to]! += g.character.im / group.length
    }
  const lift = 100
  // Real and imaginary parts side by side: every level twice.
  const whole = matrixFrom(2 * n, 2 * n, (i, j) => {
    const [a, b] = [i % n, j % n]
    const same = i < n === j < n
    const own = same ? re[a * n + b]! : 0
    const p = same ? project.re[a * n + b]! : (i < n ? -1 : 1) * project.im[a * n + b]!
    return own + lift * ((i === j ? 1 : 0) - p)
  })
  return Math.min(...symmetricEigen(whole).values)
}

const momenta = [0, 1, 2, 3].map((k): physics.Characters => ({ momentum: [k] }))
const parities = ([1, -1] as const).flatMap((mirror) =>
  ([1, -1] as const).flatMap((inversion) =>
    [0, 3].map((k): physics.Characters => ({ momentum: [k], mirror, inversion })),
  ),
)

describe('sectors', () => {
  const lat = physics.chain(6)
  const h = physics.j1j2(lat, { j2: 0.3 })
  const sector = physics.szSector(6)
  const all = physics.allConfigurations(physics.basisOf(sector))
  const compiled = physics.compileOperator(h, 6)
  const ground = physics.exactStates(h, sector).energies[0]!
  const groupsOf = [
    ...momenta.map((c) => physics.symmetriesOf(lat, h, 'translations', c)),
    ...parities.map((c) => physics.symmetriesOf(lat, h, 'full', c)),
  ]

  it('bound the energy of what is projected onto them; the lowest of all is the ground state', () => {
    const energies = groupsOf.map((group) => lowest(h, sector, group))
    expect(Math.abs(Math.min(...energies) - ground)).toBeLessThan(ENERGY)
    const wave = models.rbm({ sites: 6, hidden: 2 })
    groupsOf.forEach((group, k) => {
      // Sectors that S^z = 0 has no state in.
      if (energies[k]! > 50) return
      const psi = models.symmetrise(wave, group)
      const { logPsi } = physics.evaluatorsOf(psi, models.initialise(psi, keyFrom(0)), 6)
      fc.assert(
        fc.property(seed, (n) => {
          const drawn = models.initialise(psi, keyFrom(n))
          const params = physics.applyUpdate(drawn, normals(keyFrom(n), 2 * (6 + 2 + 12)), 0.3)
          const exact = physics.cached(logPsi(params), 6, physics.representatives(group, 6))
          const weights = physics.probabilities(exact(all).re)
          const local = physics.localEnergies(compiled, exact, all)
          const { mean } = physics.complexMoments(local, weights)
          expect(mean.re).toBeGreaterThan(energies[k]! - ENERGY)
          expect(Math.abs(mean.im)).toBeLessThan(ENERGY)
        }),
        { numRuns: 3 },
      )
    })
  })

  it('of exact states are told by their characters, and sectors without them have none', () => {
    const { vectors } = physics.exactStates(h, sector)
    for (const group of groupsOf) {
      const found = physics.charactersOf(vectors[0]!, sector, group)
      const off = Math.max(
        ...found.map(({ re, im }, k) => {
          const { character: c } = group[k]!
          return Math.hypot(re - c.re, im - c.im)
        }),
      )
      const inSector = Math.abs(lowest(h, sector, group) - ground) < ENERGY
      if (inSector) expect(off).toBeLessThan(1e-7)
      else expect(off).toBeGreaterThan(1)
    }
  })
})

describe('ground states of antiferromagnets', () => {
  const bipartite: readonly physics.Lattice[] = [
    physics.chain(6),
    physics.chain(8),
    physics.chain(6, 'open'),
    physics.square(4, 2),
    physics.square(4, 4),
    physics.honeycomb(2, 2),
    physics.honeycomb(3, 1, 'open'),
  ]

  it.each(bipartite.map((lat) => [lat.name, lat] as const))(
    'of %s lie in the sector of Marshall’s signs, so that without the signs all is even',
    (_, lat) => {
      const h = physics.heisenberg(lat)
      const sector = physics.szSector(lat.sites)
      // Every 32nd is tried for 4x4, since each takes a pass over 12,870 configurations.
      const even = physics
        .symmetriesOf(lat, h, 'full')
        .filter((_, k) => lat.sites < 16 || k % 32 === 1)
      const signs = physics.marshallSigned(even, lat, sector)
      const { vectors } = physics.exactStates(h, sector)
      const found = physics.charactersOf(vectors[0]!, sector, signs)
      const rotated = physics.exactStates(physics.marshallRotated(h, lat), sector).vectors[0]!
      const without = physics.charactersOf(rotated, sector, signs)
      signs.forEach(({ character }, k) => {
        expect(Math.abs(found[k]!.re - character.re)).toBeLessThan(1e-7)
        expect(Math.abs(without[k]!.re - 1)).toBeLessThan(1e-7)
      })
    },
  )

  it('have momentum π where half the sites are an odd number, 0 else; 4x4 is even throughout', () => {
    const signOf = (lat: physics.Lattice): number[] => {
      const group = physics.symmetriesOf(lat, physics.heisenberg(lat), 'full')
      const signs = physics.marshallSigned(group, lat, physics.szSector(lat.sites))
      return signs.map(({ character }) => character.re)
    }
    const ring = physics.chain(6)
    const h = physics.heisenberg(ring)
    const wanted = { momentum: [3], mirror: 1, inversion: -1 } as const
    const group = physics.symmetriesOf(ring, h, 'full', wanted)
    const off = group.map(({ character }, k) => Math.abs(signOf(ring)[k]! - character.re))
    expect(Math.max(...off)).toBeLessThan(ROUNDING)
    expect(new Set(signOf(physics.chain(8)))).toEqual(new Set([1]))
    expect(new Set(signOf(physics.square(4, 4)))).toEqual(new Set([1]))
  })

  it('on 4x4 at J2 = 0.5 are even under everything too', () => {
    const lat = physics.square(4, 4)
    const h = physics.j1j2(lat, { j2: 0.5 })
    const sector = physics.szSector(16)
    const { vectors } = physics.exactStates(h, sector)
    const few = physics.symmetriesOf(lat, h, 'full').filter((_, k) => k % 32 === 1)
    for (const { re } of physics.charactersOf(vectors[0]!, sector, few))
      expect(Math.abs(re - 1)).toBeLessThan(1e-7)
  })

  it('have no such signs on lattices with triangles, or with any number of up spins', () => {
    const lat = physics.triangular(4, 4)
    const group = models.symmetryGroup(16, [])
    const sector = physics.szSector(16)
    problemOf(() => physics.marshallSigned(group, lat, sector), 'LatticeError', 'not bipartite')
    const any = physics.fullSpace(16)
    problemOf(
      () => physics.marshallSigned(group, physics.chain(16), any),
      'SectorError',
      'up spins',
    )
  })
})
