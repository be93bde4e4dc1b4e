// Finds faults in physics/update/rows.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { derivativeAtZero } from '../../../autodiff/index.ts'
import {
  type Concrete,
  dataOf,
  keyFrom,
  leavesOf,
  normals,
  type Tensor,
  type TensorError,
  type Tree,
  tensor,
  tensor as vector,
  zeros,
} from '../../../core/index.ts'
import { symmetricEigen } from '../../../core/linalg/eigen.ts'
import { initialise, jastrow, lookup, rbm, type WaveFunction } from '../../../models/index.ts'
import * as physics from '../../../physics/index.ts'

const SITES = 6
const lattice = physics.chain(SITES)
const sector = physics.szSector(SITES)
const basis = physics.basisOf(sector)
const configurations = physics.allConfigurations(basis)
const all = tensor(Float64Array.from(configurations), [basis.dimension, SITES])

/** Heisenberg plus Dzyaloshinskii-Moriya: complex Hermitian, so rows and columns differ. */
const complexH = physics.addOperators(
  physics.heisenberg(lattice),
  physics.dzyaloshinskiiMoriya(physics.bonds(lattice).map(([i, j], k) => [i, j, 0.3 + 0.1 * k])),
)
const h = physics.compileOperator(complexH, SITES)

const models: Record<string, WaveFunction<unknown>> = {
  jastrow: jastrow(SITES),
  rbm: rbm({ sites: SITES, hidden: 3 }),
  lookup: lookup(all),
} as unknown as Record<string, WaveFunction<unknown>>

/** Parameters of order one, far from every symmetric point. */
const randomParams = (wave: WaveFunction<unknown>, seed: number): unknown => {
  const params = initialise(wave, keyFrom(seed))
  const count = leavesOf(params as Tree<Tensor>).reduce((n, x) => n + (x as Concrete).size, 0)
  return physics.applyUpdate(params, normals(keyFrom(seed + 7), count), 0.3)
}
const moved = (params: unknown, direction: Float64Array, t: number): unknown =>
  physics.applyUpdate(params, direction, -t)

const evaluated = (wave: WaveFunction<unknown>, params: unknown) => {
  const evaluators = physics.evaluatorsOf(wave, params, SITES)
  const energyAt = (p: unknown): number => {
    const logPsi = evaluators.logPsi(p)
    const w = physics.probabilities(logPsi(configurations).re)
    return physics.complexMoments(physics.localEnergies(h, logPsi, configurations), w).mean.re
  }
  const logPsi = evaluators.logPsi(params)
  const weights = physics.probabilities(logPsi(configurations).re)
  const energy = physics.localEnergies(h, logPsi, configurations)
  const o = evaluators.logDerivatives(params, configurations)
  return { evaluators, energyAt, samples: physics.centred(o, energy, weights), weights, o, energy }
}
const seeds = fc.integer({ min: 0, max: 1000 })
const largest = (x: ArrayLike<number>): number =>
  Array.from(x).reduce((a, v) => Math.max(a, Math.abs(v)), 0)
/** The central difference's own error, relative to the largest component of the force. */
const DIFFERENCE = 1e-8
/** Two routes to the same vector, each a solve with condition number up to 1/diagShift. */
const SOLVES = 1e-9

/** Rounding of sums of up to a dozen terms of order one. */
const SUM_ROUNDING = 1e-14

/** Rows of re and im in turn. */
const interleaved = (re: Float64Array, im: Float64Array, params: number): Float64Array =>
  Float64Array.from({ length: 2 * re.length }, (_, i) => {
    const [row, k] = [Math.floor(i / params), i % params]
    return (row % 2 === 0 ? re : im)[(row >> 1) * params + k]!
  })

