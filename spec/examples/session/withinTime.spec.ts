// Finds faults in examples/session/withinTime.ts and examples/settings/wish.ts.
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { planTraining } from '../../../examples/session/planTraining.ts'
import { suitedTo } from '../../../examples/session/suitedTo.ts'
import { measuredWith, withinTime } from '../../../examples/session/withinTime.ts'
import { defaults } from '../../../examples/settings/defaults.ts'
import { unfitTogether } from '../../../examples/settings/fit.ts'
import type { TrainConfig } from '../../../examples/settings/settings.ts'
import { parseStages } from '../../../examples/settings/stages.ts'
import { readWish } from '../../../examples/settings/wish.ts'
import { fakePlan } from '../fakeTraining.ts'

// Runs of a given time. The clock of these specs is a table of seconds per step and sample.

const perSample = { none: 1e-4, translations: 3e-4, full: 2e-3 } as const

const secondsOf = (factor: number) => (config: TrainConfig, symmetry: string) =>
  factor * config.samples * perSample[symmetry as keyof typeof perSample]

/** The seconds that the steps and the last measurement of a run take by the table. */
const predicted = (config: TrainConfig, factor: number): number => {
  const stages = E.getOrElseW(() => [])(parseStages(config.symmetry))
  const steps = stages.reduce((sum, { symmetry, from }, k) => {
    const end = stages[k + 1]?.from ?? config.steps
    return sum + (end - from) * secondsOf(factor)(config, symmetry)
  }, 0)
  return steps + config.finalRounds * secondsOf(factor)(config, stages.at(-1)!.symmetry)
}

const symmetries = fc.constantFrom('none', 'full', 'none:200,full', 'none:60,translations:20,full')

describe('a run of a given time', () => {
  it('has as many steps as fit into it, and stages in their order', () => {
    const cases = fc.record({
      symmetry: symmetries,
      samples: fc.constantFrom(128, 1024, 8192),
      seconds: fc.integer({ min: 60, max: 36_000 }),
      factor: fc.constantFrom(0.1, 1, 10),
    })
    fc.assert(
      fc.property(cases, ({ symmetry, samples, seconds, factor }) => {
        const config = { ...defaults, steps: 400, symmetry, samples }
        const { config: timed } = withinTime(config, seconds, { secondsOf: secondsOf(factor) })
        expect(unfitTogether(timed)).toEqual([])
        const stages = E.getOrElseW(() => [])(parseStages(timed.symmetry))
        const order = E.getOrElseW(() => [])(parseStages(symmetry)).map((s) => s.symmetry)
        expect([order, order.slice(0, 1)]).toContainEqual(stages.map((s) => s.symmetry))
        // A step is the least that a run can do, and 2,000 in a stage the most.
        const last = timed.steps - stages.at(-1)!.from
        if (timed.steps > 1) expect(predicted(timed, factor)).toBeLessThan(seconds)
        if (timed.steps > 1 && last < 2000 && timed.steps > 20)
          expect(predicted(timed, factor)).toBeGreaterThan(0.75 * seconds)
      }),
    )
  })

  it('keeps what the user chose', () => {
    const config = { ...defaults, steps: 400, symmetry: 'none:60,full', finalRounds: 7 }
    const given = ['symmetry', 'finalRounds']
    const { config: timed } = withinTime(config, 3600, { given, secondsOf: secondsOf(1) })
    expect([timed.symmetry, timed.finalRounds]).toEqual(['none:60,full', 7])
    const free = withinTime(config, 600, { secondsOf: secondsOf(1) }).config
    expect(free.symmetry).toBe('none')
  })

  it('times steps of its own kind, and none where the run cannot be planned', () => {
    const config = { ...defaults, size: [2, 2], j2: 0, samples: 32, threads: 1, dim: 4, heads: 2 }
    const seconds = measuredWith(planTraining)(config, 'full')
    expect(seconds).toBeGreaterThan(0)
    expect(Number.isFinite(seconds)).toBe(true)
    expect(measuredWith(fakePlan())(config, 'none')).toBeGreaterThanOrEqual(0)
    expect(measuredWith(planTraining)({ ...config, patch: 3 }, 'none')).toBe(Infinity)
  })

  it('says how many steps that are, in words and in the settings', () => {
    const config = { ...defaults, size: [2, 2], j2: 0, samples: 32, threads: 1, dim: 4, heads: 2 }
    const found = suitedTo(config, ['size', 'j2', 'samples', 'dim', 'threads'], { seconds: 5 })
    if (E.isLeft(found)) throw new Error('refused')
    const { config: timed, notes } = found.right
    expect(notes.at(-1)).toContain(`${timed.steps} steps fit into 5 s`)
    expect(timed.steps).toBeGreaterThan(1)
  })
})

describe('--effort and --time', () => {
  it('are read, or refused with what would be right', () => {
    expect(readWish({ effort: 'long', time: '10m' }, [], [])).toEqual(
      E.right({ effort: 'long', seconds: 600 }),
    )
    expect(readWish({ time: '1.5h' }, [], [])).toEqual(E.right({ seconds: 5400 }))
    expect(readWish({}, ['steps'], ['--resume'])).toEqual(E.right({}))
    for (const [texts, given, others, where] of [
      [{ effort: 'max' }, [], [], '--effort'],
      [{ effort: 'long' }, [], ['--resume'], '--effort'],
      [{ time: '10' }, [], [], '--time'],
      [{ time: '0s' }, [], [], '--time'],
      [{ time: '99999h' }, [], [], '--time'],
      [{ time: '10m' }, ['steps'], [], '--time'],
      [{ time: '10m' }, [], ['--config'], '--time'],
    ] as const) {
      const read = readWish(texts, given, others)
      expect(E.isLeft(read) && read.left.map((problem) => problem.where)).toEqual([where])
    }
  })
})
