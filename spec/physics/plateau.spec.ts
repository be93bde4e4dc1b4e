// Finds faults in physics/plateau.ts.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Concrete,
  dataOf,
  keyFrom,
  mapTree,
  type Tensor,
  type Tree,
  zeros,
} from '../../core/index.ts'
import * as physics from '../../physics/index.ts'
import { jolted, onPlateau } from '../../physics/plateau.ts'
import { seed } from '../arbitraries.ts'
import { type Params, plainly, ring, runOf, systems, tableOf, tableParams } from './smallRuns.ts'

// Points at which the gradient vanishes: those that are not the ground state are left.

const heisenberg = { ...systems.chiral, operator: physics.heisenberg(ring) }
const ferromagnet = {
  ...heisenberg,
  operator: physics.scaleOperator(-1, heisenberg.operator),
}

/** Every parameter 0: log ψ is the same everywhere. */
const constant = (params: Params): Params =>
  mapTree(params as Tree<Tensor>, (leaf) => zeros(leaf.shape)) as Params

const started = (system: typeof heisenberg, sum: 'full' | 'sampled', n: number) => {
  const vmc = runOf(tableOf(system), { system, sum, learningRate: 0.05 })
  const state = physics.initialState(vmc, tableParams(exactOf(system)), n)
  return { vmc, state: { ...state, params: constant(state.params) } }
}

const exactOf = ({ operator, sector }: typeof heisenberg) =>
  physics.exactStates(operator, sector, { states: 1 }).vectors[0]!

describe('a trusted step on a plateau', () => {
  it.each(['full', 'sampled'] as const)('leaves the highest eigenstate (%s sums)', (sum) => {
    const { vmc, state } = started(heisenberg, sum, 1)
    const step = physics.trustedStep(vmc)
    // An antiparallel pair of neighbours at a constant ψ has the energy 1/4, as a parallel one.
    const first = step(state)
    expect(first.estimate.energy).toBeCloseTo(6 / 4, 9)
    expect(first.estimate.variance).toBeCloseTo(0, 9)
    expect(first.state.trust).toEqual({ share: 1, refusals: 1 })
    // The same without the move stays for ever.
    const plain = physics.vmcStep(vmc)
    expect(plain(plain(state).state).estimate.energy).toBeCloseTo(6 / 4, 9)
    let next = first.state
    for (let k = 0; k < 60; k += 1) next = step(next).state
    expect(physics.measureEnergy(vmc, 1)(next).energy).toBeLessThan(-2)
  })

  it('stays where the constant wave function is the ground state', () => {
    const { vmc, state } = started(ferromagnet, 'sampled', 1)
    const { state: next, estimate } = physics.trustedStep(vmc)(state)
    expect(estimate.energy).toBeCloseTo(-6 / 4, 9)
    expect(next.trust?.refusals).toBe(0)
  })

  it('goes from equal states to equal states', () => {
    const { vmc, state } = started(heisenberg, 'sampled', 3)
    const step = physics.trustedStep(vmc)
    expect(plainly(step(state).state)).toEqual(plainly(step(state).state))
  })
})

describe('a plateau', () => {
  it('is none where the update moves a parameter, or some proposals are rejected', () => {
    const { vmc, state } = started(heisenberg, 'sampled', 2)
    const { estimate } = physics.vmcStep(vmc)(state)
    const moved = jolted(state.params, keyFrom(1))
    expect(onPlateau(vmc, state.params, state, estimate)).toBe(true)
    expect(onPlateau(vmc, moved, state, estimate)).toBe(false)
    const differing = { ...estimate, variance: 1 }
    expect(onPlateau(vmc, state.params, state, { ...differing, acceptance: 1 })).toBe(true)
    expect(onPlateau(vmc, state.params, state, { ...differing, acceptance: 0.99 })).toBe(false)
    expect(onPlateau(vmc, state.params, state, { ...differing, acceptance: null })).toBe(false)
  })

  it('is left by random numbers that depend on the key', () => {
    const params = { w: zeros([50]) } as unknown as Params
    const numbers = (n: number) => [...dataOf((jolted(params, keyFrom(n)) as { w: Concrete }).w)]
    fc.assert(
      fc.property(seed, (n) => {
        expect(numbers(n)).toEqual(numbers(n))
        expect(numbers(n)).not.toEqual(numbers(n + 1))
        const size = Math.sqrt(numbers(n).reduce((sum, x) => sum + x * x, 0) / 50)
        expect(size).toBeGreaterThan(0.05)
        expect(size).toBeLessThan(0.2)
      }),
      { numRuns: 20 },
    )
  })
})
