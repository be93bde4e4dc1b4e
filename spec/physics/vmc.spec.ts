import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Concrete,
  dataOf,
  leavesWithPaths,
  mapTree,
  showPath,
  TensorError,
  tensor,
  toPrecision,
} from '../../core/index.ts'
import * as physics from '../../physics/index.ts'
import { seed } from '../arbitraries.ts'
import { problemOf } from '../expectations.ts'
import {
  cloned,
  configurationsOf,
  drawn,
  evaluatorsFor,
  expectNear,
  type Params,
  plainly,
  runOf,
  SITES,
  type State,
  systems,
  tableOf,
  tableParams,
  unfolded,
  waves,
} from './smallRuns.ts'

// The step in full summation, against dense linear algebra.

const { stochasticReconfiguration, sgd, adam } = physics
const optimizers: Readonly<Record<string, physics.Optimizer>> = {
  sr: stochasticReconfiguration({ diagShift: 1e-2 }),
  spring: stochasticReconfiguration({ diagShift: 1e-2, momentum: 0.7 }),
  march: physics.march({ diagShift: 1e-2, momentum: 0.7 }),
  sgd: sgd(),
  adam: adam(),
}
const start = (vmc: physics.Vmc<Params>, params: Params, n = 1): State =>
  physics.initialState(vmc, params, n)

/** Sums of 64 terms of order ten, in another order. */
const ROUNDING = 1e-11

describe('full summation', () => {
  for (const [name, system] of Object.entries(systems))
    it(`gives ⟨ψ|H|ψ⟩/⟨ψ|ψ⟩, the variance and the V-score of the dense matrix: ${name}`, () => {
      const h = physics.toDense(system.operator, system.sector)
      const all = configurationsOf(system)
      for (const wave of Object.values(waves)) {
        const vmc = runOf(wave, { system })
        fc.assert(
          fc.property(seed, (n) => {
            const params = drawn(wave, n)
            const log = vmc.evaluators.logPsi(params)(all)
            const re = log.re.map((a, k) => Math.exp(a) * Math.cos(log.im[k]!))
            const im = log.re.map((a, k) => Math.exp(a) * Math.sin(log.im[k]!))
            let [norm, energy, square] = [0, 0, 0]
            for (let i = 0; i < h.dimension; i += 1) {
              let [x, y] = [0, 0]
              for (let j = 0; j < h.dimension; j += 1) {
                const [a, b] = [h.re[i * h.dimension + j]!, h.im[i * h.dimension + j]!]
                x += a * re[j]! - b * im[j]!
                y += a * im[j]! + b * re[j]!
              }
              norm += re[i]! ** 2 + im[i]! ** 2
              energy += re[i]! * x + im[i]! * y
              square += x * x + y * y
            }
            const mean = energy / norm
            const variance = square / norm - mean ** 2
            const { estimate } = physics.vmcStep(vmc)(start(vmc, params))
            expectNear(estimate.energy, mean, ROUNDING)
            expectNear(estimate.energyImag, 0, ROUNDING)
            expectNear(estimate.variance, variance, ROUNDING)
            expectNear(estimate.vScore, (SITES * variance) / mean ** 2, ROUNDING / mean ** 2)
            expect(estimate).toMatchObject({ energyError: 0, acceptance: null, rHat: null })
            expect(physics.measureEnergy(vmc, 3)(start(vmc, params))).toEqual(estimate)
          }),
          { numRuns: 5 },
        )
      }
    })

  it('is the same to the last bit when done again, with evaluators made again', () => {
    const once = (wave: keyof typeof waves, optimizer: physics.Optimizer): unknown => {
      const vmc = { ...runOf(waves[wave], { optimizer }), evaluators: evaluatorsFor(waves[wave]) }
      const steps = unfolded(vmc, start(vmc, drawn(waves[wave], 3)), 4)
      return steps.map(({ state, estimate }) => [plainly(state), estimate])
    }
    for (const optimizer of Object.values(optimizers))
      expect(once('rbm', optimizer)).toEqual(once('rbm', optimizer))
    expect(once('vit', optimizers.spring!)).toEqual(once('vit', optimizers.spring!))
  })

  for (const [name, optimizer, learningRate] of [
    ['sr', stochasticReconfiguration({ diagShift: 1e-2 }), 0.01],
    // Curvatures reach thousands where a layer norm divides by a small variance.
    ['sgd', sgd(), 3e-5],
  ] as const)
    it(`goes downhill at every step of ${name} with a small learning rate`, () => {
      for (const wave of Object.values(waves)) {
        const vmc = runOf(wave, { optimizer, learningRate })
        fc.assert(
          fc.property(seed, (n) => {
            const energies = unfolded(vmc, start(vmc, drawn(wave, n)), 12).map(
              ({ estimate }) => estimate.energy,
            )
            for (let k = 1; k < energies.length; k += 1)
              expect(energies[k]!).toBeLessThan(energies[k - 1]!)
          }),
          { numRuns: 3 },
        )
      }
    })

  // Imaginary time 2η a step: an error decays by exp(−4η gap), if 2η times the width of the
  // spectrum is below 2.
  it.each([
    ['chiral', systems.chiral, 0.05, 280],
    ['ising', systems.ising, 0.04, 80],
  ] as const)(
    'sr brings a free table to the ground state: %s',
    (_, system, learningRate, steps) => {
      const wave = tableOf(system)
      const optimizer = stochasticReconfiguration({ diagShift: 1e-6 })
      const vmc = runOf(wave, { system, optimizer, learningRate })
      const [ground] = physics.exactStates(system.operator, system.sector).energies
      const estimates = unfolded(vmc, start(vmc, drawn(wave, 1)), steps).map((r) => r.estimate)
      expectNear(estimates.at(-1)!.energy, ground!, 1e-8)
      expect(estimates.at(-1)!.variance).toBeLessThan(1e-8)
      for (const { energy } of estimates) expect(energy).toBeGreaterThan(ground! - 1e-9)
    },
  )
})

