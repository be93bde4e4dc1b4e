// Finds faults in physics/doubts.ts.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isExcited } from '../../physics/doubts.ts'

// Energies and variances of vectors in an eigenbasis tell excited states from the ground state.

const levels = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 6 })
  .map((all) => all.map((e, k) => e - 3 + 0.01 * k).toSorted((a, b) => a - b))

/** The energy and the variance of a vector with these weights on the levels. */
const estimate = (energies: readonly number[], weights: readonly number[]) => {
  const total = energies.reduce((sum, _, k) => sum + weights[k]!, 0)
  const mean = (f: (e: number) => number) =>
    energies.reduce((sum, e, k) => sum + weights[k]! * f(e), 0) / total
  const energy = mean((e) => e)
  return { energy, energyError: 0, variance: mean((e) => (e - energy) ** 2) }
}

describe('a state above the ground state', () => {
  it('is never called excited below the middle of the lowest two energies', () => {
    let below = 0
    const weights = fc.array(fc.double({ min: 0, max: 0.2, noNaN: true }), {
      minLength: 6,
      maxLength: 6,
    })
    fc.assert(
      fc.property(levels, weights, (energies, others) => {
        const found = estimate(energies, [1, ...others])
        if (found.energy > (energies[0]! + energies[1]!) / 2) return
        below += 1
        expect(isExcited(found, energies[0]!)).toBe(false)
      }),
    )
    expect(below).toBeGreaterThan(10)
  })

  it('is called so where it is an eigenstate, unless the errors hide it', () => {
    fc.assert(
      fc.property(levels, fc.nat(), (energies, n) => {
        const k = 1 + (n % (energies.length - 1))
        const pure = estimate(
          energies,
          energies.map((_, j) => (j === k ? 1 : 0)),
        )
        const above = energies[k]! - energies[0]!
        if (above < 1e-5) return
        expect(isExcited(pure, energies[0]!)).toBe(true)
        expect(isExcited({ ...pure, energyError: above }, energies[0]!)).toBe(false)
      }),
    )
    expect(isExcited({ energy: -1, energyError: 0, variance: 0 }, -1)).toBe(false)
  })
})
