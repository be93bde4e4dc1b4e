import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as physics from '../../../physics/index.ts'
import { seed } from '../../arbitraries.ts'
import {
  anyCase,
  anyPower,
  cases,
  exchange,
  product,
  random,
  sum,
  transitions,
} from '../smallSectors.ts'

// What the sampler's exact transition matrix must be, whatever ψ.

/** Sums of some ten numbers of order one. */
const EXACT = 1e-12

describe('the exact transition matrix', () => {
  const spread = fc.constantFrom(0.1, 1, 4)

  it('has rows of probabilities', () => {
    fc.assert(
      fc.property(anyCase, seed, spread, (c, n, width) => {
        for (const row of transitions(c, random(c, n, width))) {
          expect(Math.min(...row)).toBeGreaterThanOrEqual(0)
          expect(Math.abs(sum(row) - 1)).toBeLessThan(EXACT)
        }
      }),
    )
  })

  it('keeps detailed balance with |ψ|^p, so |ψ|^p is stationary', () => {
    fc.assert(
      fc.property(anyCase, seed, spread, anyPower, (c, n, width, power) => {
        const psi = random(c, n, width)
        const t = transitions(c, psi, power)
        const π = psi.shares(power)
        π.forEach((p, i) => {
          t[i]!.forEach((rate, j) => {
            expect(Math.abs(p * rate - π[j]! * t[j]![i]!)).toBeLessThan(EXACT)
          })
          expect(Math.abs(sum(π.map((q, j) => q * t[j]![i]!)) - p)).toBeLessThan(EXACT)
        })
      }),
    )
  })

  it('is that of |ψ|² where no power is given', () => {
    fc.assert(
      fc.property(anyCase, seed, spread, (c, n, width) => {
        const psi = random(c, n, width)
        expect(transitions(c, psi)).toEqual(transitions(c, psi, 2))
      }),
    )
  })

  it('is proposal times min(1, |ψ′/ψ|²), proposals being those that turn over what differs', () => {
    fc.assert(
      fc.property(anyCase, seed, spread, (c, n, width) => {
        const psi = random(c, n, width)
        const t = transitions(c, psi)
        const sets = c.move.sites.length / 2
        const turned = Array.from({ length: sets }, (_, s) =>
          [...c.move.sites.slice(2 * s, 2 * s + 2)]
            .filter((i) => i >= 0)
            .sort()
            .join(),
        )
        const spins = psi.rows.map((row) => row.split(',').map(Number))
        spins.forEach((a, i) => {
          spins.forEach((b, j) => {
            if (i === j) return
            const differ = [...a.keys()].filter((k) => a[k] !== b[k]).join()
            const share = turned.filter((set) => set === differ).length / sets
            const wanted = share * Math.min(1, psi.π[j]! / psi.π[i]!)
            expect(Math.abs(t[i]![j]! - wanted)).toBeLessThan(EXACT)
          })
        })
      }),
    )
  })

  it('reaches every configuration of the sector from every other', () => {
    for (const c of Object.values(cases)) {
      const t = transitions(c, random(c, 1))
      const squarings = Math.ceil(Math.log2(t.length))
      // Staying counts as a step here: a ring of single flips would alternate for ever.
      const lazy = t.map((row, i) => row.map((x, j) => (x + (i === j ? 1 : 0)) / 2))
      let power = lazy
      for (let k = 0; k < squarings; k += 1) power = product(power, power)
      expect(Math.min(...power.flat())).toBeGreaterThan(0)
    }
  })

  it('exchanges within S^z only: the full space falls apart into its sectors', () => {
    const c = { move: exchange(physics.chain(4)), sector: physics.fullSpace(4) }
    const psi = random(c, 5)
    const up = psi.rows.map((row) => row.split(',').filter((s) => s === '1').length)
    transitions(c, psi).forEach((row, i) => {
      row.forEach((rate, j) => {
        if (up[i] !== up[j]) expect(rate).toBe(0)
      })
    })
  })

  it('leaves zeros of ψ by whatever is proposed, another zero too, and never enters them', () => {
    const c = cases['single flips, 4 sites']!
    const psi = random(c, 3, 1, [0, 1])
    const t = transitions(c, psi)
    expect(t[0]![1]).toBe(1 / 4)
    expect(t[0]![2]).toBe(1 / 4)
    expect(Math.max(t[2]![0]!, t[3]![1]!)).toBe(0)
    for (const row of t) expect(Math.abs(sum(row) - 1)).toBeLessThan(EXACT)
  })
})
