import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, normals } from '../../../core/index.ts'
import * as physics from '../../../physics/index.ts'

const lat = physics.square(4, 2)
const sector = physics.szSector(8)
const basis = physics.basisOf(sector)
const configurations = physics.allConfigurations(basis)
const seeds = fc.nat(2 ** 20)

/** Rounding of sums over 70 states of operators of order ten. */
const ROUNDING = 1e-11

/** A random complex state of the sector, as a vector and as log ψ. */
const randomState = (seed: number) => {
  const [re, im] = [0, 1].map((k) => normals(keyFrom(seed + k), basis.dimension)) as [
    Float64Array,
    Float64Array,
  ]
  const places = new Map(
    Array.from({ length: basis.dimension }, (_, k) => [
      configurations.subarray(8 * k, 8 * k + 8).join(),
      k,
    ]),
  )
  const logPsi = (c: Int8Array): physics.LogAmplitudes => {
    const index = Array.from(
      { length: c.length / 8 },
      (_, s) => places.get(c.subarray(8 * s, 8 * s + 8).join())!,
    )
    return {
      re: Float64Array.from(index, (k) => Math.log(Math.hypot(re[k]!, im[k]!))),
      im: Float64Array.from(index, (k) => Math.atan2(im[k]!, re[k]!)),
    }
  }
  return { vector: { re, im }, logPsi }
}

const wave = (x: number, y: number): readonly number[] => [(Math.PI / 2) * x, Math.PI * y]
const waves = [0, 1, 2, 3].flatMap((x) => [0, 1].map((y) => wave(x, y)))
const observables: Record<string, physics.Operator> = {
  'S(0, 0)': physics.structureFactor(lat, wave(0, 0)),
  'S(π/2, π)': physics.structureFactor(lat, wave(1, 1)),
  'S(π, π)': physics.structureFactor(lat, wave(2, 1)),
  'staggered magnetisation': physics.staggeredMagnetisation(lat),
  'dimer order': physics.dimerOrder(lat),
}

describe('observables', () => {
  it('summed over the sector are the expectation values of their operators', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { vector, logPsi } = randomState(seed)
        const weights = physics.probabilities(logPsi(configurations).re)
        for (const [name, operator] of Object.entries(observables)) {
          const exact = physics.expectation(operator, sector, vector).re
          const compiled = physics.compileOperator(operator, 8)
          const local = physics.localEnergies(compiled, logPsi, configurations)
          const summed = physics.complexMoments(local, weights).mean
          expect([name, Math.abs(summed.re - exact) < ROUNDING]).toEqual([name, true])
        }
      }),
      { numRuns: 10 },
    )
  })

  it('obey their sum rules in any state, and are those of the total spin at k = 0', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { vector } = randomState(seed)
        const at = (k: readonly number[]): number =>
          physics.expectation(physics.structureFactor(lat, k), sector, vector).re
        const mean = waves.reduce((sum, k) => sum + at(k), 0) / waves.length
        expect(Math.abs(mean - 3 / 4)).toBeLessThan(ROUNDING)
        const m2 = physics.expectation(physics.staggeredMagnetisation(lat), sector, vector).re
        expect(Math.abs(m2 - at(wave(2, 1)) / 8)).toBeLessThan(ROUNDING)
        for (const operator of Object.values(observables))
          expect(physics.expectation(operator, sector, vector).re).toBeGreaterThan(-ROUNDING)
      }),
      { numRuns: 10 },
    )
    // The ground state of an even antiferromagnet is a singlet, ordered at (π, π).
    const { vectors } = physics.exactStates(physics.heisenberg(lat), sector, { states: 1 })
    const factors = waves.map(
      (k) => physics.expectation(physics.structureFactor(lat, k), sector, vectors[0]!).re,
    )
    expect(Math.abs(factors[0]!)).toBeLessThan(1e-9)
    expect(Math.max(...factors)).toBe(
      factors[waves.findIndex((k) => k.join() === wave(2, 1).join())],
    )
  })

  it('sampled agree with the expectation values within their errors', () => {
    const { vector, logPsi } = randomState(5)
    const chains = 64
    const move = physics.bondExchange(physics.bonds(lat))
    const start = physics.randomChains(sector, chains, keyFrom(1))
    const plan = { sites: 8, move, length: 100, proposals: 8, burnIn: 200 }
    const samples = physics.metropolis(plan)(logPsi, start, keyFrom(2)).configurations
    for (const [name, operator] of Object.entries(observables)) {
      const exact = physics.expectation(operator, sector, vector).re
      const { mean, standardError } = physics.measureOperator(operator, logPsi, samples, {
        sites: 8,
        chains,
      })
      // Five operators of a seeded run, at 4.5 standard errors each.
      expect([name, Math.abs(mean - exact) < 4.5 * standardError + ROUNDING]).toEqual([name, true])
    }
  })
})
