/** Local energies and full sums of given wave functions on 4x4 at J2 = 0.5, see spec/reference. */
import { describe, expect, it } from 'vitest'
import { allConfigurations, basisOf, stateIndex } from '../../physics/configurations/basis.ts'
import { szSector } from '../../physics/configurations/szSector.ts'
import {
  applyOperator,
  expectation,
  innerProduct,
  type StateVector,
} from '../../physics/exact/apply.ts'
import { exactStates } from '../../physics/exact/exact.ts'
import { square } from '../../physics/lattice/byName.ts'
import { connected } from '../../physics/operators/connected.ts'
import { j1j2, marshallRotated, signRotated } from '../../physics/operators/hamiltonians.ts'
import type { Complex, Operator } from '../../physics/operators/operator.ts'
import { complexMoments, vScore } from '../../physics/statistics/statistics.ts'
import reference from '../reference/exact.json' with { type: 'json' }

// Sums of 64 terms of size 1, and of 12870 of them with weights that sum to 1.
const LOCAL = 1e-10
const SUMMED = 1e-9

const lat = square(4, 4)
const h = j1j2(lat, { j2: 0.5 })
const sector = szSector(16)
const basis = basisOf(sector)
const all = allConfigurations(basis)
const spins = (k: number): Int8Array => all.subarray(16 * k, 16 * (k + 1))
const onA = lat.positions.map(([x, y]) => ((x! + y!) % 2 === 0 ? 1 : 0))
const signOf = (sites: readonly number[], sigma: ArrayLike<number>): number =>
  (-1) ** sites.filter((on, i) => on === 1 && sigma[i] === 1).length

/** log psi of the reference: 0.1 sum cos(i+1) s_i + 0.05i sum sin(2i+1) s_i s_(i+1). */
const logPsi = (s: ArrayLike<number>): Complex => {
  let [re, im] = [0, 0]
  for (let i = 0; i < 16; i += 1) {
    re += 0.1 * Math.cos(i + 1) * s[i]!
    im += 0.05 * Math.sin(2 * i + 1) * s[i]! * s[(i + 1) % 16]!
  }
  return { re, im }
}

/** E_loc = sum_x' <x|H|x'> psi(x')/psi(x). */
const localEnergy = (operator: Operator, sigma: ArrayLike<number>): readonly [number, number] => {
  const own = logPsi(sigma)
  return connected(operator, sigma).reduce<readonly [number, number]>(
    ([re, im], c) => {
      const other = logPsi(c.sigma)
      const size = Math.exp(other.re - own.re)
      const [x, y] = [size * Math.cos(other.im - own.im), size * Math.sin(other.im - own.im)]
      return [re + c.re * x - c.im * y, im + c.re * y + c.im * x]
    },
    [0, 0],
  )
}

/** A vector from its amplitudes, and its energy, variance and V-score by full summation. */
const vector = (amplitude: (sigma: Int8Array) => Complex): StateVector => {
  const values = Array.from({ length: basis.dimension }, (_, k) => amplitude(spins(k)))
  return {
    re: Float64Array.from(values, (v) => v.re),
    im: Float64Array.from(values, (v) => v.im),
  }
}
const fullSum = (operator: Operator, psi: StateVector) => {
  const out = applyOperator(operator, sector, psi)
  const weights = psi.re.map((re, k) => re * re + psi.im[k]! ** 2)
  const over = (k: number): Complex => {
    const [a, b, c, d] = [out.re[k]!, out.im[k]!, psi.re[k]!, psi.im[k]!]
    const w = weights[k]! || 1
    return { re: (a * c + b * d) / w, im: (b * c - a * d) / w }
  }
  const local = Array.from({ length: basis.dimension }, (_, k) => over(k))
  const moments = complexMoments(
    { re: local.map((e) => e.re), im: local.map((e) => e.im) },
    weights,
  )
  return { ...moments, vScore: vScore(moments.mean.re, moments.variance, 16) }
}
const near = (a: number, b: number, tolerance = SUMMED): void =>
  expect(Math.abs(a - b)).toBeLessThan(tolerance)

