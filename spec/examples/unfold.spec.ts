import { either as E } from 'fp-ts'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Progress, unfold } from '../../examples/run/unfold.ts'
import type { Training } from '../../examples/session/training.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import { fakePlan } from './fakeTraining.ts'

// When a run saves, on a clock of its own: every step takes one second.

afterEach(() => {
  vi.restoreAllMocks()
})

const training = (): Training => {
  const plan = fakePlan()(defaults)
  if (E.isLeft(plan)) throw new Error('no plan')
  return plan.right
}

/** A run from some progress; gives the seconds at which it saved, and how it ended. */
const run = async (steps: number, saveSeconds: number, before: number) => {
  const clocked = training()
  let now = 0
  vi.spyOn(process.hrtime, 'bigint').mockImplementation(() => BigInt(Math.round(now * 1e9)))
  const from: Progress = { state: clocked.initial(), records: [], seconds: before }
  const saved: number[] = []
  const ending = await unfold(
    {
      ...clocked,
      step: (state) => {
        now += 1
        return clocked.step(state)
      },
    },
    from,
    {
      steps,
      stopped: () => undefined,
      onStep: () => {},
      saveSeconds,
      save: ({ seconds, state, records }) => {
        expect([seconds - before, records.length]).toEqual([state.step, state.step])
        saved.push(seconds)
      },
    },
  )
  return { saved, ending }
}

describe('a run in time', () => {
  it.each([0, 100])('is saved whenever so many seconds have passed, after %d before', async (t) => {
    expect((await run(10, 3, t)).saved).toEqual([t + 3, t + 6, t + 9])
    expect((await run(5, 1, t)).saved).toEqual([1, 2, 3, 4, 5].map((s) => t + s))
    expect((await run(5, 60, t)).saved).toEqual([])
  })

  it('counts the seconds of all its sessions, in its records too', async () => {
    const { ending } = await run(4, 60, 100)
    expect(ending.kind).toBe('done')
    expect(ending.progress.seconds).toBe(104)
    expect(ending.progress.records.map((r) => r.seconds)).toEqual([101, 102, 103, 104])
  })
})