describe('centred samples', () => {
  it('are √w (O − ⟨O⟩), whatever their number; weight 0 never counts, whatever stands there', () => {
    const size = fc.integer({ min: 1, max: 11 })
    fc.assert(
      fc.property(size, size, fc.nat(2 ** 30), fc.nat(2 ** 11), (n, params, seed, absent) => {
        const draw = (k: number, count: number): Float64Array => normals(keyFrom(seed + k), count)
        const counts = (s: number): boolean => s === 0 || ((absent >> s) & 1) === 0
        const raw = Array.from(draw(0, n), (x, s) => (counts(s) ? Math.abs(x) + 0.1 : 0))
        const w = raw.map((x) => x / raw.reduce((a, b) => a + b))
        const [re, im, e, d] = [draw(1, n * params), draw(2, n * params), draw(3, n), draw(4, n)]
        const spoilt = re.map((x, k) => (counts(Math.floor(k / params)) ? x : Number.NaN))
        const { x, f } = physics.centred(
          { samples: n, params, rows: interleaved(spoilt, im, params) },
          { re: e, im: d },
          w,
        )
        const mean = (of: (s: number) => number): number =>
          w.reduce((sum, share, s) => sum + (share > 0 ? share * of(s) : 0), 0)
        const parts = [
          [spoilt, e],
          [im, d],
        ] as const
        parts.forEach(([rows, energy], part) => {
          const meanEnergy = mean((s) => energy[s]!)
          for (let k = 0; k < params; k += 1) {
            const meanO = mean((s) => rows[s * params + k]!)
            for (let s = 0; s < n; s += 1) {
              const wanted = w[s]! > 0 ? Math.sqrt(w[s]!) * (rows[s * params + k]! - meanO) : 0
              const found = x.data[(2 * s + part) * params + k]!
              expect(Math.abs(found - wanted)).toBeLessThan(SUM_ROUNDING)
            }
          }
          for (let s = 0; s < n; s += 1) {
            const wanted = 2 * Math.sqrt(w[s]!) * (energy[s]! - meanEnergy)
            expect(Math.abs(f[2 * s + part]! - wanted)).toBeLessThan(SUM_ROUNDING)
          }
        })
      }),
    )
  })
})

describe('conventions of stochastic reconfiguration', () => {
  for (const [name, wave] of Object.entries(models)) {
    it(`${name}: the force is the gradient of the exact energy, complex H, rows`, () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const params = randomParams(wave, seed)
          const { energyAt, samples } = evaluated(wave, params)
          const f = physics.force(samples)
          const direction = normals(keyFrom(seed + 1), f.length).map((z) => z / Math.sqrt(f.length))
          const along = f.reduce((a, x, k) => a + x * direction[k]!, 0)
          const numeric = derivativeAtZero((t) => energyAt(moved(params, direction, t)), 0.02)
          expect(Math.abs(along - numeric.value)).toBeLessThan(
            DIFFERENCE * (1 + largest(f)) + 20 * numeric.error,
          )
        }),
        { numRuns: 5 },
      )
    })
    it(`${name}: the quantum geometric tensor measures how far the state moves`, () => {
      // |⟨ψ(θ)|ψ(θ + tδ)⟩|² = 1 − t² δᵀSδ + …: an independent definition of S, by overlaps
      fc.assert(
        fc.property(seeds, (seed) => {
          const params = randomParams(wave, seed)
          const { evaluators, samples } = evaluated(wave, params)
          const s = physics.quantumGeometricTensor(samples)
          const n = s.rows
          const d = normals(keyFrom(seed + 2), n).map((z) => z / Math.sqrt(n))
          const quadratic = d.reduce(
            (a, x, i) => a + d.reduce((b, y, j) => b + x * s.data[i * n + j]! * y, 0),
            0,
          )
          const state = (p: unknown) => {
            const { re, im } = evaluators.logPsi(p)(configurations)
            const w = physics.probabilities(re)
            return { amplitude: w.map(Math.sqrt), im }
          }
          const here = state(params)
          const infidelity = (t: number): number => {
            const there = state(moved(params, d, t))
            let [re, im] = [0, 0]
            here.amplitude.forEach((a, k) => {
              const phase = there.im[k]! - here.im[k]!
              re += a * there.amplitude[k]! * Math.cos(phase)
              im += a * there.amplitude[k]! * Math.sin(phase)
            })
            return 1 - re * re - im * im
          }
          const t = 1e-3
          const measured = (infidelity(t) + infidelity(-t)) / (2 * t * t)
          expect(Math.abs(measured - quadratic)).toBeLessThan(1e-4 * (1 + quadratic))
        }),
        { numRuns: 5 },
      )
    })
    it(`${name}: parameter space and sample space give the same update`, () => {
      fc.assert(
        fc.property(seeds, fc.constantFrom(1e-1, 1e-2, 1e-3), (seed, diagShift) => {
          const { samples } = evaluated(wave, randomParams(wave, seed))
          const p = physics.srUpdate({ diagShift, space: 'parameters' })(samples)
          const q = physics.srUpdate({ diagShift, space: 'samples' })(samples)
          const chosen = physics.srUpdate({ diagShift })(samples)
          p.forEach((x, k) => {
            expect(Math.abs(x - q[k]!)).toBeLessThan(SOLVES * (1 + largest(p)))
          })
          const expected = samples.x.cols <= samples.x.rows ? p : q
          expect([...chosen]).toEqual([...expected])
        }),
        { numRuns: 5 },
      )
    })
  }

  it('is the natural gradient: S δ + λ δ = F by eigenvectors; λ → ∞ gives F/λ', () => {
    const { samples } = evaluated(models.rbm!, randomParams(models.rbm!, 4))
    const f = physics.force(samples)
    const { values, vectors } = symmetricEigen(physics.quantumGeometricTensor(samples))
    const n = f.length
    const delta = physics.srUpdate({ diagShift: 1e-2 })(samples)
    const byEigen = new Float64Array(n)
    values.forEach((value, k) => {
      const coefficient =
        f.reduce((a, x, i) => a + x * vectors.data[i * n + k]!, 0) / (value + 1e-2)
      for (let i = 0; i < n; i += 1) byEigen[i]! += coefficient * vectors.data[i * n + k]!
    })
    delta.forEach((x, k) => {
      expect(Math.abs(x - byEigen[k]!)).toBeLessThan(SOLVES * (1 + largest(delta)))
    })
    const far = physics.srUpdate({ diagShift: 1e9 })(samples)
    far.forEach((x, k) => {
      expect(Math.abs(x * 1e9 - f[k]!)).toBeLessThan(1e-6 * largest(f))
    })
  })

  it('does not change when a constant is added to energies or one row to all derivatives', () => {
    const { o, energy, weights, samples } = evaluated(
      models.jastrow!,
      randomParams(models.jastrow!, 5),
    )
    const before = physics.srUpdate({ diagShift: 1e-2 })(samples)
    const row = normals(keyFrom(9), o.params)
    const shifted = {
      ...o,
      // Re rows are even, Im rows odd.
      rows: Float64Array.from(o.rows, (x, i) =>
        Math.floor(i / o.params) % 2 === 0 ? x + row[i % o.params]! : x - row[i % o.params]!,
      ),
    }
    const lifted = { re: energy.re.map((x) => x + 5), im: energy.im.map((x) => x - 2) }
    const after = physics.srUpdate({ diagShift: 1e-2 })(physics.centred(shifted, lifted, weights))
    before.forEach((x, k) => {
      expect(Math.abs(x - after[k]!)).toBeLessThan(SOLVES * (1 + largest(before)))
    })
  })

  it('says which quantity is wrong: NaN in an energy or a derivative, a pivot', () => {
    const { o, energy } = evaluated(models.jastrow!, randomParams(models.jastrow!, 6))
    const bad = { re: energy.re.map((x, k) => (k === 3 ? Number.NaN : x)), im: energy.im }
    expect(() => physics.centred(o, bad)).toThrow(
      /NonFinite in srUpdate: the local energy of sample 3/,
    )
    const badO = {
      ...o,
      rows: Float64Array.from(o.rows, (x, i) => (i === 2 * o.params + 2 ? Number.NaN : x)),
    }
    expect(() => physics.centred(badO, energy)).toThrow(
      /NonFinite in srUpdate: derivative 2 of sample 1/,
    )
    try {
      physics.srUpdate({ diagShift: 0, space: 'parameters' })({
        x: { rows: 2, cols: 3, data: new Float64Array(6) },
        f: new Float64Array(2),
      })
      expect.unreachable()
    } catch (error) {
      expect((error as TensorError).problem.kind).toBe('NotPositiveDefinite')
      expect((error as TensorError).problem.data).toMatchObject({ pivot: 0, diagShift: 0 })
    }
  })
})

