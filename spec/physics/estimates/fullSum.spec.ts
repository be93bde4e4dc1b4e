import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, normals } from '../../../core/index.ts'
import { weightedSum } from '../../../physics/estimates/fullSum.ts'
import { importanceWeights, linearised } from '../../../physics/estimates/importance.ts'
import * as physics from '../../../physics/index.ts'
import { seed } from '../../arbitraries.ts'
import { problemOf } from '../../expectations.ts'
import { anyPair } from '../operators/randomOperators.ts'

// Sums over all configurations for amplitudes of any size, against ψ†Hψ of Kronecker matrices.

/** Coefficients up to some hundreds after products, squared. */
const ROUNDING = 1e-9

const bitsOf = (sigma: ArrayLike<number>): number =>
  Array.from(sigma).reduce((sum, s, i) => sum + (s === 1 ? 2 ** i : 0), 0)
const everything = (sites: number): Int8Array =>
  Int8Array.from({ length: sites * 2 ** sites }, (_, p) =>
    (Math.floor(p / sites) >> (p % sites)) & 1 ? 1 : -1,
  )
const tableOf = (
  sites: number,
  re: (k: number) => number,
  im: (k: number) => number,
): physics.LogPsi => {
  return (c) => {
    const rows = Array.from({ length: c.length / sites }, (_, r) =>
      bitsOf(c.subarray(r * sites, (r + 1) * sites)),
    )
    return { re: Float64Array.from(rows, re), im: Float64Array.from(rows, im) }
  }
}

type Entry = readonly [number, number]
/** ⟨H⟩ and ⟨|Hψ − ⟨H⟩ψ|²⟩ from vectors, the largest amplitude 1. */
const twin = (matrix: readonly (readonly Entry[])[], re: readonly number[], im: number[]) => {
  const top = Math.max(...re)
  const psi = re.map((a, k): Entry => {
    const size = Math.exp(a - top)
    return size === 0 ? [0, 0] : [size * Math.cos(im[k]!), size * Math.sin(im[k]!)]
  })
  const applied = matrix.map((row) =>
    row.reduce<Entry>(
      ([x, y], [a, b], c) => {
        const [p, q] = psi[c]!
        return [x + a * p - b * q, y + a * q + b * p]
      },
      [0, 0],
    ),
  )
  const norm = psi.reduce((sum, [p, q]) => sum + p * p + q * q, 0)
  const [x, y] = psi.reduce<Entry>(
    ([s, t], [p, q], k) => {
      const [a, b] = applied[k]!
      return [s + p * a + q * b, t + p * b - q * a]
    },
    [0, 0],
  )
  const mean = { re: x / norm, im: y / norm }
  const variance =
    psi.reduce((sum, [p, q], k) => {
      const [a, b] = applied[k]!
      return sum + (a - mean.re * p + mean.im * q) ** 2 + (b - mean.re * q - mean.im * p) ** 2
    }, 0) / norm
  return { mean, variance }
}
const near = (got: number, wanted: number, size = Math.abs(wanted)): void => {
  expect(Math.abs(got - wanted)).toBeLessThan(ROUNDING * (1 + size))
}

describe('full sums', () => {
  it('are ψ†Hψ and |Hψ − Eψ|² for amplitudes of any width, zeros included', () => {
    const widths = fc.constantFrom(1, 60, 250, 400, 1e3, 1e6)
    fc.assert(
      fc.property(anyPair, seed, widths, fc.boolean(), ({ sites, a }, n, width, holes) => {
        const z = normals(keyFrom(n), 2 * 2 ** sites)
        const re = Array.from({ length: 2 ** sites }, (_, k) =>
          holes && k % 3 === 1 ? Number.NEGATIVE_INFINITY : width * z[2 * k]!,
        )
        const im = re.map((_, k) => 3 * z[2 * k + 1]!)
        const logPsi = tableOf(
          sites,
          (k) => re[k]!,
          (k) => im[k]!,
        )
        const got = physics.fullSum(
          physics.compileOperator(a.operator, sites),
          logPsi,
          everything(sites),
        )
        const { mean, variance } = twin(a.matrix, re, im)
        near(got.mean.re, mean.re, Math.sqrt(variance))
        near(got.mean.im, mean.im, Math.sqrt(variance))
        near(got.variance, variance, variance + mean.re ** 2 + mean.im ** 2)
      }),
      { numRuns: 200 },
    )
  })

  it.each([300, 360, 1e5, Number.POSITIVE_INFINITY])(
    'of two spins with log-amplitudes ± %d have energy −1/4 and variance 1/4',
    (width) => {
      const h = physics.compileOperator(physics.spinDot(0, 1), 2)
      const all = physics.allConfigurations(physics.basisOf(physics.szSector(2)))
      for (const sign of [1, -1]) {
        const logPsi: physics.LogPsi = (c) => ({
          re: Float64Array.from({ length: c.length / 2 }, (_, s) =>
            Number.isFinite(width)
              ? sign * width * c[2 * s]!
              : c[2 * s] === sign
                ? 0
                : Number.NEGATIVE_INFINITY,
          ),
          im: new Float64Array(c.length / 2),
        })
        const { mean, variance, weights } = physics.fullSum(h, logPsi, all)
        near(mean.re, -0.25)
        near(variance, 0.25)
        expect([...weights].sort()).toEqual([0, 1])
        // Local energies and weights apart never give NaN either.
        const apart = physics.complexMoments(physics.localEnergies(h, logPsi, all), weights)
        near(apart.mean.re, -0.25)
        expect(Number.isNaN(apart.variance)).toBe(false)
      }
    },
  )

  it('count configurations that stand for several so many times, faint ones too', () => {
    const lat = physics.chain(6)
    const sector = physics.szSector(6)
    const h = physics.compileOperator(physics.j1j2(lat, { j2: 0.4 }), 6)
    const all = physics.allConfigurations(physics.basisOf(sector))
    const group = physics.patchTranslations(lat, 1)
    // Unchanged by translations: the number of bonds with equal spins.
    const bonds = (c: Int8Array, s: number): number =>
      [0, 1, 2, 3, 4, 5].filter((i) => c[6 * s + i] === c[6 * s + ((i + 1) % 6)]).length
    for (const slope of [0.3, 90, 200, -90, -200]) {
      const logPsi: physics.LogPsi = (c) => ({
        re: Float64Array.from({ length: c.length / 6 }, (_, s) => slope * bonds(c, s)),
        im: new Float64Array(c.length / 6),
      })
      const few = physics.orbits(physics.representatives(group, 6), all, 6)
      expect(few.configurations.length).toBeLessThan(all.length)
      const whole = physics.fullSum(h, logPsi, all)
      const less = physics.fullSum(h, logPsi, few.configurations, few.multiplicity)
      near(less.mean.re, whole.mean.re)
      near(less.variance, whole.variance)
    }
  })

  it('of a ψ that is 0 everywhere are an error with words', () => {
    const h = physics.compileOperator(physics.spinDot(0, 1), 2)
    const none: physics.LogPsi = (c) => ({
      re: new Float64Array(c.length / 2).fill(Number.NEGATIVE_INFINITY),
      im: new Float64Array(c.length / 2),
    })
    const all = physics.allConfigurations(physics.basisOf(physics.szSector(2)))
    for (const sum of [
      () => physics.fullSum(h, none, all),
      () => physics.probabilities(none(all).re),
    ])
      problemOf(sum, 'DomainError', 'the wave function vanishes', 'on all 2 configurations')
  })
})

