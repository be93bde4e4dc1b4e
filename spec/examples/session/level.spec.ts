import { describe, expect, it } from 'vitest'
import { groundLevel } from '../../../examples/session/level.ts'
import * as physics from '../../../physics/index.ts'

// The exact values beside those of a run do not depend on which state of a level was found.

/** Sums over twenty states. */
const ROUNDING = 1e-9

const cases = [
  { lat: physics.triangular(3, 2), states: 5 },
  { lat: physics.kagome(2, 1), states: 3 },
  { lat: physics.triangular(2, 2), states: 2 },
  { lat: physics.chain(6), states: 1 },
  { lat: physics.honeycomb(2, 1), states: 1 },
]

describe('the ground level', () => {
  it.each(cases)('of $lat.name is $states states, seen as at temperature 0', ({ lat, states }) => {
    const sector = physics.szSector(lat.sites)
    const h = physics.heisenberg(lat)
    const [first, ...others] = groundLevel(h, sector)!
    expect(others.length + 1).toBe(states)
    const found = physics.observeExactly(lat, sector, first!, ...others)

    // e^(−H/T) at a temperature far below the gap.
    const all = physics.exactStates(h, sector, { states: physics.dimension(sector) })
    const weights = all.energies.map((e) => Math.exp((all.energies[0]! - e) / 1e-3))
    const norm = weights.reduce((a, b) => a + b, 0)
    const each = all.vectors.map((v) => physics.observeExactly(lat, sector, v))
    const thermal = (of: (o: physics.Observables) => number): number =>
      each.reduce((sum, o, k) => sum + (weights[k]! / norm) * of(o), 0)
    found.correlations.forEach(({ value }, r) => {
      expect(Math.abs(value - thermal((o) => o.correlations[r]!.value))).toBeLessThan(ROUNDING)
    })
    found.structureFactor.forEach(({ value }, k) => {
      expect(Math.abs(value - thermal((o) => o.structureFactor[k]!.value))).toBeLessThan(ROUNDING)
    })
  })

  it('is all of a sector where H is a number, and nobody’s where there are too many', () => {
    const flat = (sites: number) =>
      physics.sumOperators(
        Array.from({ length: sites }, (_, i) => physics.scaleOperator(0.5, physics.spinZ(i))),
      )
    expect(groundLevel(flat(4), physics.szSector(4))!.length).toBe(6)
    expect(groundLevel(flat(2), physics.upSector(2, 2))!.length).toBe(1)
    expect(groundLevel(flat(10), physics.szSector(10))).toBeNull()
  })
})
