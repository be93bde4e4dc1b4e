import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { checkGradient } from '../../../autodiff/index.ts'
import {
  type Complex,
  type Concrete,
  compile,
  complexLogMean,
  dataOf,
  keyFrom,
  permutation,
  tensor,
  toNumber,
  uniforms,
  zeros,
} from '../../../core/index.ts'
import * as models from '../../../models/index.ts'
import * as physics from '../../../physics/index.ts'
import { seed } from '../../arbitraries.ts'
import { problemOf } from '../../expectations.ts'
import { alive, anyGroup, groups, shaken } from '../../symmetricWaves.ts'

/** Characters are products of a few dozen factors, amplitudes sums of a few hundred. */
const ROUNDING = 1e-12
const { composed, moved } = models

const keyOf = (g: models.Symmetry): string => `${g.flip} ${g.sites.join()}`
const spins = (n: number, sites: number): Concrete =>
  tensor(
    uniforms(keyFrom(n), sites).map((u) => (u < 0.5 ? -1 : 1)),
    [sites],
  )
const apart = (a: Complex<number>, b: Complex<number>): number =>
  Math.hypot(a.re - b.re, a.im - b.im)
const times = (a: Complex<number>, b: Complex<number>): Complex<number> => ({
  re: a.re * b.re - a.im * b.im,
  im: a.re * b.im + a.im * b.re,
})

describe('groups of symmetries', () => {
  it('are closed, with the identity first, inverses, and characters that multiply', () => {
    fc.assert(
      fc.property(anyGroup, fc.nat(), fc.nat(), ({ group }, a, b) => {
        const known = new Map(group.map((g) => [keyOf(g), g]))
        expect(known.size).toBe(group.length)
        const [g, h] = [group[a % group.length]!, group[b % group.length]!]
        const gh = composed(g, h)
        expect(apart(known.get(keyOf(gh))!.character, gh.character)).toBeLessThan(ROUNDING)
        expect(composed(group[0]!, g)).toEqual({ ...g, character: expect.anything() })
        const back = group.find((k) => keyOf(composed(g, k)) === keyOf(group[0]!))!
        expect(apart(times(back.character, g.character), { re: 1, im: 0 })).toBeLessThan(ROUNDING)
      }),
    )
  })

  it('compose as maps of configurations, associatively', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), seed, (sites, n) => {
        const [f, g, h] = [0, 1, 2].map((k) => ({
          ...models.siteSymmetry(permutation(keyFrom(n + k), sites)),
          flip: (((n >> k) & 1) === 0 ? 1 : -1) as 1 | -1,
        }))
        const sigma = [...spins(n, sites).data]
        expect(moved(composed(f!, g!), sigma)).toEqual(moved(f!, moved(g!, sigma)))
        expect(composed(composed(f!, g!), h!)).toEqual(composed(f!, composed(g!, h!)))
      }),
    )
  })

  it('refuse characters that no representation has, and what is no permutation', () => {
    const { symmetryGroup, siteSymmetry, turn } = models
    const ring = [1, 2, 3, 4, 5, 0]
    const at = (turns: number) => () => symmetryGroup(6, [siteSymmetry(ring, turn(turns))])
    for (const k of [0, 1, 2, 3, -1]) expect(at(k / 6)()).toHaveLength(6)
    problemOf(at(1 / 5), 'SectorError', 'no one-dimensional representation')
    const mirror = siteSymmetry([0, 5, 4, 3, 2, 1])
    const both = (turns: number) => () =>
      symmetryGroup(6, [siteSymmetry(ring, turn(turns)), mirror])
    expect(both(1 / 2)()).toHaveLength(12)
    problemOf(both(1 / 6), 'SectorError', 'in two ways')
    problemOf(() => symmetryGroup(6, [siteSymmetry([0, 0, 1, 2, 3, 4])]), 'LatticeError', '6 sites')
    problemOf(() => symmetryGroup(4, [siteSymmetry(ring)]), 'LatticeError', '4 sites')
    const two = siteSymmetry(ring, { re: 2, im: 0 })
    problemOf(() => symmetryGroup(6, [two]), 'SectorError', 'modulus 1')
  })

  it('fall into cosets of a subgroup, one symmetry for each', () => {
    fc.assert(
      fc.property(anyGroup, fc.nat(), ({ group, sites }, a) => {
        const subgroup = models.symmetryGroup(sites, [group[a % group.length]!])
        const some = models.cosets(group, subgroup)
        expect(some.length * subgroup.length).toBe(group.length)
        const all = some.flatMap((r) => subgroup.map((h) => keyOf(composed(h, r))))
        expect([...all].sort()).toEqual(group.map(keyOf).sort())
      }),
    )
  })

  it('have no cosets of what is not among them, or has another character', () => {
    const whole = models.symmetryGroup(4, [models.siteSymmetry([1, 2, 3, 0], { re: -1, im: 0 })])
    const other = models.symmetryGroup(4, [models.siteSymmetry([1, 2, 3, 0])])
    problemOf(() => models.cosets(whole, other), 'SectorError', 'no part in this sector')
    const more = models.symmetryGroup(4, [models.siteSymmetry([1, 0, 2, 3])])
    problemOf(() => models.cosets(whole, more), 'SectorError', 'none of the group')
  })
})

