import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, normals } from '../../../core/index.ts'
import type { LogPsi } from '../../../physics/configurations/logPsi.ts'
import { probabilities } from '../../../physics/estimates/fullSum.ts'
import { localEnergies } from '../../../physics/estimates/localEnergy.ts'
import { compileOperator } from '../../../physics/operators/compiled.ts'
import { anyPair } from '../operators/randomOperators.ts'

// E_loc(σ) = (Hψ)(σ)/ψ(σ), with H as a Kronecker matrix that shares nothing with physics/.

/** Coefficients up to some hundreds after products; quotients of amplitudes of order 10. */
const ROUNDING = 1e-10

const bitsOf = (sigma: ArrayLike<number>): number =>
  Array.from(sigma).reduce((sum, s, i) => sum + (s === 1 ? 2 ** i : 0), 0)

/** Any complex function of the configurations of some sites, by a table of log ψ. */
const tableOf = (sites: number, seed: number) => {
  const table = normals(keyFrom(seed), 2 * 2 ** sites)
  const logPsi: LogPsi = (configurations) => {
    const rows = Array.from({ length: configurations.length / sites }, (_, r) =>
      bitsOf(configurations.subarray(r * sites, (r + 1) * sites)),
    )
    return {
      re: Float64Array.from(rows, (k) => table[2 * k]!),
      im: Float64Array.from(rows, (k) => 3 * table[2 * k + 1]!),
    }
  }
  return logPsi
}
const everything = (sites: number): Int8Array =>
  Int8Array.from({ length: sites * 2 ** sites }, (_, p) =>
    (Math.floor(p / sites) >> (p % sites)) & 1 ? 1 : -1,
  )

describe('local energies', () => {
  it('are Σ ⟨σ|H|σ′⟩ ψ(σ′)/ψ(σ) for any H, not symmetric and not Hermitian ones included', () => {
    fc.assert(
      fc.property(anyPair, fc.nat(1000), ({ sites, a }, seed) => {
        const configurations = everything(sites)
        const logPsi = tableOf(sites, seed)
        const { re, im } = localEnergies(compileOperator(a.operator, sites), logPsi, configurations)
        const log = logPsi(configurations)
        a.matrix.forEach((row, r) => {
          let [x, y] = [0, 0]
          row.forEach(([hRe, hIm], c) => {
            const modulus = Math.exp(log.re[c]! - log.re[r]!)
            const angle = log.im[c]! - log.im[r]!
            x += modulus * (hRe * Math.cos(angle) - hIm * Math.sin(angle))
            y += modulus * (hRe * Math.sin(angle) + hIm * Math.cos(angle))
          })
          expect(Math.abs(re[r]! - x)).toBeLessThan(ROUNDING * (1 + Math.abs(x) + Math.abs(y)))
          expect(Math.abs(im[r]! - y)).toBeLessThan(ROUNDING * (1 + Math.abs(x) + Math.abs(y)))
        })
      }),
      { numRuns: 100 },
    )
  })

  it('are 0 where ψ vanishes, and see no contribution from there', () => {
    fc.assert(
      fc.property(anyPair, fc.nat(1000), ({ sites, a }, seed) => {
        const configurations = everything(sites)
        const table = tableOf(sites, seed)
        const holed: LogPsi = (c) => {
          const { re, im } = table(c)
          const zero = (r: number): boolean => bitsOf(c.subarray(r * sites, (r + 1) * sites)) === 1
          return { re: re.map((x, r) => (zero(r) ? Number.NEGATIVE_INFINITY : x)), im }
        }
        const { re, im } = localEnergies(compileOperator(a.operator, sites), holed, configurations)
        expect([re[1], im[1]]).toEqual([0, 0])
        expect([...re, ...im].every(Number.isFinite)).toBe(true)
      }),
    )
  })
})

describe('probabilities', () => {
  it('are |ψ|² of sum 1, however large or small ψ is', () => {
    const log = normals(keyFrom(1), 20)
    const wanted = log.map((a) => Math.exp(2 * a))
    const total = wanted.reduce((a, b) => a + b, 0)
    for (const shift of [0, 2000, -2000]) {
      const w = probabilities(log.map((a) => a + shift))
      w.forEach((x, k) => {
        expect(Math.abs(x - wanted[k]! / total)).toBeLessThan(1e-11)
      })
    }
    expect([...probabilities([0, Number.NEGATIVE_INFINITY])]).toEqual([1, 0])
  })
})
