import { describe, expect, it } from 'vitest'
import { knownEnergy } from '../../../examples/session/knownEnergies.ts'
import { defaults } from '../../../examples/settings/defaults.ts'
import reference from '../../reference/exact.json' with { type: 'json' }

describe('known exact energies', () => {
  it.each([
    ...reference.square_6x6_J1J2.cases.map((c) => [[6, 6], c] as const),
    ...reference.square_6x4_J1J2.cases.filter((c) => c.J2 === 0.5).map((c) => [[4, 6], c] as const),
  ])('of the %s lattice are those of the reference', (size, { J2, E0 }) => {
    const model = { ...defaults, size, j2: J2 }
    expect(knownEnergy(model)! / E0).toBeCloseTo(1, 12)
    expect(knownEnergy({ ...model, j1: 2, j2: 2 * J2 })! / E0).toBeCloseTo(2, 12)
    expect(knownEnergy({ ...model, size: [...size].reverse() })).toBe(knownEnergy(model))
  })

  it('are of those models and no others', () => {
    const model = { ...defaults, size: [6, 6] }
    expect(knownEnergy(model)).not.toBeNull()
    for (const other of [
      { j2: 0.4 },
      { boundary: 'open' },
      { lattice: 'shastry-sutherland' },
      { size: [6, 8] },
      { j1: -1, j2: -0.5 },
    ] as const)
      expect(knownEnergy({ ...model, ...other })).toBeNull()
  })
})
