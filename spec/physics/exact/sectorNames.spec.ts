import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Complex } from '../../../core/index.ts'
import * as models from '../../../models/index.ts'
import * as physics from '../../../physics/index.ts'

// What the numbers in the name of a sector mean: momenta along each side and their sign, which
// motions `rotation` and `mirror` are, and what Marshall's signs make of complex characters.

/** Products of a few cosines. */
const ROUNDING = 1e-9

const apart = (a: Complex<number>, b: Complex<number>): number =>
  Math.hypot(a.re - b.re, a.im - b.im)
const unit = (angle: number): Complex<number> => ({ re: Math.cos(angle), im: Math.sin(angle) })

/** One spin up at r with amplitude e^{2πi Σ k_a n_a/L_a}, in cell n. */
const planeWave = (lat: physics.Lattice, k: readonly number[]) => {
  const sector = physics.upSector(lat.sites, 1)
  const basis = physics.basisOf(sector)
  const shifts = lat.dims.reduce<number[][]>(
    (all, length) => all.flatMap((s) => Array.from({ length }, (_, n) => [...s, n])),
    [[]],
  )
  const angle = new Float64Array(lat.sites)
  for (const shift of shifts) {
    // (T_x σ)(r) = σ(r + x): the spin that comes to the first site was x away.
    const at = physics.translation(lat, shift)[0]!
    const sigma = Int8Array.from({ length: lat.sites }, (_, i) => (i === at ? 1 : -1))
    const turns = shift.reduce((sum, n, a) => sum + (k[a]! * n) / lat.dims[a]!, 0)
    angle[physics.stateIndex(basis, sigma)] = 2 * Math.PI * turns
  }
  return { sector, state: { re: angle.map(Math.cos), im: angle.map(Math.sin) } }
}

describe('turns', () => {
  it('are e^{2πi t}, whole quarters of any sign and number too', () => {
    fc.assert(
      fc.property(fc.integer({ min: -40, max: 40 }), fc.integer({ min: 1, max: 12 }), (p, q) => {
        expect(apart(models.turn(p / q), unit((2 * Math.PI * p) / q))).toBeLessThan(ROUNDING)
      }),
    )
  })
})

describe('the momentum of a sector', () => {
  it.each([physics.chain(4), physics.square(3, 4), physics.square(4, 2), physics.triangular(2, 6)])(
    'counts turns along each side by its own length: $name',
    (lat) => {
      const h = physics.heisenberg(lat)
      for (const k of [
        [1, 1],
        [0, 1],
        [1, 0],
        [2, 3],
        [-1, 1],
      ].map((k) => k.slice(0, lat.dims.length))) {
        const { sector, state } = planeWave(lat, k)
        const group = physics.symmetriesOf(lat, h, 'translations', { momentum: k })
        expect(group.length).toBe(lat.sites)
        physics.charactersOf(state, sector, group).forEach((found, g) => {
          expect(apart(found, group[g]!.character)).toBeLessThan(ROUNDING)
        })
      }
    },
  )

  it('is what is told of a plane wave: 0 to L − 1, each its own', () => {
    const lat = physics.chain(6)
    const chiral = physics.addOperators(
      physics.heisenberg(lat),
      physics.dzyaloshinskiiMoriya(lat.positions.map((_, i) => [i, (i + 1) % 6, 0.3] as const)),
    )
    for (let k = 0; k < 6; k += 1) {
      const { sector, state } = planeWave(lat, [k])
      expect(physics.sectorOf(lat, chiral, state, sector)?.momentum).toEqual([k])
    }
    // A field along z, so that inversion, which leads out of one spin up, is no symmetry.
    const wide = physics.square(4, 2)
    const field = physics.sumOperators(wide.positions.map((_, i) => physics.spinZ(i)))
    const inField = physics.addOperators(physics.heisenberg(wide), field)
    for (const k of [
      [0, 0],
      [2, 1],
      [2, 0],
      [0, 1],
    ]) {
      const { sector, state } = planeWave(wide, k)
      expect(physics.sectorOf(wide, inField, state, sector)?.momentum).toEqual(k)
    }
  })

  it('is told outside S^z = 0, too, where inversion is a symmetry that leads elsewhere', () => {
    for (const lat of [physics.chain(6), physics.square(4, 2), physics.kagome(2, 2)]) {
      const zero = lat.dims.map(() => 0)
      const { sector, state } = planeWave(lat, zero)
      const found = physics.sectorOf(lat, physics.heisenberg(lat), state, sector)
      if (lat.sites === lat.dims.reduce((n, d) => n * d, 1)) expect(found?.momentum).toEqual(zero)
      expect(found?.inversion).toBeUndefined()
    }
    const full = physics.fullSpace(3)
    const lat = physics.chain(3)
    const up = {
      re: Float64Array.from({ length: 8 }, (_, k) => (k === 7 ? 1 : 0)),
      im: new Float64Array(8),
    }
    expect(physics.sectorOf(lat, physics.heisenberg(lat), up, full)).toBeUndefined()
    const both = { ...up, re: up.re.map((x, k) => (k === 0 ? 1 : x)) }
    expect(physics.sectorOf(lat, physics.heisenberg(lat), both, full)?.inversion).toBe(1)
  })

  it('where only every other translation is left counts the turns of those', () => {
    const lat = physics.chain(8)
    const bonds = lat.positions.map((_, i) => [i, (i + 1) % 8] as const)
    const dimerised = physics.sumOperators(
      bonds.flatMap(([i, j], k) => [
        physics.scaleOperator(k % 2 === 0 ? 1 : 0.5, physics.spinDot(i, j)),
        physics.dzyaloshinskiiMoriya([[i, j, 0.3]]),
      ]),
    )
    for (let k = 0; k < 4; k += 1) {
      const { sector, state } = planeWave(lat, [k])
      expect(physics.sectorOf(lat, dimerised, state, sector)?.momentum).toEqual([k])
    }
  })
})

