import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { type Concrete, dataOf, leavesOf } from '../../../core/index.ts'
import { planTraining } from '../../../examples/session/planTraining.ts'
import type { Training } from '../../../examples/session/training.ts'
import { defaults } from '../../../examples/settings/defaults.ts'
import type { TrainConfig } from '../../../examples/settings/settings.ts'
import { totalRequests } from '../../../physics/index.ts'

// What settings of the machine change in a real run, and what they do not.

/** 252 configurations, none like another, and more parameters than twice as many. */
const config: TrainConfig = {
  ...defaults,
  lattice: 'chain',
  size: [10],
  j2: 0,
  patch: 2,
  dim: 12,
  heads: 2,
  attention: 'absolute',
  samples: 512,
  steps: 3,
  threads: 1,
}

const planned = (changes: Partial<TrainConfig>): Training => {
  const training = planTraining({ ...config, ...changes })
  if (E.isLeft(training)) throw new Error(training.left.what)
  return training.right
}

/** The least memory with which a run can be planned, as its refusal says. */
const leastMemory = (changes: Partial<TrainConfig>): number => {
  const refused = planTraining({ ...config, ...changes, memory: 2 ** 20 })
  if (E.isRight(refused)) throw new Error('1 MiB is enough')
  expect(refused.left).toMatchObject({ kind: 'DomainError', where: '--memory' })
  return (refused.left.data as { readonly least: number }).least
}

const threeSteps = (changes: Partial<TrainConfig>) => {
  const training = planned(changes)
  const records = []
  let state = training.initial()
  for (let k = 0; k < 3; k += 1) {
    const next = training.step(state)
    state = next.state
    records.push(next.record)
  }
  training.dispose()
  const params = leavesOf(state.params).map((leaf) => [...dataOf(leaf as Concrete)])
  return { params, records, evaluations: records.map((r) => r.evaluations!) }
}

describe('--memory', () => {
  // Refining a solution in float32 asks for all derivatives twice a round.
  for (const [changes, most] of [
    [{ sum: 'full' }, 9],
    [{ sum: 'full', precision: 'float32', momentum: 0 }, 9 + 2 * 4],
  ] as const)
    it(`changes how often derivatives are computed, and no number: ${JSON.stringify(changes)}`, () => {
      const whole = threeSteps(changes)
      const tight = threeSteps({ ...changes, memory: leastMemory(changes) })
      expect(tight.params).toEqual(whole.params)
      tight.records.forEach((record, k) => {
        const once = whole.records[k]!
        expect({ ...record, evaluations: null }).toEqual({ ...once, evaluations: null })
        const more = record.evaluations!.derivatives / once.evaluations!.derivatives
        expect(more).toBeGreaterThan(1.5)
        expect(more).toBeLessThan(most)
        expect(record.evaluations!.made).toBe(once.evaluations!.made)
      })
    })

  it('too small is refused before anything runs, with the least that is enough', () => {
    const least = leastMemory({})
    expect(E.isRight(planTraining({ ...config, memory: least }))).toBe(true)
    expect(E.isLeft(planTraining({ ...config, memory: least - 1 }))).toBe(true)
  })
})

describe('evaluations of log psi', () => {
  it('are asked for by every proposal, sample and bond, and made once for each configuration', () => {
    const { evaluations } = threeSteps({ attention: 'factored' })
    const [first, second] = evaluations
    // 512 samples: 64 chains of 8 records, one sweep of 10 proposals before each; burn-in 200.
    expect(first).toMatchObject({ proposals: 64 * (1 + 200 + 80), samples: 512, bonds: 512 * 10 })
    expect(second).toMatchObject({ proposals: 64 * (1 + 80), samples: 512, bonds: 512 * 10 })
    expect(totalRequests(second!)).toBe(64 * 81 + 512 * 11)
    // Translations by a patch leave 252 / 5 and a few, looked up all together.
    expect(second!.made).toBe(52)
    expect(second!.derivatives).toBeLessThanOrEqual(52)
    const full = threeSteps({ sum: 'full' }).evaluations
    expect(full[2]).toEqual({
      proposals: 0,
      samples: 252,
      bonds: 2520,
      made: 252,
      derivatives: 252,
    })
  })
})