describe('the mean of exponentials of complex logarithms', () => {
  const logMean = (re: readonly number[], im: readonly number[]): Complex<number> => {
    const z = complexLogMean({ re: tensor(re), im: tensor(im) })
    return { re: toNumber(z.re), im: toNumber(z.im) }
  }

  it('is what it says, far beyond the range of exponentials', () => {
    const part = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), {
      minLength: 1,
      maxLength: 6,
    })
    fc.assert(
      fc.property(part, fc.double({ min: -1e4, max: 1e4, noNaN: true }), (re, shift) => {
        const im = re.map((x, k) => 2 * x + k)
        const x = re.reduce((s, a, k) => s + Math.exp(a) * Math.cos(im[k]!), 0) / re.length
        const y = re.reduce((s, a, k) => s + Math.exp(a) * Math.sin(im[k]!), 0) / re.length
        fc.pre(Math.hypot(x, y) > 1e-3)
        const far = logMean(
          re.map((a) => a + shift),
          im,
        )
        // The shift itself rounds the logarithms.
        expect(Math.abs(far.re - shift - Math.log(Math.hypot(x, y)))).toBeLessThan(1e-8)
        expect(Math.abs(Math.sin(far.im - Math.atan2(y, x)))).toBeLessThan(1e-8)
      }),
    )
  })

  it('is small where terms cancel in part, −∞ where they cancel exactly, never NaN', () => {
    const { re } = logMean([700, 700], [0, Math.PI * (1 - 1e-9)])
    expect(re - 700).toBeGreaterThan(-21)
    expect(re - 700).toBeLessThan(-19)
    expect(logMean([5, Number.NEGATIVE_INFINITY], [0, 1]).re).toBeCloseTo(5 - Math.log(2), 12)
    const none = { re: Number.NEGATIVE_INFINITY, im: 0 }
    expect(logMean([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY], [0, 2])).toEqual(none)
  })
})

