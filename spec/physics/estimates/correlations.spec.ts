import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, normals } from '../../../core/index.ts'
import * as physics from '../../../physics/index.ts'
import reference from '../../reference/exact.json' with { type: 'json' }

const lat = physics.square(4, 2)
const sector = physics.szSector(8)
const basis = physics.basisOf(sector)
const all = physics.allConfigurations(basis)
/** Sums over 70 states of operators of order ten. */
const ROUNDING = 1e-11

const vectorOf = (seed: number): physics.StateVector => ({
  re: normals(keyFrom(seed), basis.dimension),
  im: normals(keyFrom(seed + 1), basis.dimension),
})

/** log ψ of a vector, sign-rotated by Marshall's rule if asked for. */
const logPsiOf =
  ({ re, im }: physics.StateVector, rotated = false): physics.LogPsi =>
  (c) => {
    const side = physics.sublattice(lat)
    const index = Array.from({ length: c.length / 8 }, (_, s) =>
      physics.stateIndex(basis, c, 8 * s),
    )
    const turn = (s: number): number => {
      const up = side.filter((a, i) => a === 0 && c[8 * s + i] === 1).length
      return rotated ? up * Math.PI : 0
    }
    return {
      re: Float64Array.from(index, (k) => Math.log(Math.hypot(re[k]!, im[k]!))),
      im: Float64Array.from(index, (k, s) => Math.atan2(im[k]!, re[k]!) + turn(s)),
    }
  }

const numbersOf = (o: physics.Observables): readonly number[] =>
  [
    ...o.correlations,
    ...o.structureFactor,
    ...(o.staggeredMagnetisation === null ? [] : [o.staggeredMagnetisation]),
    ...(o.dimerOrder ?? []),
  ].map((q) => q.value)

const worst = (a: readonly number[], b: readonly number[]): number => {
  expect(a.length).toBe(b.length)
  return Math.max(...a.map((x, k) => Math.abs(x - b[k]!)))
}

