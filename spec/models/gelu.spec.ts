// Finds faults in models/layers/gelu.ts.

import { describe, expect, it } from 'vitest'
import { grad } from '../../autodiff/index.ts'
import { tensor, toNumber } from '../../core/index.ts'
import { gelu, geluExact } from '../../models/index.ts'

// Far out GELU is x or 0: right to roundings of x, on both sides, value and derivative.

const ROUNDING = 2 ** -53
const SLOPE = Math.sqrt(2 / Math.PI)

/** ½ (1 + tanh u) = 1 / (1 + e⁻²ᵘ), which cancels nowhere. */
const wantedAt = (x: number): readonly [value: number, slope: number, steep: number] => {
  const u = SLOPE * (x + 0.044715 * x ** 3)
  const [up, down] = [1 / (1 + Math.exp(-2 * u)), 1 / (1 + Math.exp(2 * u))]
  const steep = Math.abs(x) * SLOPE * (1 + 3 * 0.044715 * x * x)
  return [x * up, up + x * 2 * up * down * SLOPE * (1 + 3 * 0.044715 * x * x), steep]
}

describe('GELU at the ends', () => {
  it('is right to roundings of x, and so is its derivative', () => {
    for (const x of [-1e3, -30, -10, -8.3, -6, -5, -3, -1, 0, 1, 3, 6, 10, 30, 1e3]) {
      const [value, slope, steep] = wantedAt(x)
      const t = tensor(x)
      const bound = 4 * ROUNDING
      expect(Math.abs(toNumber(gelu(t)) - value)).toBeLessThanOrEqual(bound * Math.abs(x))
      const got = toNumber(grad(gelu)(t))
      expect(Math.abs(got - slope)).toBeLessThanOrEqual(bound * (1 + steep))
    }
  })

  it('exact form: values and derivatives of high precision', () => {
    // mpmath, 40 digits: x Φ(x) and Φ(x) + x φ(x).
    const known: readonly (readonly [x: number, value: number, slope: number])[] = [
      [-30, -1.472014178144456e-196, -4.416031690708495e-195],
      [-10, -7.619853024160526e-23, -7.618400096464814e-22],
      [-6, -5.9195258702261885e-9, -3.5468709453902015e-8],
      [-3, -0.0040496940948902835, -0.011945647204183927],
      [-1, -0.15865525393145705, -0.0833154705876863],
      [2, 1.9544997361036416, 1.085231801078197],
      [10, 10.0, 1.0],
    ]
    for (const [x, value, slope] of known) {
      const bound = 8 * ROUNDING * Math.abs(x)
      expect(Math.abs(toNumber(geluExact(tensor(x))) - value)).toBeLessThanOrEqual(bound)
      expect(Math.abs(toNumber(grad(geluExact)(tensor(x))) - slope)).toBeLessThanOrEqual(bound)
    }
  })
})
