import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextKey } from '../../core/index.ts'
import * as physics from '../../physics/index.ts'
import { seed } from '../arbitraries.ts'
import {
  cloned,
  drawn,
  type Params,
  plainly,
  type Run,
  type RunOptions,
  runOf,
  type State,
  waves,
} from './smallRuns.ts'

// A step that judges the update before it: what it keeps is what `vmcStep` makes, and what raised
// the energy is undone.

type Wave = keyof typeof waves
const names = Object.keys(waves) as Wave[]
const spring = physics.stochasticReconfiguration({ diagShift: 1e-2, momentum: 0.7 })

const started = (wave: Wave, n: number, options: RunOptions): { vmc: Run; state: State } => {
  const vmc = runOf(waves[wave], { optimizer: spring, ...options })
  return { vmc, state: physics.initialState(vmc, drawn(waves[wave], n), n) }
}

/** All results of a number of trusted steps. */
const steps = (vmc: Run, from: State, count: number): readonly physics.StepResult<Params>[] => {
  const step = physics.trustedStep(vmc)
  const results: physics.StepResult<Params>[] = []
  for (let k = 0; k < count; k += 1) results.push(step(results.at(-1)?.state ?? from))
  return results
}

/** Everything in a state, the memory of its last update included. */
const wholly = (state: State) => ({
  ...plainly(state),
  trust: state.trust && {
    ...state.trust,
    start: state.trust.start && {
      ...state.trust.start,
      params: plainly({ ...state, params: state.trust.start.params }).params,
      chains: [...state.trust.start.chains],
    },
  },
})

/** Rounding of energies of order one. */
const ROUNDING = 1e-8

describe('a trusted step', () => {
  it('is the plain step, to the last bit, as long as nothing is refused', () => {
    for (const sum of ['full', 'sampled'] as const)
      for (const wave of names) {
        const { vmc, state } = started(wave, 3, { sum, learningRate: 1e-4 })
        const plain = [...physics.run(vmc, state, 5)]
        const trusted = steps(vmc, state, 5)
        expect(trusted.at(-1)!.state.trust).toMatchObject({ share: 1, refusals: 0 })
        expect(trusted.map((r) => plainly(r.state))).toEqual(plain.map((r) => plainly(r.state)))
        expect(trusted.map((r) => r.estimate)).toEqual(plain.map((r) => r.estimate))
        expect(trusted.map((r) => r.evaluations)).toEqual(plain.map((r) => r.evaluations))
        expect(physics.settled(vmc)(trusted.at(-1)!.state)).toBe(trusted.at(-1)!.state)
      }
  })

  it('never lets the energy of full sums rise, whatever the learning rate', () => {
    const refusals: number[] = []
    const rate = fc.double({ min: -2, max: 2, noNaN: true })
    fc.assert(
      fc.property(seed, rate, fc.constantFrom(...names), (n, exponent, wave) => {
        const { vmc, state } = started(wave, n, { learningRate: 10 ** exponent })
        const results = steps(vmc, state, 12)
        const last = physics.settled(vmc)(results.at(-1)!.state)
        const energies = [
          ...results.map((r) => r.estimate.energy),
          physics.measureEnergy(vmc, 1)(last).energy,
        ]
        for (const [k, energy] of energies.entries())
          if (k > 0) expect(energy).toBeLessThanOrEqual(energies[k - 1]! + ROUNDING)
        refusals.push(last.trust!.refusals)
      }),
      { numRuns: 20 },
    )
    expect(Math.max(...refusals)).toBeGreaterThan(3)
  })

  it.each(['full', 'sampled'] as const)(
    'returns to the start of the update, without momentum and at half the learning rate: %s',
    (sum) => {
      const { vmc, state } = started('vit', 1, { sum, learningRate: 2 })
      const [first, second] = steps(vmc, state, 2)
      const { start, share, refusals } = first!.state.trust!
      expect([share, refusals]).toEqual([1, 0])
      expect(start!.params).toEqual(state.params)
      expect(start!.chains).toEqual(first!.state.chains)
      // The second step is the plain one from there, with another key.
      const key = nextKey(first!.state.key)[1]
      const back = {
        step: 1,
        params: state.params,
        chains: start!.chains,
        optimizer: state.optimizer,
        key,
      }
      const again = physics.vmcStep({ ...vmc, learningRate: 1 })(back)
      expect(plainly(second!.state)).toEqual(plainly(again.state))
      expect(second!.estimate).toEqual(again.estimate)
      expect(second!.state.trust).toMatchObject({ share: 0.55, refusals: 1 })
      // What was refused was evaluated, too.
      expect(second!.evaluations.made).toBeGreaterThan(again.evaluations.made)
      const last = physics.settled(vmc)(first!.state)
      expect(last.params).toBe(state.params)
      expect(last.trust).toEqual({ share: 0.5, refusals: 1 })
    },
  )

  it('takes back an update that left no numbers', () => {
    const { vmc, state } = started('rbm', 1, { learningRate: 1e4 })
    const { evaluators } = vmc
    const logPsi: typeof evaluators.logPsi = (params) => {
      const evaluate = evaluators.logPsi(params)
      return (configurations) => {
        const values = evaluate(configurations)
        return params === state.params ? values : { ...values, re: values.re.map(() => Number.NaN) }
      }
    }
    const broken = { ...vmc, evaluators: { ...evaluators, logPsi } }
    const results = steps(broken, state, 4)
    expect(results.map((r) => r.state.trust!.refusals)).toEqual([0, 1, 2, 3])
    for (const { estimate } of results) expect(estimate).toEqual(results[0]!.estimate)
    expect(physics.settled(broken)(results.at(-1)!.state).params).toBe(state.params)
    // Where there is nothing to return to, the error ends the run.
    const [, second] = [...physics.run(vmc, state, 2)]
    const { trust: _, ...without } = second!.state
    expect(() => physics.trustedStep(broken)(without)).toThrow('NonFinite')
  })

  it('does not take back what no shorter step avoids', () => {
    const { vmc, state } = started('rbm', 1, {})
    const next = physics.trustedStep(vmc)(state).state
    const lost = {
      ...vmc,
      optimizer: {
        ...vmc.optimizer,
        update: () => {
          throw new Error('a lost device')
        },
      },
    }
    expect(() => physics.trustedStep(lost)(next)).toThrow('a lost device')
  })

  it('does not compare the first step of a stage with the step before', () => {
    const { vmc, state } = started('vit', 1, { learningRate: 2 })
    const [first] = steps(vmc, state, 1)
    const stage = { ...vmc, start: 1 }
    const second = physics.trustedStep(stage)(first!.state)
    expect(second.state.trust!.refusals).toBe(0)
    expect(second.estimate.energy).toBeGreaterThan(first!.estimate.energy)
  })

  it('gives equal results for equal states, over refusals and from any state', () => {
    const { vmc, state } = started('vit', 4, { sum: 'sampled', learningRate: 5 })
    const all = steps(vmc, state, 8)
    expect(all.at(-1)!.state.trust!.refusals).toBeGreaterThan(0)
    all.slice(0, -1).forEach(({ state: from }, k) => {
      const rest = steps(vmc, { ...cloned(from), trust: from.trust! }, all.length - k - 1)
      expect(rest.map((r) => wholly(r.state))).toEqual(all.slice(k + 1).map((r) => wholly(r.state)))
    })
  })
})
