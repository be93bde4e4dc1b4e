import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { keyFrom, normals } from '../../core/index.ts'
import { readLog, toLog } from '../../examples/run/stepLog.ts'
import type { Training } from '../../examples/session/training.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import * as physics from '../../physics/index.ts'
import { fakePlan } from './fakeTraining.ts'

// What the log says of errors is what NetKet's says, and old logs are read as they were written.

const training = (): Training => {
  const plan = fakePlan()(defaults)
  if (E.isLeft(plan)) throw new Error('no plan')
  return plan.right
}

describe('the log', () => {
  it('has the autocorrelation time of NetKet, 0 for independent samples', () => {
    const records = [1, 1.5, 9, null].map((autocorrelationTime, i) => ({
      ...training().step(training().initial()).record,
      step: i + 1,
      autocorrelationTime,
    }))
    expect(toLog(records).Energy.TauCorr).toEqual([0, 0.25, 4, null])
  })

  it('has the TauCorr that NetKet finds in the same chains', () => {
    // x(t+1) = φ x(t) + √(1 − φ²) noise with φ = 0.6: τ = 4, NetKet's time 1.5.
    const [phi, count, length] = [0.6, 2000, 200]
    const chains = physics.chainsOf(normals(keyFrom(4), count * length), count)
    for (const own of chains)
      for (let t = 1; t < length; t += 1)
        own[t] = phi * own[t - 1]! + Math.sqrt(1 - phi * phi) * own[t]!
    // netket/stats/mc_stats_old.py: tau_batch = ((ts / n_batches) * batch_var / bare_var - 1) / 2.
    const means = Float64Array.from(chains, (chain) => physics.mean([chain]))
    const ofNetKet = (length * (physics.variance([means]) / physics.variance(chains)) - 1) / 2
    const { autocorrelationTime } = physics.estimate(chains)
    const record = { ...training().step(training().initial()).record, autocorrelationTime }
    const { TauCorr } = toLog([record]).Energy
    expect(TauCorr[0]! / 1.5).toBeCloseTo(1, 1)
    // The spread of 2000 means knows τ to √(2/2000), 3%.
    expect(Math.abs(TauCorr[0]! - ofNetKet)).toBeLessThan(4 * 0.032 * 2)
  })

  it('from before there were errors of errors holds τ itself, and null for what is infinite', () => {
    const log = toLog([training().step(training().initial()).record])
    const { reliable, varianceError, vScoreError, rHatLimit, effectiveSamples, ...rest } = log
    const old = { ...rest, Energy: { ...rest.Energy, TauCorr: [3], R_hat: [null] } }
    const back = readLog(JSON.stringify(old), 1)
    expect(E.isRight(back) && back.right[0]).toMatchObject({
      autocorrelationTime: 3,
      rHat: null,
      reliable: null,
      varianceError: null,
      vScoreError: null,
      rHatLimit: null,
      effectiveSamples: null,
    })
  })
})