describe('local energies', () => {
  it('beyond the largest number are infinite, of the right sign, and not NaN', () => {
    const h = (x: number) =>
      physics.compileOperator(physics.scaleOperator(x, physics.spinDot(0, 1)), 2)
    const logPsi: physics.LogPsi = (c) => ({
      re: Float64Array.from({ length: c.length / 2 }, (_, s) => 500 * c[2 * s]!),
      im: new Float64Array(c.length / 2),
    })
    for (const x of [1, -1]) {
      const { re, im } = physics.localEnergies(h(x), logPsi, Int8Array.of(-1, 1, 1, -1))
      expect([...re]).toEqual([x * Number.POSITIVE_INFINITY, -x / 4])
      expect([...im].map(Math.abs)).toEqual([0, 0])
    }
  })
})

describe('weighted samples', () => {
  it('are those of the full sum for every power, however wide, when each is drawn |ψ|^p times', () => {
    const widths = fc.constantFrom(1, 100, 400, 1e3)
    const powers = fc.constantFrom(0, 0.01, 0.5, 1, 1.5, 3)
    fc.assert(
      fc.property(seed, widths, powers, (n, width, power) => {
        const sites = 3
        const z = normals(keyFrom(n), 2 * 2 ** sites)
        const re = Array.from({ length: 2 ** sites }, (_, k) => width * z[2 * k]!)
        const logPsi = tableOf(
          sites,
          (k) => re[k]!,
          (k) => z[2 * k + 1]!,
        )
        const configurations = everything(sites)
        const top = Math.max(...re)
        const drawn = re.map((a) => Math.exp(power * (a - top)))
        // Configurations that are drawn less than once in 1e100 do not count.
        const alive = [...drawn.keys()].filter((k) => drawn[k]! > 1e-100)
        const rows = Int8Array.from(
          alive.flatMap((k) => [...configurations.slice(sites * k, sites * (k + 1))]),
        )
        const multiplicity = Float64Array.from(alive, (k) => drawn[k]!)
        const h = physics.compileOperator(
          physics.transverseFieldIsing(physics.chain(3), { h: 0.7 }),
          sites,
        )
        const local = physics.localEnergies(h, logPsi, rows)
        const got = weightedSum(h, logPsi, { configurations: rows, multiplicity }, local, power)
        const whole = physics.fullSum(h, logPsi, configurations)
        near(got.mean.re, whole.mean.re, 30)
        // What is never drawn is missing in the variance, by definition.
        expect(got.variance).toBeLessThan(whole.variance + ROUNDING * (1 + whole.variance))
        if (alive.length === re.length) near(got.variance, whole.variance)
      }),
      { numRuns: 200 },
    )
  })

  it('have weight 0 where ψ = 0 and no NaN for any power', () => {
    const log = Float64Array.of(0, Number.NEGATIVE_INFINITY, -800, 300)
    for (const power of [0, 0.5, 1, 2, 3, 5]) {
      const weights = importanceWeights(log, new Float64Array(4).fill(2), power)
      expect(weights[1]).toBe(0)
      expect(Math.max(...weights)).toBe(2)
      const place = Int32Array.of(0, 2, 3)
      const energy = Float64Array.of(1, 0, Number.POSITIVE_INFINITY, -1)
      const series = linearised(
        { place, multiplicity: new Float64Array(4).fill(2) },
        weights,
        energy,
        0.5,
      )
      if (weights[2] === 0) expect([...series].every(Number.isFinite)).toBe(true)
    }
  })
})