describe('observables of a state', () => {
  it('summed over the sector are those of its vector, with and without rotated signs', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 20), fc.boolean(), (seed, rotated) => {
        const vector = vectorOf(seed)
        const logPsi = logPsiOf(vector, rotated)
        const weights = physics.probabilities(logPsi(all).re)
        const summed = physics.observe(lat, logPsi, { configurations: all, weights }, (o) =>
          rotated ? physics.marshallRotated(o, lat) : o,
        )
        const exact = physics.observeExactly(lat, sector, vector)
        expect(worst(numbersOf(summed), numbersOf(exact))).toBeLessThan(ROUNDING)
        expect(summed.correlations.every((c) => c.error === 0)).toBe(true)
      }),
      { numRuns: 6 },
    )
  })

  it('are those of the operators of the same name', () => {
    const vector = vectorOf(3)
    const found = physics.observeExactly(lat, sector, vector)
    const value = (o: physics.Operator): number => physics.expectation(o, sector, vector).re
    expect(found.structureFactor.length).toBe(8)
    for (const { k, value: s } of found.structureFactor)
      expect(Math.abs(s - value(physics.structureFactor(lat, k)))).toBeLessThan(ROUNDING)
    const m2 = value(physics.staggeredMagnetisation(lat))
    expect(Math.abs(found.staggeredMagnetisation!.value - m2)).toBeLessThan(ROUNDING)
    found.dimerOrder!.forEach((d, direction) => {
      expect(Math.abs(d.value - value(physics.dimerOrder(lat, direction)))).toBeLessThan(ROUNDING)
    })
    const mean = found.structureFactor.reduce((sum, s) => sum + s.value, 0) / 8
    expect(Math.abs(mean - 3 / 4)).toBeLessThan(ROUNDING)
    // Every ordered pair stands in one class.
    expect(found.correlations.reduce((sum, c) => sum + c.pairs, 0)).toBe(64)
  })

  it('of the exact 4x4 ground state are those of the reference', () => {
    const large = physics.square(4, 4)
    const full = physics.szSector(16)
    const known = reference.square_4x4_J1J2.cases.find((c) => c.J2 === 0.5)!
    const h = physics.j1j2(large, { j1: 1, j2: 0.5 })
    const { vectors } = physics.exactStates(h, full, { states: 1 })
    const { correlations, structureFactor } = physics.observeExactly(large, full, vectors[0]!)
    const wrapped = (r: readonly number[]): string => r.map((x) => ((x % 4) + 4) % 4).join()
    expect(correlations.length).toBe(16)
    for (const { displacement, value } of correlations) {
      const wanted = known.SS_r[wrapped(displacement) as keyof typeof known.SS_r]
      expect(Math.abs(value - wanted)).toBeLessThan(1e-9)
    }
    const at = (x: number, y: number): number =>
      structureFactor.find(
        ({ k }) => Math.abs(k[0]! - x * Math.PI) + Math.abs(k[1]! - y * Math.PI) < 1e-9,
      )!.value
    for (const [x, y, wanted] of [
      [1, 1, known.S_pipi],
      [1, 0, known.S_pi0],
      [0, 1, known.S_0pi],
      [0, 0, known.S_00],
    ] as const)
      expect(Math.abs(at(x, y) - wanted)).toBeLessThan(1e-9)
  })

  it('sampled agree with the exact ones within errors that know of correlated samples', () => {
    const vector = vectorOf(5)
    const logPsi = logPsiOf(vector)
    const chains = 64
    const move = physics.bondExchange(physics.bonds(lat))
    const start = physics.randomChains(sector, chains, keyFrom(1))
    const plan = { sites: 8, move, length: 100, proposals: 4, burnIn: 200 }
    const { configurations } = physics.metropolis(plan)(logPsi, start, keyFrom(2))
    const sampled = physics.observe(lat, logPsi, { configurations, chains })
    const exact = physics.observeExactly(lat, sector, vector)
    const wanted = numbersOf(exact)
    const quantities = [
      ...sampled.correlations,
      ...sampled.structureFactor,
      sampled.staggeredMagnetisation!,
      ...sampled.dimerOrder!,
    ]
    expect(Math.max(...quantities.map((q) => q.autocorrelationTime))).toBeGreaterThan(1.5)
    quantities.forEach((q, k) => {
      // Nineteen numbers of a seeded run, at 4.5 standard errors each.
      expect(Math.abs(q.value - wanted[k]!)).toBeLessThan(4.5 * q.error + ROUNDING)
    })
  })

  it('have no sublattices where the lattice has none', () => {
    const ring = physics.chain(5)
    const fifth = physics.upSector(5, 2)
    const basis5 = physics.basisOf(fifth)
    const flat = {
      re: new Float64Array(basis5.dimension).fill(1),
      im: new Float64Array(basis5.dimension),
    }
    const { staggeredMagnetisation, dimerOrder, correlations } = physics.observeExactly(
      ring,
      fifth,
      flat,
    )
    expect([staggeredMagnetisation, dimerOrder]).toEqual([null, null])
    // The equal sum of all states is the ferromagnet: S_i · S_j = 1/4 everywhere.
    for (const { displacement, value } of correlations)
      expect(value).toBeCloseTo(displacement[0] === 0 ? 3 / 4 : 1 / 4, 12)
  })
})

describe('wave vectors', () => {
  it('are those with which the translations of a lattice are compatible', () => {
    for (const l of [physics.square(4, 6), physics.chain(10)])
      for (const k of physics.momenta(l))
        l.dims.forEach((length, a) => {
          const turns = (k[a]! * length) / (2 * Math.PI)
          expect(Math.abs(turns - Math.round(turns))).toBeLessThan(1e-12)
        })
    expect(new Set(physics.momenta(physics.square(4, 6)).map((k) => k.join())).size).toBe(24)
  })
})
