import { beforeAll, describe, expect, it } from 'vitest'
import { gradientReport, jvpRules, vjpRules } from '../../../autodiff/index.ts'
import { ruleTrials } from './ruleTrials.ts'
import { studentTrials } from './studentTrials.ts'
import { amiss, lineOf, RESOLUTION, tallied } from './tally.ts'
import { type Outcome, outcomeOf } from './trials.ts'

// A sample of `npm run gradient-mistakes`: mistakes in rules are called wrong, blamed and named.

/** One of so many mistakes is tried. */
const EVERY = 151

describe('mistakes in every rule', () => {
  const before = [vjpRules, jvpRules].map((table) => ({ ...table }))
  let outcomes: readonly Outcome[] = []
  beforeAll(() => {
    const trials = [...ruleTrials(1, 1), ...studentTrials(1, 1)]
    expect(trials.length).toBeGreaterThan(4_000)
    outcomes = trials
      .filter((_, i) => i % EVERY === 0)
      .map((trial) => outcomeOf(trial, gradientReport))
  })

  it('are called wrong, blamed on the guilty equation, and named', () => {
    const all = tallied(outcomes, ({ trial }) => trial.group).at(-1)!
    const unfound = outcomes.filter(amiss).map(lineOf).join('\n')
    expect(all.changed).toBeGreaterThan(25)
    expect(all.wrong / all.changed, unfound).toBeGreaterThanOrEqual(0.99)
    expect(all.blamed / all.wrong, unfound).toBeGreaterThanOrEqual(0.99)
    expect(all.named / all.nameable, unfound).toBeGreaterThanOrEqual(0.9)
  })

  it('are of every table and change most numbers they should', () => {
    const counts = tallied(outcomes, ({ trial }) => trial.group)
    expect(counts.map(({ what }) => what).sort()).toEqual([
      'all',
      'customVjp',
      'jvpRules',
      'vjpRules',
    ])
    expect(counts.at(-1)!.changed / outcomes.length).toBeGreaterThan(0.75)
    expect(outcomes.filter(({ change }) => change > RESOLUTION).length).toBeGreaterThan(0)
  })

  it('leave the tables as they were', () => {
    expect([vjpRules, jvpRules].map((table) => ({ ...table }))).toEqual(before)
  })
})