describe('an eigenstate', () => {
  for (const [name, system] of Object.entries(systems))
    for (const sum of ['full', 'sampled'] as const)
      it(`has no variance, no error, and does not move: ${name}, ${sum}`, () => {
        const { energies, vectors } = physics.exactStates(system.operator, system.sector)
        const params = tableParams(vectors[0]!)
        const vmc = runOf(tableOf(system), { system, sum })
        const { state, estimate } = physics.vmcStep(vmc)(start(vmc, params))
        // Residuals of 1e-13 over amplitudes of 1e-2 at least.
        expectNear(estimate.energy, energies[0]!, 1e-10)
        expectNear(estimate.energyImag, 0, 1e-10)
        expect(estimate.variance).toBeLessThan(1e-20)
        expect(estimate.vScore).toBeLessThan(1e-20)
        expect(estimate.energyError).toBeLessThan(1e-10)
        const [before, after] = [plainly(start(vmc, params)).params, plainly(state).params]
        before.flat().forEach((x, k) => {
          expectNear(after.flat()[k]!, x, 1e-8)
        })
      })
})

describe('a step', () => {
  it('leaves the state it is given as it was, and counts on', () => {
    for (const sum of ['full', 'sampled'] as const)
      for (const optimizer of Object.values(optimizers)) {
        const vmc = runOf(waves.rbm, { sum, optimizer })
        const given = unfolded(vmc, start(vmc, drawn(waves.rbm, 4)), 2).at(-1)!.state
        const before = plainly(given)
        const { state } = physics.vmcStep(vmc)(given)
        expect(plainly(given)).toEqual(before)
        expect(state.step).toBe(3)
        expect(state.key).not.toEqual(given.key)
        expect(plainly(state).params).not.toEqual(before.params)
      }
  })

  it.each(['full', 'sampled'] as const)(
    'with an absurd learning rate ends in NonFinite, the last good state untouched: %s',
    (sum) => {
      for (const wave of Object.values(waves)) {
        const vmc = runOf(wave, { sum, learningRate: 1e308 })
        let last = start(vmc, drawn(wave, 2))
        let before = plainly(last)
        const go = (): void => {
          for (const { state } of physics.run(vmc, last, 20)) {
            last = state
            before = plainly(state)
          }
        }
        const { problem } = problemOf(go, 'NonFinite')
        expect(problem.kind).toBe('NonFinite')
        expect(plainly(last)).toEqual(before)
        expect(before.params.flat().every(Number.isFinite)).toBe(true)
      }
    },
  )

  it('goes on from any state as if it had never stopped, whatever the optimiser', () => {
    for (const optimizer of Object.values(optimizers)) {
      const vmc = runOf(waves.rbm, { optimizer })
      const all = unfolded(vmc, start(vmc, drawn(waves.rbm, 5)), 5)
      all.forEach(({ state }, k) => {
        const rest = unfolded(vmc, cloned(state), 5)
        expect(rest.map((r) => plainly(r.state))).toEqual(
          all.slice(k + 1).map((r) => plainly(r.state)),
        )
        expect(rest.map((r) => r.estimate)).toEqual(all.slice(k + 1).map((r) => r.estimate))
      })
    }
  })
})

describe('applyUpdate', () => {
  const params = drawn(waves.vit, 1)
  const leaves = leavesWithPaths(params).map(({ leaf, path }) => ({
    size: (leaf as Concrete).size,
    name: showPath(path),
  }))
  const total = leaves.reduce((n, { size }) => n + size, 0)

  it('subtracts η δ, leaf after leaf in their order', () => {
    const next = physics.applyUpdate(
      params,
      Float64Array.from({ length: total }, (_, k) => k),
      0.5,
    )
    const flat = (p: Params): number[] =>
      leavesWithPaths(p).flatMap(({ leaf }) => [...dataOf(leaf as Concrete)])
    const before = flat(params)
    expect(flat(next)).toEqual(before.map((x, k) => x - 0.5 * k))
    expect(flat(params)).toEqual(before)
  })

  it('names the parameter that would not be a number, wherever it is', () => {
    let offset = 0
    for (const { size, name } of leaves) {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, -1e308]) {
        const delta = new Float64Array(total)
        delta[offset + size - 1] = bad
        const go = () => physics.applyUpdate(params, delta, 10)
        const { problem } = problemOf(go, 'NonFinite in applyUpdate', name, 'learning rate')
        expect(problem.data).toEqual({ path: name })
      }
      offset += size
    }
    expect(leaves.map(({ name }) => name)).toContain('encoder[0].attend.attention.form.p')
  })

  it('needs one number for each parameter', () => {
    for (const length of [0, total - 1, total + 1])
      problemOf(
        () => physics.applyUpdate(params, new Float64Array(length), 1),
        `the update has ${length} entries for ${total} parameters`,
      )
  })

  it('keeps single precision, where smaller numbers are already too large', () => {
    const single = mapTree(params, (leaf) => toPrecision(leaf as Concrete, 'float32'))
    const delta = new Float64Array(total).fill(1e37)
    problemOf(() => physics.applyUpdate(single, delta, 100), 'parameter embed.')
    const next = physics.applyUpdate(single, delta, 1)
    for (const { leaf } of leavesWithPaths(next))
      expect((leaf as Concrete).data).toBeInstanceOf(Float32Array)
    expect(() => physics.applyUpdate({ a: tensor([1]) }, Float64Array.of(1), 1)).not.toThrow(
      TensorError,
    )
  })
})
