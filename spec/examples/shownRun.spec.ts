import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { outline } from '../../core/index.ts'
import { shownRun } from '../../examples/run/shownRun.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import { flags } from '../../examples/settings/options.ts'
import type { TrainConfig } from '../../examples/settings/settings.ts'
import { expectFits } from '../shownTexts.ts'
import { fakePlan } from './fakeTraining.ts'

/** A run of so many steps, and what is shown of it. */
const shown = (change: Partial<TrainConfig>, steps: number, exact: number | null): string => {
  const config = { ...defaults, steps: 10, ...change }
  const planned = fakePlan()(config)
  if (E.isLeft(planned)) throw new Error(planned.left.what)
  const training = planned.right
  let state = training.initial()
  const records = Array.from({ length: steps }, () => {
    const next = training.step(state)
    state = next.state
    return next.record
  })
  return outline(shownRun({ config, training, progress: { records, seconds: 75 }, exact }))
}

describe('a saved run', () => {
  it('is shown with its model, the settings that differ, its steps and its last energy', () => {
    const text = shown({ j2: 0.4, lr: 0.02, steps: defaults.steps }, 3, -8)
    expectFits(text)
    const lines = text.split('\n')
    expect(lines.slice(0, 6)).toEqual([
      'run of square 4x4, periodic, J1 = 1, J2 = 0.4',
      expect.stringMatching(/^├── \d+ parameters, 16 sites$/),
      '├── settings that are not the defaults',
      '│   ├── --j2 0.4',
      '│   └── --lr 0.02',
      '├── 3 of 80 steps done in 1:15',
    ])
    expect(lines[6]).toMatch(/^└── energy -?[\d.]+/)
    expect(lines[7]).toMatch(/^ {4}├── relative error \d/)
  })

  it('says so where all are the defaults, no step is done, or no exact energy is known', () => {
    expect(shown({ steps: defaults.steps }, 0, null)).toMatch(
      /\n├── all settings are the defaults\n└── 0 of 80 steps done in 1:15$/,
    )
    expect(shown({}, 1, null)).not.toContain('relative error')
    expect(shown({ marshall: false }, 0, null)).toContain('├── --no-marshall')
  })

  it('shows every setting that counts', () => {
    const text = shown({ lattice: 'triangular', j2: 0, marshall: false, seed: 7 }, 1, null)
    expectFits(text)
    const given = [...text.matchAll(/── (--[\w-]+)/g)].map((m) => m[1])
    // No Marshall signs is the default on a triangular lattice.
    expect(given).toEqual(['--lattice', '--j2', '--steps', '--seed'])
    expect(flags.map(({ flag }) => flag)).toEqual(expect.arrayContaining(given as string[]))
  })
})
