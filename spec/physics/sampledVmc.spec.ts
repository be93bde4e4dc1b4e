import { describe, expect, it } from 'vitest'
import * as physics from '../../physics/index.ts'
import { problemOf } from '../expectations.ts'
import {
  cloned,
  configurationsOf,
  drawn,
  type Params,
  plainly,
  type Run,
  runOf,
  SITES,
  type State,
  type System,
  systems,
  unfolded,
  waves,
} from './smallRuns.ts'

// The step from samples, against full summation.

const start = (vmc: Run, params: Params, n = 1): State => physics.initialState(vmc, params, n)
const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length

describe('the sampled energy', () => {
  const SEEDS = 24
  /** Two of 24 normal deviates are beyond 3 once in 500 times, three once in 26,000. */
  const BEYOND_3 = 2

  const given: readonly (readonly [string, keyof typeof waves, System, number?])[] = [
    ['rbm, chiral ring', 'rbm', systems.chiral],
    ['vit, chiral ring', 'vit', systems.chiral],
    ['jastrow, Ising ring', 'jastrow', systems.ising],
    ['rbm, chiral ring, |ψ|', 'rbm', systems.chiral, 1],
    ['jastrow, Ising ring, |ψ|^1.5', 'jastrow', systems.ising, 1.5],
  ]
  const scores = new Map<string, number[]>()
  for (const [name, model, system, power] of given)
    it(`is within 3 standard errors of the full sum for ${SEEDS} seeds: ${name}`, () => {
      const wave = waves[model]
      const params = drawn(wave, 11)
      const exact = runOf(wave, { system })
      const { energy, variance } = physics.measureEnergy(exact, 1)(start(exact, params))
      const vmc = runOf(wave, { system, sum: 'sampled', chains: 16, length: 100, power })
      const estimates = Array.from(
        { length: SEEDS },
        (_, n) => physics.vmcStep(vmc)(start(vmc, params, n)).estimate,
      )
      const z = estimates.map((e) => (e.energy - energy) / e.energyError!)
      expect(z.filter((x) => Math.abs(x) > 3).length).toBeLessThanOrEqual(BEYOND_3)
      // No bias: the mean of 24 is beyond 4/√24 once in 16,000 times.
      expect(Math.abs(mean(z))).toBeLessThan(4 / Math.sqrt(SEEDS))
      // Errors neither too small nor too large: χ²/24 is outside once in 1000 times.
      const square = mean(z.map((x) => x * x))
      expect(square).toBeGreaterThan(0.3)
      expect(square).toBeLessThan(2.2)
      for (const e of estimates) {
        expect(e.acceptance).toBeGreaterThan(0)
        expect(e.acceptance).toBeLessThanOrEqual(1)
        expect(e.rHat).toBeLessThan(1.1)
        expect(e.autocorrelationTime).toBeGreaterThanOrEqual(1)
      }
      // Variances of 1600 correlated samples fall short by some tau/1600.
      const off = estimates.map((e) => e.variance / variance - 1)
      const spread = Math.sqrt(mean(off.map((x) => (x - mean(off)) ** 2)) / (SEEDS - 1))
      expect(Math.abs(mean(off))).toBeLessThan(4 * spread + 0.01)
      scores.set(name, z)
    })

  it('is unbiased over all of them', () => {
    const all = [...scores.values()].flat()
    expect(all.length).toBe(given.length * SEEDS)
    expect(Math.abs(mean(all))).toBeLessThan(3.5 / Math.sqrt(all.length))
  })

  it('goes down in the course of a run, to the ground state within its error', () => {
    const vmc = runOf(waves.rbm, {
      sum: 'sampled',
      chains: 16,
      length: 32,
      system: systems.ising,
      learningRate: 0.03,
      optimizer: physics.stochasticReconfiguration({ diagShift: 1e-2 }),
    })
    const [ground] = physics.exactStates(systems.ising.operator, systems.ising.sector).energies
    const energies = unfolded(vmc, start(vmc, drawn(waves.rbm, 3)), 60).map(
      ({ estimate }) => estimate.energy,
    )
    expect(mean(energies.slice(-5))).toBeLessThan(energies[0]! - 1)
    expect(mean(energies.slice(-5)) / ground!).toBeGreaterThan(0.98)
  })
})