describe('rotation and mirror', () => {
  const lat = physics.square(4, 4)
  const h = physics.j1j2(lat, { j2: 0.5 })
  const siteAt = (x: number, y: number): number =>
    lat.positions.findIndex((r) => r[0] === (x + 4) % 4 && r[1] === (y + 4) % 4)
  const motion = (to: (x: number, y: number) => readonly [number, number]): string =>
    lat.positions.map((r) => siteAt(...to(r[0]!, r[1]!))).join()
  /** Back and forth: a quarter turn and its inverse have the same real character. */
  const quarter = motion((x, y) => [-y, x])
  const half = motion((x, y) => [-x, -y])
  const [acrossX, acrossDiagonal] = [motion((x, y) => [x, -y]), motion((x, y) => [y, x])]

  it.each([1, -1] as const)(
    'are the quarter turn and the reflection in the x axis: %d',
    (rotation) => {
      for (const mirror of [1, -1] as const)
        for (const inversion of [1, -1] as const) {
          const group = physics.symmetriesOf(lat, h, 'full', { rotation, mirror, inversion })
          const character = (sites: string, flip: 1 | -1 = 1): number =>
            group.find((g) => g.flip === flip && g.sites.join() === sites)!.character.re
          const identity = lat.positions.map((_, i) => i).join()
          expect(character(quarter)).toBe(rotation)
          expect(character(half)).toBe(1)
          expect(character(acrossX)).toBe(mirror)
          expect(character(acrossDiagonal)).toBe(rotation * mirror)
          expect(character(identity, -1)).toBe(inversion)
        }
    },
  )
})

describe('characters times Marshall’s signs', () => {
  it.each([0, 1, 2, -1, 3])('are both factors’ product, of momentum %d as well', (k) => {
    const lat = physics.chain(6)
    const h = physics.heisenberg(lat)
    const sector = physics.szSector(6)
    const translations = (momentum: number) =>
      physics.symmetriesOf(lat, h, 'translations', { momentum: [momentum] })
    const signs = physics.marshallSigned(translations(0), lat, sector)
    const group = translations(k)
    physics.marshallSigned(group, lat, sector).forEach(({ character }, g) => {
      const sign = signs[g]!.character.re
      expect(Math.abs(sign)).toBe(1)
      const { re, im } = group[g]!.character
      expect(apart(character, { re: sign * re, im: sign * im })).toBeLessThan(ROUNDING)
    })
    // Six sites, three up: the signs have momentum π.
    const turned = physics.symmetriesOf(lat, h, 'translations', { momentum: [k + 3] })
    physics.marshallSigned(group, lat, sector).forEach(({ character }, g) => {
      expect(apart(character, turned[g]!.character)).toBeLessThan(ROUNDING)
    })
  })
})
