import { describe, expect, it } from 'vitest'
import { tensor, toNested } from '../../../core/index.ts'
import { modelOf } from '../../../examples/settings/model.ts'
import { distances } from '../../../models/attention/positions.ts'
import { patchGrid, toPatches } from '../../../models/index.ts'
import * as physics from '../../../physics/index.ts'
import reference from '../../reference/exact.json' with { type: 'json' }

/** Energies must agree so; they come out about a thousand times better. */
const ENERGY = 1e-9
/** Distances are square roots of sums of a few products. */
const ROUNDING = 1e-6

const { honeycomb, kagome, triangular } = physics

/** Neighbours of a site in the infinite lattice at each distance, counted over many cells. */
const shellsOf = ({ vectors, cell }: physics.Lattice, offset: number): [number, number][] => {
  const range = Array.from({ length: 9 }, (_, n) => n - 4)
  const found = range
    .flatMap((m) =>
      range.flatMap((n) =>
        cell.map((p) =>
          Math.hypot(
            ...p.map((x, c) => x + m * vectors[0]![c]! + n * vectors[1]![c]! - cell[offset]![c]!),
          ),
        ),
      ),
    )
    .filter((d) => d > ROUNDING)
    .sort((a, b) => a - b)
  const first = found.filter((d) => d < found[0]! + ROUNDING)
  const rest = found.slice(first.length)
  const second = rest.filter((d) => d < rest[0]! + ROUNDING)
  return [
    [first[0]!, first.length],
    [second[0]!, second.length],
  ]
}

describe('lattices of hexagonal cells', () => {
  it.each([
    [triangular(5, 5), 6, 6],
    [honeycomb(5, 5), 3, 6],
    [kagome(4, 4), 4, 4],
  ])('$name: neighbours as many and as far as in the plane', (lat, nearest, next) => {
    const distances = physics.shellDistances(lat)
    for (const shell of [1, 2]) {
      const pairs = physics.bonds(lat, shell)
      for (let i = 0; i < lat.sites; i += 1) {
        const [far, count] = shellsOf(lat, i % lat.cell.length)[shell - 1]!
        expect(Math.abs(distances[shell - 1]! - far)).toBeLessThan(ROUNDING)
        expect(pairs.filter((pair) => pair.includes(i)).length).toBe(count)
        expect(count).toBe(shell === 1 ? nearest : next)
      }
    }
    expect(distances[0]).toBeCloseTo(1, 12)
  })

  it('are open where they are told to be', () => {
    expect(physics.bonds(triangular(3, 3, 'open')).length).toBe(6 + 6 + 4)
    expect(physics.bonds(honeycomb(2, 2, 'open')).length).toBe(4 + 2 + 2)
    expect(physics.bonds(kagome(2, 2, 'open')).length).toBe(4 * 3 + 2 + 2 + 1)
    expect(physics.sublattice(honeycomb(2, 3))).toEqual(new Uint8Array(12).map((_, i) => i % 2))
  })
})

describe('patches of unit cells', () => {
  it('hold the sites of their cells, each once', () => {
    for (const lat of [kagome(4, 2), honeycomb(2, 4), triangular(4, 6), physics.lieb(4, 2)]) {
      const patches = patchGrid(lat.dims, 2, 'periodic', lat)
      const cells = lat.cell.length
      expect(patches.features).toBe(4 * cells)
      const sites = tensor(Float64Array.from({ length: lat.sites }, (_, i) => i))
      const tokens = toNested(toPatches(patches, sites)) as number[][]
      const [, ly] = lat.dims
      tokens.forEach((token, n) => {
        const [x, y] = [Math.floor(n / (ly! / 2)), n % (ly! / 2)]
        const cellAt = (u: number, v: number): number => (2 * x + u) * ly! + 2 * y + v
        const wanted = [cellAt(0, 0), cellAt(0, 1), cellAt(1, 0), cellAt(1, 1)].flatMap((c) =>
          lat.cell.map((_, k) => c * cells + k),
        )
        expect(token).toEqual(wanted)
      })
    }
  })

  it('are as far from each other as the lattice has it', () => {
    for (const [lx, ly, boundary] of [
      [4, 6, 'periodic'],
      [2, 10, 'periodic'],
      [4, 4, 'open'],
    ] as const)
      for (const make of [triangular, kagome, physics.square, physics.lieb]) {
        const lat = make(lx, ly, boundary)
        const far = distances(patchGrid(lat.dims, 2, boundary, lat))
        const length = Math.hypot(...lat.vectors[0]!)
        const columns = ly / 2
        const corner = (n: number): number =>
          (2 * Math.floor(n / columns) * ly + 2 * (n % columns)) * lat.cell.length
        const count = (lx * ly) / 4
        for (let i = 0; i < count; i += 1)
          for (let j = 0; j < count; j += 1) {
            const between = physics.distance(lat, corner(i), corner(j))
            expect(Math.abs(far[i * count + j]! - between / (2 * length))).toBeLessThan(ROUNDING)
          }
      }
  })
})

