import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, nextKey, normals, split } from '../../../core/index.ts'
import * as physics from '../../../physics/index.ts'
import { seed } from '../../arbitraries.ts'
import { drawn, type Run, ring, runOf, SITES, systems, waves } from '../smallRuns.ts'

// Where chains start, what their samples are, and that every error knows of the chains.

/** The same sums over samples in another order. */
const ROUNDING = 1e-10

describe('where chains start', () => {
  it.each([
    physics.szSector(4),
    physics.upSector(5, 1),
    physics.upSector(6, 2),
    physics.fullSpace(3),
  ])('every configuration is as likely, each chain drawn for itself: %o', (sector) => {
    const CHAINS = 6000
    const basis = physics.basisOf(sector)
    const chains = physics.randomChains(sector, CHAINS, keyFrom(3))
    const counts = new Float64Array(basis.dimension)
    for (let c = 0; c < CHAINS; c += 1)
      counts[physics.stateIndex(basis, chains, c * sector.sites)]! += 1
    const expected = CHAINS / basis.dimension
    const chiSquared = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
    const freedom = basis.dimension - 1
    expect(Math.abs(chiSquared - freedom)).toBeLessThan(4.5 * Math.sqrt(2 * freedom))
  })
})

describe('a seed', () => {
  it('has three keys: of the parameters, of the starts, of all steps', () => {
    const vmc = runOf(waves.rbm, { sum: 'sampled', chains: 5 })
    for (const own of [0, 1, 17]) {
      const [, starts, steps] = split(keyFrom(own), 3)
      const state = physics.initialState(vmc, drawn(waves.rbm, 3), own)
      expect(state.chains).toEqual(physics.randomChains(vmc.sector, 5, starts!))
      expect(state.key).toEqual(steps)
      const [use, next] = nextKey(state.key)
      expect(physics.vmcStep(vmc)(state).state.key).toEqual(next)
      expect(use).not.toEqual(next)
    }
  })
})

const localOf = (vmc: Run, params: Parameters<Run['evaluators']['logPsi']>[0], c: Int8Array) =>
  physics.localEnergies(vmc.hamiltonian, vmc.evaluators.logPsi(params), c)

describe('samples of a run', () => {
  it('follow |ψ|², whatever the run samples', () => {
    const sampled = { sum: 'sampled', chains: 6, length: 10 } as const
    const samples = [undefined, 1].map((power) => {
      const vmc = runOf(waves.rbm, { ...sampled, power })
      return physics.samplesOf(vmc, 3)(physics.initialState(vmc, drawn(waves.rbm, 5), 2))
    })
    expect(samples[1]).toEqual(samples[0])
  })

  it('are those of its measurement, after its burn-in', () => {
    const vmc = runOf(waves.rbm, { sum: 'sampled', chains: 6, length: 10 })
    const first = physics.initialState(vmc, drawn(waves.rbm, 5), 2)
    for (const state of [first, physics.vmcStep(vmc)(first).state]) {
      const samples = physics.samplesOf(vmc, 3)(state)
      if (!('chains' in samples)) throw new Error('sampled')
      expect(samples.configurations.length).toBe(6 * 30 * SITES)
      const { re } = localOf(vmc, state.params, samples.configurations)
      const estimate = physics.measureEnergy(vmc, 3)(state)
      const found = physics.estimate(physics.chainsOf(re, 6))
      expect(Math.abs(found.mean - estimate.energy)).toBeLessThan(ROUNDING)
      expect(Math.abs(found.standardError / estimate.energyError! - 1)).toBeLessThan(ROUNDING)
      expect(Math.abs(found.rHat / estimate.rHat! - 1)).toBeLessThan(ROUNDING)
      expect(Math.abs(found.autocorrelationTime - estimate.autocorrelationTime!)).toBeLessThan(
        ROUNDING,
      )
    }
  })

  it('have errors chain by chain, in every observable', () => {
    const chains = 4
    const vmc = runOf(waves.rbm, { sum: 'sampled', chains, length: 25 })
    const params = drawn(waves.rbm, 5)
    const logPsi = vmc.evaluators.logPsi(params)
    const { configurations } = physics.metropolis({
      sites: SITES,
      move: systems.chiral.move,
      length: 25,
      proposals: 2,
    })(logPsi, physics.initialState(vmc, params, 1).chains, keyFrom(4))
    const operator = physics.staggeredMagnetisation(ring)
    const { re } = physics.localEnergies(
      physics.compileOperator(operator, SITES),
      logPsi,
      configurations,
    )
    const wanted = physics.estimate(physics.chainsOf(re, chains))
    // Otherwise one long chain would do as well.
    expect(physics.estimate(physics.chainsOf(re, 1)).standardError).not.toBe(wanted.standardError)
    const alone = physics.measureOperator(operator, logPsi, configurations, {
      sites: SITES,
      chains,
    })
    const { staggeredMagnetisation } = physics.observe(ring, logPsi, { configurations, chains })
    expect(alone).toEqual(wanted)
    const { value, error, autocorrelationTime } = staggeredMagnetisation!
    expect(Math.abs(value - wanted.mean)).toBeLessThan(ROUNDING)
    expect(Math.abs(error / wanted.standardError - 1)).toBeLessThan(ROUNDING)
    expect(Math.abs(autocorrelationTime - wanted.autocorrelationTime)).toBeLessThan(ROUNDING)
  })
})

describe('split R-hat', () => {
  const halves = fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 4, max: 15 }), seed)
    .map(([count, length, n]) => {
      const all = normals(keyFrom(n), count * length)
      return Array.from({ length: count }, (_, c) => all.slice(c * length, (c + 1) * length))
    })

  it('is what its definition says of the first and the last half of every chain', () => {
    const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length
    const spread = (x: readonly number[]): number =>
      x.reduce((sum, y) => sum + (y - mean(x)) ** 2, 0) / (x.length - 1)
    fc.assert(
      fc.property(halves, (chains) => {
        const n = Math.floor(chains[0]!.length / 2)
        const parts = chains.flatMap((c) => [[...c.slice(0, n)], [...c.slice(-n)]])
        const within = mean(parts.map(spread))
        const between = spread(parts.map(mean))
        const wanted = Math.sqrt((((n - 1) / n) * within + between) / within)
        expect(physics.splitRHat(chains)).toBeCloseTo(wanted, 10)
      }),
    )
  })
})
