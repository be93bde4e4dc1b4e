import { describe, expect, it } from 'vitest'
import { tensor, toNumber } from '../../core/index.ts'
import * as models from '../../models/index.ts'
import * as physics from '../../physics/index.ts'

// Momenta k and −k have different energies where H has a handedness: a sector of complex characters
// is told apart from the one of their conjugates by its states alone.

/** Energies of order one from vectors whose residual over the gap is below 1e-6. */
const ENERGY = 1e-9

const chiral = (length: number): physics.Operator => {
  const ring = Array.from({ length }, (_, i) => i)
  const next = (i: number, by = 1): number => (i + by) % length
  return physics.sumOperators([
    physics.heisenberg(physics.chain(length)),
    physics.dzyaloshinskiiMoriya(ring.map((i) => [i, next(i), 0.7] as const)),
    ...ring.map((i) => physics.scaleOperator(0.4, physics.scalarChirality(i, next(i), next(i, 2)))),
  ])
}

describe('sectors of complex characters', () => {
  it.each([
    { length: 5, up: 2 },
    { length: 6, up: 3 },
    { length: 7, up: 2 },
  ])('keep the exact states of their momentum alone: $length sites, $up up', ({ length, up }) => {
    const lat = physics.chain(length)
    const h = chiral(length)
    const sector = physics.upSector(length, up)
    const { dimension } = physics.basisOf(sector)
    const all = physics.allConfigurations(physics.basisOf(sector))
    const wave = models.lookup(tensor(Float64Array.from(all), [dimension, length]))
    const { energies, vectors } = physics.exactStates(h, sector, { states: 6 })
    const momenta = vectors.map((v) => physics.sectorOf(lat, h, v, sector)?.momentum?.[0])
    let complex = 0
    momenta.forEach((k, n) => {
      if (k === undefined || k === 0 || 2 * k === length) return
      complex += 1
      // The state, and beside it all others that are of other momenta.
      const parts = momenta.flatMap((p, m) => (m === n || (p !== undefined && p !== k) ? [m] : []))
      const mixed = (part: 're' | 'im') =>
        Float64Array.from({ length: dimension }, (_, s) =>
          parts.reduce((sum, m) => sum + vectors[m]![part][s]! * (m === n ? 1 : 0.7), 0),
        )
      const [re, im] = [mixed('re'), mixed('im')]
      const table = {
        re: tensor(re.map((x, s) => Math.log(Math.hypot(x, im[s]!)))),
        im: tensor(re.map((x, s) => Math.atan2(im[s]!, x))),
      }
      const group = physics.symmetriesOf(lat, h, 'translations', { momentum: [k] })
      const projected = models.symmetrise(wave, group)
      const logPsi = physics.cached((c) => {
        const values = Array.from({ length: c.length / length }, (_, s) =>
          projected.apply(
            { table },
            tensor(Float64Array.from(c.slice(length * s, length * (s + 1)))),
          ),
        )
        return {
          re: Float64Array.from(values, (v) => toNumber(v.re)),
          im: Float64Array.from(values, (v) => toNumber(v.im)),
        }
      }, length)
      const { mean, variance } = physics.fullSum(physics.compileOperator(h, length), logPsi, all)
      expect(Math.abs(mean.re - energies[n]!)).toBeLessThan(ENERGY)
      expect(Math.abs(mean.im) + variance).toBeLessThan(ENERGY)
    })
    expect(complex).toBeGreaterThan(1)
  })
})