describe('the sampled gradient', () => {
  it.each([0.5, 1, 1.5, 2])('is that of the full sum on average: |ψ|^%d', (power) => {
    const SEEDS = 60
    const params = drawn(waves.rbm, 11)
    const moved = (vmc: Run, n: number): number[] =>
      plainly(physics.vmcStep(vmc)(start(vmc, params, n)).state).params.flat()
    const options = { optimizer: physics.sgd(), learningRate: 1 }
    const exact = moved(runOf(waves.rbm, options), 1)
    const vmc = runOf(waves.rbm, { ...options, sum: 'sampled', chains: 16, length: 100, power })
    const all = Array.from({ length: SEEDS }, (_, n) => moved(vmc, n))
    const z = exact.map((x, k) => {
      const values = all.map((g) => g[k]!)
      const spread = Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)) / (SEEDS - 1))
      return (mean(values) - x) / spread
    })
    // Some 40 correlated deviates of Student's t; weights biased by 1/samples are far inside.
    expect(Math.max(...z.map(Math.abs))).toBeLessThan(4.5)
    expect(mean(z.map((x) => x * x))).toBeLessThan(2.5)
  })
})

describe('a measurement of a run that samples another power', () => {
  const vmcOf = (power?: number): Run =>
    runOf(waves.rbm, { sum: 'sampled', length: 50, ...(power === undefined ? {} : { power }) })

  it('samples that power for the energy, and |ψ|² itself for observables, with burn-in', () => {
    const vmc = vmcOf(1)
    const state = physics.vmcStep(vmc)(start(vmc, drawn(waves.rbm, 5))).state
    const plain = { ...vmcOf(), start: state.step }
    expect(physics.samplesOf(vmc, 4)(state)).toEqual(physics.samplesOf(plain, 4)(state))
    expect(physics.samplesOf(vmc, 4)(state)).not.toEqual(physics.samplesOf(vmcOf(), 4)(state))
    const longer = runOf(waves.rbm, { sum: 'sampled', length: 200, power: 1 })
    const measured = physics.measureEnergy(vmc, 4)(state)
    expect(measured).toEqual(physics.measureEnergy(longer, 1)(state))
    expect(measured).not.toEqual(physics.measureEnergy(plain, 4)(state))
  })
})

