import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Complex, keyFrom, permutation, tensor, toNumber } from '../../core/index.ts'
import * as models from '../../models/index.ts'
import * as physics from '../../physics/index.ts'
import { seed } from '../arbitraries.ts'
import { shaken } from '../symmetricWaves.ts'

// Sectors whose characters are complex: χ and χ* are two sectors, and one must not be taken for the
// other. A real Hamiltonian has the same energies in both; definitions and a chiral one tell.

type Wave = models.WaveFunction<unknown>

/** Sums of some dozen amplitudes of order one. */
const ROUNDING = 1e-10

const times = (a: Complex<number>, b: Complex<number>): Complex<number> => ({
  re: a.re * b.re - a.im * b.im,
  im: a.re * b.im + a.im * b.re,
})
const exponential = (re: number, im: number): Complex<number> => ({
  re: Math.exp(re) * Math.cos(im),
  im: Math.exp(re) * Math.sin(im),
})
const apart = (a: Complex<number>, b: Complex<number>): number =>
  Math.hypot(a.re - b.re, a.im - b.im)
const amplitudes = ({ re, im }: physics.LogAmplitudes): Complex<number>[] =>
  Array.from(re, (a, s) => exponential(a, im[s]!))

/** Returns the order of a permutation: its smallest power that is the identity. */
const orderOf = (p: ArrayLike<number>): number => {
  let [order, at] = [1, Array.from(p)]
  while (at.some((x, i) => x !== i)) {
    at = at.map((x) => p[x]!)
    order += 1
  }
  return order
}

/** Any permutation with any power of its root of unity, and a wave function to project. */
const anySector = fc
  .tuple(fc.integer({ min: 3, max: 5 }), seed, fc.nat(12))
  .map(([sites, n, power]) => {
    const p = permutation(keyFrom(n), sites)
    const turns = (power % orderOf(p)) / orderOf(p)
    const group = models.symmetryGroup(sites, [models.siteSymmetry(p, models.turn(turns))])
    const wave = models.rbm({ sites, hidden: 2 }) as unknown as Wave
    return { sites, group, wave, params: shaken(wave, n) }
  })

const configurationsOf = (sites: number): Int8Array =>
  physics.allConfigurations(physics.basisOf(physics.fullSpace(sites)))
const rowsOf = (all: Int8Array, sites: number): number[][] =>
  Array.from({ length: all.length / sites }, (_, s) => [
    ...all.subarray(s * sites, (s + 1) * sites),
  ])

/** log ψ by the interpreter, one configuration after the other. */
const directly =
  (wave: Wave, params: unknown, sites: number): physics.LogPsi =>
  (asked) => {
    const z = rowsOf(asked, sites).map((sigma) => wave.apply(params, tensor(sigma)))
    return {
      re: Float64Array.from(z, ({ re }) => toNumber(re)),
      im: Float64Array.from(z, ({ im }) => toNumber(im)),
    }
  }

describe('a wave function in a sector of complex characters', () => {
  it('is the sum of its definition, 1/|G| Σ χ(g) ψ(gσ), on every configuration', () => {
    fc.assert(
      fc.property(anySector, ({ sites, group, wave, params }) => {
        const all = configurationsOf(sites)
        const basis = physics.basisOf(physics.fullSpace(sites))
        const [plain, summed] = [wave, models.symmetrise(wave, group)].map((psi) =>
          amplitudes(directly(psi, params, sites)(all)),
        )
        rowsOf(all, sites).forEach((sigma, s) => {
          const terms = group.map((g) =>
            times(g.character, plain![physics.stateIndex(basis, models.moved(g, sigma))]!),
          )
          const wanted = {
            re: terms.reduce((sum, z) => sum + z.re, 0) / group.length,
            im: terms.reduce((sum, z) => sum + z.im, 0) / group.length,
          }
          const size = terms.reduce((sum, z) => sum + Math.hypot(z.re, z.im), 0)
          expect(apart(summed![s]!, wanted) / size).toBeLessThan(ROUNDING)
        })
      }),
      { numRuns: 10 },
    )
  })

  it('has the amplitudes of its representatives, each turned by its own character', () => {
    fc.assert(
      fc.property(anySector, ({ sites, group, wave, params }) => {
        const all = configurationsOf(sites)
        const summed = models.symmetrise(wave, group)
        const direct = directly(summed, params, sites)
        const [plain, looked] = [
          direct(all),
          physics.cached(direct, sites, physics.representatives(group, sites))(all),
        ]
        const top = Math.max(...plain.re)
        plain.re.forEach((re, s) => {
          const a = exponential(re - top, plain.im[s]!)
          const b = exponential(looked.re[s]! - top, looked.im[s]!)
          expect(apart(a, b)).toBeLessThan(ROUNDING)
        })
      }),
      { numRuns: 10 },
    )
  })
})

describe('one spin wave on a chiral ring', () => {
  // One spin up on L sites: a momentum has one state, whatever is projected onto it. Its energy
  // L/4 − (1 − cos k) ± D sin k is another for −k.
  const [L, D] = [6, 0.4]
  const lat = physics.chain(L)
  const ring = lat.positions.map((_, i) => [i, (i + 1) % L, D] as const)
  const h = physics.addOperators(physics.heisenberg(lat), physics.dzyaloshinskiiMoriya(ring))
  const sector = physics.upSector(L, 1)
  const basis = physics.basisOf(sector)
  const all = physics.allConfigurations(basis)
  const compiled = physics.compileOperator(h, L)

  /** The energy of e^{2πi k r/L}, from the dense matrix. */
  const planeWave = (k: number): number => {
    const { re, im } = physics.toDense(h, sector)
    const angle = rowsOf(all, L).map((sigma) => (2 * Math.PI * k * sigma.indexOf(1)) / L)
    let energy = 0
    angle.forEach((a, i) => {
      angle.forEach((b, j) => {
        energy += (re[i * L + j]! * Math.cos(b - a) - im[i * L + j]! * Math.sin(b - a)) / L
      })
    })
    return energy
  }

  it('has the energy of its momentum, and not that of the opposite one', () => {
    const wave = models.rbm({ sites: L, hidden: 2 }) as unknown as Wave
    expect(Math.abs(planeWave(1) - planeWave(-1))).toBeGreaterThan(0.1)
    for (const k of [-1, 1, 2]) {
      const group = physics.symmetriesOf(lat, h, 'translations', { momentum: [k] })
      const psi = models.symmetrise(wave, group)
      const plain = directly(psi, shaken(wave, 3 + k), L)
      const looked = physics.cached(plain, L, physics.representatives(group, L))
      for (const log of [plain, looked]) {
        const { re, im } = physics.localEnergies(compiled, log, all)
        for (let s = 0; s < L; s += 1) {
          expect(Math.abs(re[s]! - planeWave(k))).toBeLessThan(1e-8)
          expect(Math.abs(im[s]!)).toBeLessThan(1e-8)
        }
      }
    }
  })
})