describe('optimisers', () => {
  it('sgd is the force; the first step of Adam has size 1 in every direction', () => {
    const { samples } = evaluated(models.rbm!, randomParams(models.rbm!, 7))
    const f = physics.force(samples)
    expect([...physics.sgd().update(samples, {}).delta]).toEqual([...f])
    const adam = physics.adam()
    const first = adam.update(samples, adam.init(f.length))
    first.delta.forEach((x, k) => {
      if (Math.abs(f[k]!) > 1e-4) expect(x).toBeCloseTo(Math.sign(f[k]!), 3)
    })
    const second = adam.update(samples, first.memory)
    expect(dataOf((second.memory as { t: Concrete }).t)[0]).toBe(2)
  })
  it('applyUpdate keeps the tree, its shapes and precision, and names what is not finite', () => {
    const params = { a: { w: vector([1, 2], [2], 'float32') }, b: [zeros([1, 2])] }
    const next = physics.applyUpdate(params, Float64Array.of(1, 2, 3, 4), 0.5)
    expect([...dataOf(next.a.w)]).toEqual([0.5, 1])
    expect(next.a.w.data).toBeInstanceOf(Float32Array)
    expect(next.b[0]!.shape).toEqual([1, 2])
    expect(() => physics.applyUpdate(params, Float64Array.of(0, 0, Number.NaN, 0), 1)).toThrow(
      /b\[0\]/,
    )
  })
})
