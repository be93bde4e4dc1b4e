import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { initialState, type ScheduleName, schedules } from '../../../physics/index.ts'
import { drawn, plainly, runOf, unfolded, waves } from '../smallRuns.ts'

const names = Object.keys(schedules) as ScheduleName[]

describe('schedules of the learning rate', () => {
  it('start at 1, never rise, and never stop a run', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.integer({ min: 1, max: 500 }), (name, steps) => {
        const shares = Array.from({ length: steps }, (_, t) => schedules[name](steps)(t))
        expect(shares[0]).toBe(1)
        expect(shares.every((share, t) => share > 0 && share <= (shares[t - 1] ?? 1))).toBe(true)
      }),
    )
  })

  it('are what their formulas say at half time', () => {
    const half = (name: ScheduleName): number => schedules[name](100)(50)
    expect(half('constant')).toBe(1)
    expect(half('linear')).toBe(0.5)
    expect(half('cosine')).toBeCloseTo(0.5, 15)
    expect(half('inverse')).toBeCloseTo(1 / 6, 15)
  })

  it('scale the learning rate of each step', () => {
    const vmc = runOf(waves.rbm, { learningRate: 0.04 })
    const from = initialState(vmc, drawn(waves.rbm, 5), 1)
    const halved = unfolded({ ...vmc, schedule: (t) => 1 / (1 + t) }, from, 2).map((s) => s.state)
    const [first] = unfolded(vmc, from, 1)
    expect(plainly(halved[0]!)).toEqual(plainly(first!.state))
    const [small] = unfolded({ ...vmc, learningRate: 0.02 }, halved[0]!, 2)
    expect(plainly(halved[1]!)).toEqual(plainly(small!.state))
  })
})