describe('a given complex psi', () => {
  const given = reference['local_energy_4x4_J2_0.5']
  it.each(given.configs)('has local energies, configuration $config_bits', (c) => {
    const plain = localEnergy(h, c.s)
    const rotated = localEnergy(marshallRotated(h, lat), c.s)
    near(logPsi(c.s).re, c.log_psi[0]!, LOCAL)
    near(logPsi(c.s).im, c.log_psi[1]!, LOCAL)
    for (const part of [0, 1] as const) {
      near(plain[part], c.E_loc[part]!, LOCAL)
      near(rotated[part], c.E_loc_marshall[part]!, LOCAL)
    }
    const diagonal = connected(h, c.s).filter(
      (x) => String(x.sigma) === String(Int8Array.from(c.s)),
    )
    expect(diagonal.map((x) => x.re).join()).toBe(c.diag === 0 ? '' : String(c.diag))
    const bits = c.s.reduce((sum, s, i) => sum + (s === 1 ? 2 ** i : 0), 0)
    expect(bits).toBe(c.config_bits)
  })

  it('has mean and variance by full summation, with and without the Marshall sign', () => {
    const psi = vector((s) => {
      const { re, im } = logPsi(s)
      return { re: Math.exp(re) * Math.cos(im), im: Math.exp(re) * Math.sin(im) }
    })
    const signed = [
      [fullSum(h, psi), given.psi_stats],
      [fullSum(marshallRotated(h, lat), psi), given.psi_marshall_stats],
    ] as const
    for (const [sum, stats] of signed) {
      near(sum.mean.re, stats.H_mean[0]!)
      near(sum.mean.im, 0)
      near(sum.variance, stats.variance)
      near(sum.vScore, stats.V_score)
    }
    near(Math.log(innerProduct(psi, psi).re), given.log_norm_sum_exp)
    near(expectation(h, sector, psi).re, given.psi_stats.H_mean[0]!)
    const c = given.configs[0]!
    const k = stateIndex(basis, c.s)
    near((psi.re[k]! ** 2 + psi.im[k]! ** 2) / innerProduct(psi, psi).re, c.probability)
  })
})

describe('product states and the ground state', () => {
  const given = reference['variational_4x4_J2_0.5']
  const ground = exactStates(h, sector).vectors[0]!
  const real = (f: (sigma: Int8Array) => number): StateVector =>
    vector((s) => ({ re: f(s), im: 0 }))
  const pattern = (up: (x: number, y: number) => boolean): StateVector => {
    const sigma = lat.positions.map(([x, y]) => (up(x!, y!) ? 1 : -1))
    return real((s) => (s.every((v, i) => v === sigma[i]) ? 1 : 0))
  }
  const overlap = (a: StateVector, b: StateVector): number => {
    const { re, im } = innerProduct(a, b)
    return (re * re + im * im) / (innerProduct(a, a).re * innerProduct(b, b).re)
  }

  it.each([
    ['Marshall sign, uniform', given.a_marshall_uniform, real((s) => signOf(onA, s))],
    ['uniform', given.a2_unsigned_uniform, real(() => 1)],
    ['Neel', given.b_neel, pattern((x, y) => (x + y) % 2 === 0)],
    ['column stripes', given.b2_column_stripe_product_state, pattern((x) => x % 2 === 0)],
    ['ground state', given.ground_state, ground],
  ])('%s', (_, stated, psi) => {
    // For product states most amplitudes are 0; <H^2> needs H psi where psi is 0 as well.
    const e = expectation(h, sector, psi).re
    const out = applyOperator(h, sector, psi)
    const variance = innerProduct(out, out).re / innerProduct(psi, psi).re - e * e
    near(e, stated.E)
    near(variance, stated.variance)
    near(vScore(e, Math.max(0, variance), 16), stated['V_score_N*Var/E^2'])
    near(overlap(psi, ground), stated.overlap2_gs)
  })

  it.each(given.neel_by_J2)('Neel at J2 = $J2', (stated) => {
    const psi = pattern((x, y) => (x + y) % 2 === 0)
    near(expectation(j1j2(lat, { j2: stated.J2 }), sector, psi).re / 16, stated.E_per_site)
  })

  it('the weight that breaks the sign rules', () => {
    const broken = (onSites: readonly number[]): number => {
      const weights = [0, 0]
      ground.re.forEach((amplitude, k) => {
        weights[amplitude * signOf(onSites, spins(k)) > 0 ? 0 : 1]! += amplitude ** 2
      })
      return Math.min(...weights)
    }
    near(broken(onA), given.gs_marshall['wrong_sign_weight_(norm^2)'])
    const column = lat.positions.map(([x]) => (x! % 2 === 0 ? 1 : 0))
    near(broken(column), given.gs_column_stripe_sign['wrong_sign_weight_(norm^2)'])
    const corrected = {
      re: ground.re.map((amplitude, k) => Math.abs(amplitude) * signOf(onA, spins(k))),
      im: ground.im,
    }
    near(expectation(h, sector, corrected).re, given['energy_of_|psi0|*marshall'])
    near(overlap(corrected, ground), given['overlap2_of_|psi0|*marshall_with_gs'])
    // The same seen by the rotated Hamiltonian, whose state is |psi0| itself.
    const positive = { re: ground.re.map(Math.abs), im: ground.im }
    near(expectation(signRotated(h, onA), sector, positive).re, given['energy_of_|psi0|*marshall'])
  })
})