describe('their ground states', () => {
  const { triangular4x4, triangular3x4, triangular12, kagome12 } = reference.other_clusters
  const common = { boundary: 'periodic', j1: 1, j2: 0 } as const
  it.each([
    ['triangular', [4, 4], triangular4x4],
    ['triangular', [3, 4], triangular3x4],
    ['kagome', [2, 2], kagome12],
  ] as const)('%s %j by the settings of the command line', (lattice, size, cluster) => {
    const { operator, lattice: lat } = modelOf({ ...common, lattice, size })
    const { energies } = physics.exactStates(operator, physics.szSector(lat.sites))
    expect(Math.abs(energies[0]! - cluster.E0)).toBeLessThan(ENERGY)
  })

  it('the triangular torus of twelve sites with three sublattices, as cells of three sites', () => {
    const [a, b] = triangular(1, 1).vectors as [number[], number[]]
    const plus = (m: number, n: number): number[] => a.map((x, c) => m * x + n * b[c]!)
    const lat = physics.lattice({
      name: 'triangular 12',
      dims: [2, 2],
      boundary: ['periodic', 'periodic'],
      vectors: [plus(1, 1), plus(-1, 2)],
      cell: [[0, 0], plus(0, 1), plus(1, 0)],
    })
    const h = physics.heisenberg(lat)
    const { energies, vectors } = physics.exactStates(h, physics.szSector(12))
    expect(Math.abs(energies[0]! - triangular12.E0)).toBeLessThan(ENERGY)
    // Sixfold rotations fit this torus, as its description says.
    expect(physics.isometries(lat).length).toBe(12 * 12)
    expect(physics.sectorOf(lat, h, vectors[0]!, physics.szSector(12))).toBeDefined()
  })

  it('are in sectors that the same symmetries name', () => {
    const sectorFound = (lat: physics.Lattice): physics.Characters | undefined => {
      const h = physics.heisenberg(lat)
      const sector = physics.szSector(lat.sites)
      const { vectors } = physics.exactStates(h, sector)
      const characters = physics.sectorOf(lat, h, vectors[0]!, sector)
      const group = physics.symmetriesOf(lat, h, 'full', characters)
      for (const [k, { re, im }] of physics.charactersOf(vectors[0]!, sector, group).entries()) {
        const { character } = group[k]!
        expect(Math.hypot(re - character.re, im - character.im)).toBeLessThan(1e-6)
      }
      return characters
    }
    expect(sectorFound(kagome(2, 2))).toEqual({
      momentum: [0, 0],
      rotation: -1,
      mirror: 1,
      inversion: 1,
    })
    expect(sectorFound(triangular(4, 3))).toEqual({ momentum: [2, 0], rotation: -1, inversion: 1 })
    expect(sectorFound(physics.chain(6))).toEqual({ momentum: [3], mirror: 1, inversion: -1 })
    expect(sectorFound(physics.chain(6, 'open'))).toEqual({ mirror: -1, inversion: -1 })
  })

  it('are in no sector where several share an energy', () => {
    const lat = kagome(2, 2)
    const h = physics.heisenberg(lat)
    const sector = physics.szSector(12)
    const { vectors } = physics.exactStates(h, sector, { states: 4 })
    expect(physics.sectorOf(lat, h, vectors[1]!, sector)).toBeDefined()
    expect(physics.sectorOf(lat, h, vectors[2]!, sector)).toBeUndefined()
  })
})