describe('a sampled run', () => {
  const optimizers = {
    sr: physics.stochasticReconfiguration({ diagShift: 1e-2 }),
    spring: physics.stochasticReconfiguration({ diagShift: 1e-2, momentum: 0.7 }),
    march: physics.march({ diagShift: 1e-2, momentum: 0.7 }),
    sgd: physics.sgd(),
    adam: physics.adam(),
  }
  it.each(Object.entries(optimizers))(
    'goes on from any state exactly as if it had never stopped: %s',
    (_, optimizer) => {
      const vmc = runOf(waves.vit, { sum: 'sampled', optimizer })
      const first = start(vmc, drawn(waves.vit, 5))
      const all = unfolded(vmc, first, 6)
      for (const [k, from] of [first, ...all.map((r) => r.state)].entries()) {
        const rest = unfolded(vmc, cloned(from), 6)
        expect(rest.map((r) => [plainly(r.state), r.estimate])).toEqual(
          all.slice(k).map((r) => [plainly(r.state), r.estimate]),
        )
      }
    },
  )

  it('depends on its seed, and on nothing else', () => {
    const go = (n: number): unknown => {
      const vmc = runOf(waves.rbm, { sum: 'sampled' })
      return unfolded(vmc, start(vmc, drawn(waves.rbm, 5), n), 3).map((r) => plainly(r.state))
    }
    expect(go(1)).toEqual(go(1))
    expect(go(2)).not.toEqual(go(1))
  })

  it('evaluates ahead without changing a bit', () => {
    const vmc = runOf(waves.rbm, { sum: 'sampled' })
    if (vmc.average.kind !== 'sampled') throw new Error('sampled')
    const prefetch = configurationsOf(systems.chiral)
    const ahead: Run = { ...vmc, average: { ...vmc.average, prefetch } }
    const asked: number[] = []
    const counted: Run = {
      ...ahead,
      evaluators: {
        ...vmc.evaluators,
        logPsi: (p) => (c) => {
          asked.push(c.length)
          return vmc.evaluators.logPsi(p)(c)
        },
      },
    }
    const from = start(vmc, drawn(waves.rbm, 5))
    const steps = (run: Run) => unfolded(run, from, 3).map((r) => [plainly(r.state), r.estimate])
    expect(steps(ahead)).toEqual(steps(vmc))
    expect(steps(counted)).toEqual(steps(vmc))
    // The whole sector once a step, nothing after.
    expect(asked).toEqual([prefetch.length, prefetch.length, prefetch.length])
  })

  it('burns in before its first step only', () => {
    const cold = runOf(waves.rbm, { sum: 'sampled', burnIn: 0 })
    const warm = runOf(waves.rbm, { sum: 'sampled', burnIn: 40 })
    const first = start(cold, drawn(waves.rbm, 5))
    const second = physics.vmcStep(cold)(first).state
    expect(physics.vmcStep(warm)(first).state.chains).not.toEqual(second.chains)
    expect(plainly(physics.vmcStep(warm)(second).state)).toEqual(
      plainly(physics.vmcStep(cold)(second).state),
    )
  })

  it('measures what a step measures, and more precisely with more rounds', () => {
    const vmc = runOf(waves.rbm, { sum: 'sampled', length: 50 })
    const first = start(vmc, drawn(waves.rbm, 5))
    for (const state of [first, physics.vmcStep(vmc)(first).state]) {
      const before = plainly(state)
      const step = physics.vmcStep(vmc)(state).estimate
      expect(physics.measureEnergy(vmc, 1)(state)).toEqual(step)
      const many = physics.measureEnergy(vmc, 16)(state)
      // Errors fall by √16, give or take a quarter: each is itself an estimate.
      expect(many.energyError! / step.energyError!).toBeGreaterThan(0.25 * 0.75)
      expect(many.energyError! / step.energyError!).toBeLessThan(0.25 * 1.25)
      expect(plainly(state)).toEqual(before)
    }
  })

  it('of a single sample knows no error, and still steps', () => {
    const vmc = runOf(waves.rbm, { sum: 'sampled', chains: 1, length: 1 })
    const params = drawn(waves.rbm, 5)
    const { state, estimate } = physics.vmcStep(vmc)(start(vmc, params))
    expect(estimate).toMatchObject({
      energyError: Number.POSITIVE_INFINITY,
      rHat: Number.POSITIVE_INFINITY,
      variance: 0,
    })
    expect(Number.isFinite(estimate.energy)).toBe(true)
    // One sample shows no direction: nothing moves.
    expect(plainly(state).params).toEqual(plainly(start(vmc, params)).params)
  })

  it('needs a move with sites to move', () => {
    const move = physics.bondExchange([])
    const vmc = runOf(waves.rbm, { sum: 'sampled', system: { ...systems.chiral, move } })
    const first = start(vmc, drawn(waves.rbm, 5))
    problemOf(() => physics.vmcStep(vmc)(first), 'LatticeError in metropolis', 'bondExchange')
  })

  it('needs a move that stays in the sector', () => {
    const move = physics.spinFlip(SITES)
    const vmc = runOf(waves.rbm, { sum: 'sampled', system: { ...systems.chiral, move } })
    const first = start(vmc, drawn(waves.rbm, 5))
    problemOf(() => physics.vmcStep(vmc)(first), 'SectorError in metropolis', 'use bondExchange')
  })
})
