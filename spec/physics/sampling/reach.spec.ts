import { describe, expect, it } from 'vitest'
import * as physics from '../../../physics/index.ts'

// Do exchanges lead around the zeros that a sector of symmetry has?

const sectors = [
  // Found by trying all sectors of thirteen lattices: exchanges of neighbours do not lead around.
  { lat: physics.chain(8), k: [0], mirror: -1, inversion: -1, neighbours: false },
  { lat: physics.square(4, 2), k: [2, 1], mirror: 1, inversion: -1, neighbours: false },
  {
    lat: physics.honeycomb(2, 2),
    k: [0, 0],
    rotation: -1,
    mirror: -1,
    inversion: -1,
    neighbours: false,
  },
  { lat: physics.chain(8), k: [0], mirror: 1, inversion: -1, neighbours: true },
  { lat: physics.chain(10), k: [5], mirror: -1, inversion: -1, neighbours: true },
  { lat: physics.square(4, 2), k: [0, 0], neighbours: true },
] as const

const setting = ({ lat, k, neighbours: _, ...characters }: (typeof sectors)[number]) => {
  const group = physics.symmetriesOf(lat, physics.heisenberg(lat), 'full', {
    momentum: k,
    ...characters,
  })
  const all = Array.from({ length: lat.sites }, (_, i) => i)
  return {
    sector: physics.szSector(lat.sites),
    standing: physics.representatives(group, lat.sites),
    near: physics.bondExchange(physics.bonds(lat)),
    any: physics.bondExchange(all.flatMap((i) => all.slice(i + 1).map((j) => [i, j] as const))),
  }
}

describe('what a move reaches', () => {
  it.each(sectors)('is told for exchanges of neighbours: $lat.name, $k', (s) => {
    const { sector, standing, near, any } = setting(s)
    expect(physics.reachesAll(near, sector, standing)).toBe(s.neighbours)
    expect(physics.reachesAll(any, sector, standing)).toBe(true)
  })

  it('is what chains visit: all representatives but zeros, or a part of them', () => {
    for (const s of sectors.slice(0, 4)) {
      const { sector, standing, near, any } = setting(s)
      const { sites } = sector
      const all = physics.allConfigurations(physics.basisOf(sector))
      const logPsi = physics.cached(
        (c) => ({
          re: new Float64Array(c.length / sites),
          im: new Float64Array(c.length / sites),
        }),
        sites,
        standing,
      )
      const alive = logPsi(all).re.indexOf(0)
      const start = all.slice(sites * alive, sites * (alive + 1))
      const seen = (move: physics.Move, from: Int8Array): number => {
        const run = physics.metropolis({ sites, move, length: 4000, proposals: 2 })
        const { configurations } = run(logPsi, from, [1, 2])
        return physics.orbits(standing, configurations, sites).multiplicity.length
      }
      const orbits = physics.orbits(standing, all, sites).configurations
      const whole = logPsi(orbits).re.filter((a) => a === 0).length
      expect(seen(any, start)).toBe(whole)
      if (s.neighbours) expect(seen(near, start)).toBe(whole)
      else expect(seen(near, start)).toBeLessThan(whole)
    }
  })

  it('is all of a sector without zeros on a connected lattice, and not the full space', () => {
    const none = physics.representatives([], 6)
    const ring = physics.bondExchange(physics.bonds(physics.chain(6)))
    expect(physics.reachesAll(ring, physics.szSector(6), none)).toBe(true)
    expect(physics.reachesAll(ring, physics.fullSpace(6), none)).toBe(false)
    expect(physics.reachesAll(physics.spinFlip(6), physics.fullSpace(6), none)).toBe(true)
    const halves = physics.bondExchange([
      [0, 1],
      [2, 3],
    ])
    expect(physics.reachesAll(halves, physics.szSector(4), physics.representatives([], 4))).toBe(
      false,
    )
  })
})
