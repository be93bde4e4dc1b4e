import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, normals } from '../../../core/index.ts'
import { autocorrelationTime, blockingErrors } from '../../../physics/statistics/autocorrelation.ts'
import type { Chains } from '../../../physics/statistics/chains.ts'
import { estimate } from '../../../physics/statistics/statistics.ts'
import { seed } from '../../arbitraries.ts'

// The autocorrelation time against its definition, written down once more, and against series
// whose time is known. A factor that is 5% off must not pass for noise.

/** Sums of a few hundred products of order one. */
const ROUNDING = 1e-10

/** x(t+1) = φ x(t) + √(1 − φ²) noise in equilibrium: ρ(t) = φ^t, so τ = (1 + φ)/(1 − φ). */
const autoregressive = (phi: number, chains: number, length: number, n: number): Chains => {
  const noise = normals(keyFrom(n), chains * length)
  const share = Math.sqrt(1 - phi * phi)
  return Array.from({ length: chains }, (_, c) => {
    const own = noise.slice(c * length, (c + 1) * length)
    for (let t = 1; t < length; t += 1) own[t] = phi * own[t - 1]! + share * own[t]!
    return own
  })
}

const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length

/** Γ(t): the mean over all pairs of samples of one chain that are t apart. */
const covariance = (chains: Chains, lag: number): number => {
  const centre = mean(chains.flatMap((c) => [...c]))
  return mean(
    chains.flatMap((c) => Array.from(c.subarray(lag), (x, t) => (x - centre) * (c[t]! - centre))),
  )
}

/** τ(W) = 1 + 2 Σ_{t ≤ W} ρ(t) at the first W ≥ 5 τ(W), or at half the chains; then the bias. */
const defined = (chains: Chains): { tau: number; window: number; reliable: boolean } => {
  const n = chains.length * chains[0]!.length
  const half = Math.floor(chains[0]!.length / 2)
  const own = covariance(chains, 0)
  const rho = Array.from({ length: half }, (_, k) => covariance(chains, k + 1) / own)
  const upTo = (w: number): number => 1 + 2 * rho.slice(0, w).reduce((a, b) => a + b, 0)
  const windows = rho.map((_, k) => k + 1)
  const decayed = windows.find((w) => w >= 5 * Math.max(1, upTo(w)))
  const window = decayed ?? half
  const tau = Math.max(1, upTo(window) * (1 + (2 * window + 1) / n))
  return { tau, window, reliable: decayed !== undefined }
}

describe('the autocorrelation time', () => {
  it('is what its definition says, of any chains', () => {
    fc.assert(
      fc.property(
        seed,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 2, max: 60 }),
        fc.constantFrom(-0.5, 0, 0.5, 0.8),
        fc.constantFrom(0, 1),
        (n, count, length, phi, apart) => {
          const alike = autoregressive(phi, count, length, n)
          // Chains that stay apart from each other never decay.
          const chains = alike.map((c, k) => c.map((x) => x + k * apart))
          const found = autocorrelationTime(chains)
          const wanted = defined(chains)
          expect(found).toEqual({ ...wanted, tau: expect.closeTo(wanted.tau, 9) })
        },
      ),
    )
  })

  // τ of n samples is uncertain by √(2 (2W + 1)/n) of itself (Wolff), W = 5 τ: by 0.5 to 0.8%.
  it.each([
    [0, 300_000],
    [0.5, 1_500_000],
    [0.75, 2_500_000],
  ])('of an AR(1) series with φ = %d is (1 + φ)/(1 − φ)', (phi, samples) => {
    const exact = (1 + phi) / (1 - phi)
    const spread = Math.sqrt((2 * (10 * exact + 1)) / samples)
    expect(spread).toBeLessThan(0.01)
    const { tau, reliable } = autocorrelationTime(autoregressive(phi, 20, samples / 20, 1))
    expect(reliable).toBe(true)
    // Four times that; a factor 1.9 for 2 would be five times and more for φ > 0.
    expect(Math.abs(tau / exact - 1)).toBeLessThan(4 * spread)
  })
})

describe('the standard error', () => {
  it('is √(variance τ/(n − 1)), so of samples that are not correlated the textbook’s', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 2, max: 12 }), (n, length) => {
        // Each sample comes back with the other sign: anticorrelated, and so τ = 1.
        const half = [...normals(keyFrom(n), length)]
        const chain = Float64Array.from(half.flatMap((x) => [x, -x]))
        const { standardError, autocorrelationTime: tau, variance } = estimate([chain])
        fc.pre(tau === 1)
        const squares = half.reduce((sum, x) => sum + 2 * x * x, 0)
        expect(Math.abs(variance - squares / (2 * length))).toBeLessThan(ROUNDING)
        const textbook = Math.sqrt(squares / (2 * length) / (2 * length - 1))
        expect(Math.abs(standardError / textbook - 1)).toBeLessThan(ROUNDING)
      }),
    )
  })

  it('of blocks is uncertain by what errors of so many independent blocks scatter by', () => {
    const [count, runs] = [16, 3000]
    const errors = Array.from({ length: runs }, (_, n) => {
      const [block] = blockingErrors([normals(keyFrom(n), count)])
      return block!
    })
    const squares = errors.map((b) => b.standardError ** 2)
    // Each estimates 1/count without bias, uncertain by √(2/(count − 1)) of it.
    const spread = Math.sqrt(2 / (count - 1) / runs)
    expect(Math.abs(mean(squares) * count - 1)).toBeLessThan(4 * spread)
    const scatter = Math.sqrt(mean(squares.map((x) => (x * count - 1) ** 2)))
    const claimed = 2 * mean(errors.map((b) => b.uncertainty / b.standardError))
    // The scatter of 3000 numbers is itself known to some 3%.
    expect(Math.abs(scatter / claimed - 1)).toBeLessThan(0.12)
  })
})
