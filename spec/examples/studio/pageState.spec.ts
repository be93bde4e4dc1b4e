import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StepRecord } from '../../../examples/session/index.ts'
import { defaults } from '../../../examples/settings/index.ts'
import type { Described, Report } from '../../../examples/studio/engine/index.ts'
import { fragmentOf, linked, settingsOf } from '../../../examples/studio/page/state/pageLink.ts'
import {
  type Action,
  initialState,
  isBusy,
  type PageState,
  problemOf,
  reduce,
} from '../../../examples/studio/page/state/pageState.ts'
import { digitsOf, sentenceOf } from '../../../examples/studio/page/state/words.ts'

// What the page shows is a function of a state, and the state of the messages of its engine.
// Finds faults in examples/studio/page/state/pageState.ts, examples/studio/page/state/pageLink.ts,
// examples/studio/page/state/words.ts.

const config = { ...defaults, threads: 1 }
const described: Described = {
  config,
  notes: [],
  drawing: { sites: Array.from({ length: 16 }, (_, i) => [i % 4, i]), bonds: [], patchOf: [] },
  parameters: 100,
  flops: 1000,
  patchGrid: [4, 4],
  command: 'psigrad train',
}
const record = (step: number, energy: number): StepRecord =>
  ({ step, energy, energyError: 1e-3 }) as StepRecord
const report = (given: Report, problem?: string): Action => ({
  kind: 'report',
  report: given,
  ...(problem === undefined ? {} : { problem }),
})
const stateAfter = (...actions: readonly Action[]): PageState =>
  actions.reduce(reduce, initialState({}))
const ready = report({ kind: 'described', run: 0, described })
const exact = report({ kind: 'exact', run: 0, energy: -8 }, problemOf(config))
const begun: readonly Action[] = [
  ready,
  exact,
  { kind: 'start', id: 1, beside: false },
  report({ kind: 'started', run: 1, threads: 1 }),
]
const finished = (run: number, energy: number, seconds: number): Action =>
  report({
    kind: 'finished',
    run,
    record: record(80, energy),
    view: { step: 80, maps: [], spins: [] },
    observables: {} as never,
    evaluationsPerSecond: 1,
    seconds,
  })

describe('the state of the page', () => {
  it('says what happens, from the first second to the last', () => {
    expect(sentenceOf(stateAfter())).toBe('The engine starts.')
    expect(sentenceOf(stateAfter(ready))).toMatch('100 parameters')
    expect(sentenceOf(stateAfter(...begun))).toMatch('warm up')
    const step = report({ kind: 'steps', run: 1, records: [record(34, -8 * (1 - 1e-4))] })
    expect(sentenceOf(stateAfter(...begun, step))).toMatch('Step 34 of 80: 4.0 digits')
    expect(sentenceOf(stateAfter(...begun, step, finished(1, -8 * (1 - 1e-6), 6)))).toMatch(
      'Done in 6.0 s: E/N = −0.499999 ± 6.3e−5, 6.0 digits.',
    )
  })

  it('compares two runs by their errors', () => {
    const two = (energy: number): string =>
      sentenceOf(
        stateAfter(
          ...begun,
          finished(1, -7.9, 10),
          { kind: 'start', id: 2, beside: true },
          finished(2, energy, 5),
        ),
      )
    expect(two(-7.9005)).toMatch(
      'The same as factored, seed 1 within two standard errors, which took 2.0 times',
    )
    expect(two(-7.95)).toMatch('Lower than factored, seed 1 by 3.1e−3 a site, 35 standard errors')
    expect(two(-7.85)).toMatch('Higher than')
  })

  it('ignores late answers about settings, and keeps the last good ones', () => {
    const problems = [{ where: '--dim 7', expected: 'a multiple of --heads', key: 'dim' as const }]
    const set: Action = { kind: 'set', settings: { dim: '7' } }
    const { asked } = stateAfter(ready, set)
    const wrong = stateAfter(ready, set, report({ kind: 'unusable', run: asked, problems }))
    expect(wrong.problems).toEqual(problems)
    expect(wrong.described).toBe(described)
    const late = reduce(wrong, report({ kind: 'described', run: 0, described }))
    expect(late.problems).toEqual(problems)
  })

  it('is busy only while its engine computes', () => {
    const busy = (...actions: readonly Action[]): boolean =>
      isBusy(stateAfter(...actions).runs.at(-1))
    expect(busy()).toBe(false)
    expect(busy(...begun)).toBe(true)
    expect(busy(...begun, { kind: 'phase', phase: 'paused' })).toBe(false)
    expect(busy(...begun, finished(1, -8, 1))).toBe(false)
    expect(busy(...begun, report({ kind: 'failed', run: 1, message: 'NaN' }))).toBe(false)
  })

  it('has digits where there is an exact energy', () => {
    expect(digitsOf(-8.08, -8)).toBeCloseTo(2, 10)
    expect(digitsOf(-8, -8)).toBe(16)
    expect(digitsOf(-8, null)).toBe(null)
    expect(digitsOf(-8, undefined)).toBe(null)
  })
})

describe('a link', () => {
  it('carries the settings of the rail, and nothing else', () => {
    const settings = fc.dictionary(fc.constantFrom(...linked), fc.string({ maxLength: 30 }))
    fc.assert(
      fc.property(settings, (given) => {
        const back = settingsOf(fragmentOf(given))
        expect(back).toEqual({ ...given })
      }),
    )
    expect(settingsOf('#threads=9&backend=gpu&j2=0.3&nothing')).toEqual({ j2: '0.3' })
    expect(fragmentOf({})).toBe('')
  })
})