describe('symmetrised wave functions', () => {
  for (const [name, { lat, group, wave, already }] of Object.entries(groups)) {
    const { sites } = lat
    const summed = models.symmetrise(wave, group)
    const value = (
      psi: models.WaveFunction<unknown>,
      params: unknown,
      sigma: readonly number[],
    ): Complex<number> => {
      const z = psi.apply(params, tensor(sigma))
      const size = Math.exp(toNumber(z.re))
      return { re: size * Math.cos(toNumber(z.im)), im: size * Math.sin(toNumber(z.im)) }
    }

    it(`are in the sector: ψ(gσ) = χ(g)* ψ(σ) for every g, ${name}`, () => {
      const params = shaken(wave, 3)
      const sigma = alive(group, 5)
      // Every one of small groups, two dozen of large ones.
      const some = group.filter((_, k) => k % Math.ceil(group.length / 24) === 0)
      const images = some.map((g) => moved(g, sigma))
      const run = compile(summed.apply, ['shared', 'perSample'])(params, zeros([sites])).run(
        params,
        tensor(images.flat(), [some.length, sites]),
      ) as Complex<Concrete>
      const [re, im] = [dataOf(run.re), dataOf(run.im)]
      const here = value(summed, params, sigma)
      const size = Math.hypot(here.re, here.im)
      expect(size).toBeGreaterThan(1e-6)
      some.forEach((g, k) => {
        const there = {
          re: Math.exp(re[k]!) * Math.cos(im[k]!),
          im: Math.exp(re[k]!) * Math.sin(im[k]!),
        }
        const wanted = times({ re: g.character.re, im: -g.character.im }, here)
        expect(apart(there, wanted) / size).toBeLessThan(ROUNDING)
      })
    })

    it(`need one term for each coset of what the network has already: ${name}`, () => {
      const fewer = models.symmetrise(wave, group, already)
      const params = shaken(wave, 4)
      for (const n of [1, 2, 3]) {
        const sigma = [...spins(n, sites).data]
        const [a, b] = [value(summed, params, sigma), value(fewer, params, sigma)]
        expect(apart(a, b)).toBeLessThan(ROUNDING * Math.max(1, Math.hypot(a.re, a.im)))
        if (group.length > 32) continue
        const twice = value(models.symmetrise(fewer, group), params, sigma)
        expect(apart(a, twice)).toBeLessThan(ROUNDING * Math.max(1, Math.hypot(a.re, a.im)))
      }
    })
  }

  it('have right gradients of orders 1 and 2', () => {
    const { lat, group, already, wave } = groups.odd
    const rbm = models.rbm({ sites: lat.sites, hidden: 1 }) as unknown as typeof wave
    for (const [psi, order] of [
      [models.symmetrise(rbm, group, models.symmetryGroup(6, [])), 2],
      [models.symmetrise(wave, group, already), 1],
    ] as const) {
      const f = (p: unknown): unknown => psi.apply(p, tensor(alive(group, 7)))
      const options = { entries: 1, order, tolerance: 1e-5 }
      const verdict = checkGradient(f, options)(shaken(psi, 6) as never)
      expect(E.isRight(verdict) ? 'right' : verdict.left).toBe('right')
    }
  })

  it('are the wave function itself where there is nothing to sum', () => {
    const { wave, already } = groups.ring
    expect(models.symmetrise(wave, already, already)).toBe(wave)
  })

  it('cancel exactly where a symmetry asks for it', () => {
    const wave = models.jastrow(2)
    const odd = models.symmetryGroup(2, [models.siteSymmetry([1, 0], { re: -1, im: 0 })])
    const params = models.initialise(wave, keyFrom(1))
    const z = models.symmetrise(wave, odd).apply(params, tensor([1, 1]))
    expect(toNumber(z.re)).toBeLessThan(-35)
    expect(Number.isNaN(toNumber(z.re)) || Number.isNaN(toNumber(z.im))).toBe(false)
  })
})

describe('sums over the sector', () => {
  it('leave nothing of a state of another sector', () => {
    const lat = physics.chain(4)
    const wave = models.vit(models.attention(models.relative()), {
      patches: groups.ring.patches4,
      layers: 1,
      dim: 4,
      heads: 2,
    })
    const h = physics.heisenberg(lat)
    const k = physics.symmetriesOf(lat, h, 'translations', { momentum: [2] })
    const own = physics.patchTranslations(lat, 1)
    problemOf(() => models.symmetrise(wave, k, own), 'SectorError', 'no part in this sector')
  })
})
