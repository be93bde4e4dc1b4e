import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, normals, type Tensor, tensor, toNumber } from '../../core/index.ts'
import * as physics from '../../physics/index.ts'
import { problemOf } from '../expectations.ts'
import { anyPower } from './smallSectors.ts'

// Steps and measurements whose wave function has zeros where chains stand, or is wide.

const SITES = 6
const ring = physics.chain(SITES)
const sector = physics.szSector(SITES)
const all = physics.allConfigurations(physics.basisOf(sector))
const h = physics.compileOperator(physics.heisenberg(ring), SITES)

interface Params {
  readonly [name: string]: Tensor
  readonly theta: Tensor
}
/** One parameter: log ψ = rule(k, θ), k the number of the configuration, ∂ log ψ/∂θ = its slope. */
const evaluators = (
  rule: (k: number, theta: number) => number,
  slope: (k: number) => number = () => 0,
): physics.Evaluators<Params> => {
  const basis = physics.basisOf(sector)
  const numbers = (c: Int8Array): number[] =>
    Array.from({ length: c.length / SITES }, (_, s) => physics.stateIndex(basis, c, s * SITES))
  return {
    logPsi:
      ({ theta }) =>
      (c) => ({
        re: Float64Array.from(numbers(c), (k) => rule(k, toNumber(theta))),
        im: Float64Array.from(numbers(c), (k) => k),
      }),
    logDerivatives: (_, c, memory) => {
      const rows = memory ?? new Float64Array((2 * c.length) / SITES)
      numbers(c).forEach((k, s) => {
        rows[2 * s] = slope(k)
        rows[2 * s + 1] = 0
      })
      return { samples: c.length / SITES, params: 1, rows }
    },
    precision: 'float64',
  }
}
const vmcOf = (
  made: physics.Evaluators<Params>,
  source: physics.Averages,
): physics.Vmc<Params> => ({
  hamiltonian: h,
  sector,
  evaluators: made,
  average: source,
  optimizer: physics.sgd(),
  learningRate: 0.1,
})
const sampledBy = (power: number, prefetch = false): physics.Averages => ({
  kind: 'sampled',
  plan: {
    sites: SITES,
    move: physics.bondExchange(physics.bonds(ring)),
    length: 40,
    proposals: SITES,
    power,
  },
  chains: 16,
  burnIn: 60,
  ...(prefetch ? { prefetch: all } : {}),
})
const z = normals(keyFrom(3), 20)
/** Zeros move with θ: a third of all configurations at a time. */
const holed = (k: number, theta: number): number =>
  (k + theta) % 3 === 0 ? Number.NEGATIVE_INFINITY : z[k]!
const params = (theta: number): Params => ({ theta: tensor(theta) })

describe('runs', () => {
  it('whose parameters made ψ vanish where chains stand go on where it does not', () => {
    fc.assert(
      fc.property(fc.nat(30), anyPower, fc.boolean(), (seed, power, prefetch) => {
        const vmc = vmcOf(evaluators(holed), sampledBy(power, prefetch))
        const first = physics.initialState(vmc, params(0), seed)
        const moved = { ...physics.vmcStep(vmc)(first).state, params: params(1) }
        const number = (c: Int8Array, s: number) =>
          physics.stateIndex(physics.basisOf(sector), c, SITES * s)
        const stuck = (c: Int8Array, theta: number) =>
          Array.from({ length: 16 }, (_, s) => number(c, s)).filter((k) => (k + theta) % 3 === 0)
        expect(stuck(moved.chains, 0)).toEqual([])
        const { state, estimate } = physics.vmcStep(vmc)(moved)
        expect(stuck(state.chains, 1)).toEqual([])
        expect(Number.isFinite(estimate.energy + estimate.variance)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  it('agree in samples with full sums of a ψ with zeros, whatever the power', () => {
    const full = vmcOf(evaluators(holed), { kind: 'full', configurations: all })
    const wanted = physics.measureEnergy(full, 1)(physics.initialState(full, params(0), 1))
    for (const power of [0.5, 1, 2]) {
      const vmc = vmcOf(evaluators(holed), sampledBy(power))
      const runs = Array.from({ length: 8 }, (_, seed) => {
        const start = { ...physics.initialState(vmc, params(0), seed), step: 1 }
        return physics.vmcStep(vmc)(start).estimate
      })
      const mean = runs.reduce((sum, r) => sum + r.energy, 0) / 8
      const error = Math.sqrt(runs.reduce((sum, r) => sum + r.energyError! ** 2, 0)) / 8
      // Four and a half standard errors: seven in a million, each.
      expect(Math.abs(mean - wanted.energy)).toBeLessThan(4.5 * error)
      expect(error).toBeLessThan(0.1)
    }
  })

  it('in full sums of wide amplitudes have the moments of the limit, and step on', () => {
    // One configuration outshines all: E is its diagonal element, the variance that of its row.
    const k = 9
    const wanted = physics.connected(
      physics.heisenberg(ring),
      all.slice(SITES * k, SITES * (k + 1)),
    )
    const diagonal = wanted[0]!.re
    const variance = wanted.slice(1).reduce((sum, { re }) => sum + re * re, 0)
    for (const width of [300, 360, 1e4, Number.POSITIVE_INFINITY]) {
      const made = evaluators(
        (n) => (n === k ? 0 : width === Number.POSITIVE_INFINITY ? -width : -2 * width - n),
        (n) => n,
      )
      const vmc = vmcOf(made, { kind: 'full', configurations: all })
      const { state, estimate } = physics.vmcStep(vmc)(physics.initialState(vmc, params(0), 1))
      expect(estimate.energy).toBeCloseTo(diagonal, 12)
      expect(estimate.variance).toBeCloseTo(variance, 12)
      expect(toNumber(state.params.theta)).toBeCloseTo(0, 12)
    }
  })

  it('end with words where ψ is 0 everywhere', () => {
    const none = evaluators(() => Number.NEGATIVE_INFINITY)
    const sources: physics.Averages[] = [
      { kind: 'full', configurations: all },
      sampledBy(2),
      sampledBy(1, true),
    ]
    for (const source of sources) {
      const vmc = vmcOf(none, source)
      const step = () => physics.vmcStep(vmc)(physics.initialState(vmc, params(0), 1))
      problemOf(step, 'DomainError', 'the wave function vanishes', 'configurations')
    }
  })
})
