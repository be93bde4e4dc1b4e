import { afterAll, describe, expect, it } from 'vitest'
import { keyFrom, leavesOf, split } from '../../core/index.ts'
import { planTraining } from '../../examples/session/planTraining.ts'
import type { Training } from '../../examples/session/training.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import type { TrainConfig } from '../../examples/settings/settings.ts'
import { attention, initialise, parseForm, patchGrid, vit } from '../../models/index.ts'
import * as physics from '../../physics/index.ts'
import { right } from '../expectations.ts'

// How a plan puts the parts of a run together: keys, burn-in at each stage, the last measurement.

const config: TrainConfig = {
  ...defaults,
  lattice: 'chain',
  size: [6],
  j2: 0,
  patch: 2,
  dim: 4,
  heads: 2,
  samples: 512,
  takeBack: false,
  threads: 1,
  memory: 2 ** 28,
}

const planned = (more: Partial<TrainConfig>): Training =>
  right(planTraining({ ...config, ...more }))

describe('a planned run', () => {
  const staged = planned({ seed: 5, symmetry: 'none:2,translations', finalRounds: 16 })
  afterAll(() => staged.dispose())

  it('draws its parameters, its starts and its steps from three keys of its seed', () => {
    const { params, chains, key } = staged.initial()
    const [own, starts, steps] = split(keyFrom(5), 3)
    const form = attention(right(parseForm(config.attention)))
    const sizes = { patches: patchGrid([6], 2), layers: 1, dim: 4, heads: 2 }
    expect(leavesOf(params)).toEqual(leavesOf(initialise(vit(form, sizes), own!) as never))
    expect(chains).toEqual(physics.randomChains(physics.szSector(6), 64, starts!))
    expect(key).toEqual(steps)
  })

  it('burns in at the first step of every stage, and is measured in the stage of its last', () => {
    let state = staged.initial()
    const steps = Array.from({ length: 4 }, () => {
      const next = staged.step(state)
      state = next.state
      return [next.record.evaluations!.proposals, staged.measure(state).symmetry]
    })
    // 64 chains of 8 records, a sweep of 6 before each; twenty sweeps first.
    const [long, short] = [64 * (1 + 120 + 48), 64 * (1 + 48)]
    expect(steps).toEqual([
      [long, 'none'],
      [short, 'none'],
      [long, 'translations'],
      [short, 'translations'],
    ])
  })

  it('is measured over so many rounds of its samples at the end', () => {
    const { state, record } = staged.step(staged.step(staged.initial()).state)
    // √16, give or take a half: errors are themselves estimates.
    const ratio = record.energyError / staged.measure(state).energyError
    expect(ratio).toBeGreaterThan(2)
    expect(ratio).toBeLessThan(6)
  })

  it('has the grid of its patches as rows and columns, a chain in one row', () => {
    expect(staged.patchGrid).toEqual([1, 3])
    const wide = planned({ lattice: 'square', size: [4, 2], patch: 1, samples: 16 })
    expect(wide.patchGrid).toEqual([4, 2])
    wide.dispose()
  })

  it('times one evaluation of many', () => {
    const start = performance.now()
    const one = staged.evaluationSeconds()
    const all = (performance.now() - start) / 1000
    // 4096 together, the quickest of five.
    expect(one * 4096 * 5).toBeLessThanOrEqual(all)
    expect(one).toBeGreaterThan(0)
  })
})
