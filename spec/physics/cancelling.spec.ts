import { describe, expect, it } from 'vitest'
import { keyFrom, type Precision } from '../../core/index.ts'
import { absolute, attention, initialise, patchGrid, symmetrise, vit } from '../../models/index.ts'
import * as physics from '../../physics/index.ts'

// Images that cancel leave 0, and not what rounding makes of it: no wave function has a part in a
// sector without states, whether or not a run is told of its symmetries.

const SITES = 8
const ring = physics.chain(SITES)
const operator = physics.j1j2(ring, { j2: 0.5 })
const all = physics.allConfigurations(physics.basisOf(physics.szSector(SITES)))
const grid = patchGrid([SITES], 1)
const network = vit(attention(absolute()), { patches: grid, layers: 1, dim: 4, heads: 2 })

const sectors: readonly physics.Characters[] = [
  { mirror: -1 },
  { inversion: -1 },
  { momentum: [4], inversion: -1 },
  { momentum: [4], mirror: -1 },
  {},
]

describe.each(sectors)('the sum over images in the sector %j', (characters) => {
  it.each(['float64', 'float32'] as const)('is 0 where symmetry says so: %s', (precision) => {
    const group = physics.symmetriesOf(ring, operator, 'full', characters)
    const wave = symmetrise(network, group, [])
    const params = initialise(wave, keyFrom(5))
    const options: { readonly precision: Precision } = { precision }
    const { logPsi } = physics.evaluatorsOf(wave, params, SITES, options)
    const summed = logPsi(params)
    const reduced = physics.cached(summed, SITES, physics.representatives(group, SITES))
    const zero = (a: number): boolean => a === Number.NEGATIVE_INFINITY
    const found = Array.from(summed(all).re, zero)
    expect(found).toEqual(Array.from(reduced(all).re, zero))
    expect(found.every((x) => x)).toBe(!physics.hasStates(group, physics.szSector(SITES)))
  })
})
