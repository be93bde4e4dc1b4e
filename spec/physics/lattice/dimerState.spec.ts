// Finds faults in models/waves/dimerState.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as models from '../../../models/index.ts'
import * as physics from '../../../physics/index.ts'

// The exact mapping: the dimer state is a Factored-attention network with explicit parameters.

const lat = physics.square(4, 4)
const sector = physics.szSector(16)
const configurations = physics.allConfigurations(physics.basisOf(sector))
const count = configurations.length / 16
const patches = models.patchGrid([4, 4], 2)
const wave = models.attentiveLogCosh(patches)
const params = models.dimerState(patches)
const evaluators = physics.evaluatorsOf(wave, params, 16)
const logPsi = evaluators.logPsi(params)

/** Zeros come out as cos(π/2) = 6e-17; everything else is exact to rounding. */
const AMPLITUDE = 1e-12
/** Rounding of energies of size 10, as sums over 12,870 configurations. */
const ENERGY = 1e-12

describe('the dimer state as Factored attention', () => {
  it('has the amplitudes of the singlet product on the whole sector, zeros included', () => {
    const amplitude = physics.singletProduct(physics.dimers(lat))
    const { re, im } = logPsi(configurations)
    const norm = 2 ** (-16 / 4)
    const network = Float64Array.from(re, (a, k) => norm * Math.exp(a) * Math.cos(im[k]!))
    const wanted = Float64Array.from({ length: count }, (_, k) =>
      amplitude(configurations.subarray(16 * k, 16 * k + 16)),
    )
    const first = wanted.findIndex((a) => a !== 0)
    const sign = Math.sign(wanted[first]! * network[first]!)
    const worst = wanted.reduce((most, a, k) => Math.max(most, Math.abs(a - sign * network[k]!)), 0)
    expect(worst).toBeLessThan(AMPLITUDE)
    expect(wanted.filter((a) => a === 0).length).toBe(count - 2 ** 8)
  })

  it("has energy −3/8 J' per site, variance 0 and no gradient, whatever J", () => {
    const weights = physics.probabilities(logPsi(configurations).re)
    const o = evaluators.logDerivatives(params, configurations)
    fc.assert(
      fc.property(fc.double({ min: -2, max: 2, noNaN: true }), (j) => {
        const h = physics.compileOperator(physics.shastrySutherland(lat, { j, jDimer: 1 }), 16)
        const local = physics.localEnergies(h, logPsi, configurations)
        const { mean, variance } = physics.complexMoments(local, weights)
        expect(Math.abs(mean.re + 6)).toBeLessThan(ENERGY)
        expect(variance).toBeLessThan(ENERGY)
        const force = physics.force(physics.centred(o, local, weights))
        expect(Math.max(...force.map(Math.abs))).toBeLessThan(1e-10)
      }),
      { numRuns: 4 },
    )
  })

  it('is the lowest: no parameter moved gives less, at J = J′/2', () => {
    const h = physics.compileOperator(physics.shastrySutherland(lat, { j: 0.5, jDimer: 1 }), 16)
    const size = 8 + 16 + 4 + 16 + 4 + 8 + 2
    fc.assert(
      fc.property(fc.nat(size - 1), fc.constantFrom(-0.2, 0.2), (k, step) => {
        const delta = new Float64Array(size)
        delta[k] = -step
        const moved = evaluators.logPsi(physics.applyUpdate(params, delta, 1))
        const weights = physics.probabilities(moved(configurations).re)
        const local = physics.localEnergies(h, moved, configurations)
        expect(physics.complexMoments(local, weights).mean.re).toBeGreaterThan(-6 - ENERGY)
      }),
      { numRuns: 10 },
    )
  })
})
