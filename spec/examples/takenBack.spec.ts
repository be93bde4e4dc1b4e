import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { type Concrete, dataOf, leavesOf } from '../../core/index.ts'
import { decodeCheckpoint, encodeCheckpoint } from '../../examples/run/checkpoint.ts'
import { invalidStep } from '../../examples/run/health.ts'
import { changesOf } from '../../examples/run/resumable.ts'
import { decode, encode, type SafeTensors } from '../../examples/run/safetensors.ts'
import { planTraining } from '../../examples/session/planTraining.ts'
import type { StepRecord, Training, TrainState } from '../../examples/session/training.ts'
import { resolveConfig } from '../../examples/settings/config.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import type { TrainConfig } from '../../examples/settings/settings.ts'
import { study } from '../../examples/study/studyPlan.ts'
import { right } from '../expectations.ts'

// Runs of the command line that take steps back: their checkpoints, their threads, their ends.

/** A learning rate with which no run can keep all its steps. */
const config: TrainConfig = {
  ...defaults,
  lattice: 'chain',
  size: [6],
  j2: 0,
  patch: 2,
  dim: 4,
  heads: 2,
  samples: 256,
  lr: 5,
  threads: 1,
  memory: 2 ** 28,
}
const STEPS = 8

const used = <A>(more: Partial<TrainConfig>, use: (training: Training) => A): A => {
  const training = right(planTraining({ ...config, ...more }))
  try {
    return use(training)
  } finally {
    training.dispose()
  }
}

interface Ran {
  readonly states: readonly TrainState[]
  readonly records: readonly StepRecord[]
}

const ran = (training: Training, from: TrainState, steps: number): Ran => {
  const states = [from]
  const records: StepRecord[] = []
  while (states.at(-1)!.step < steps) {
    const { state, record } = training.step(states.at(-1)!)
    expect(invalidStep(state, record)).toBeUndefined()
    states.push(state)
    records.push(record)
  }
  return { states, records }
}

const bits = (state: TrainState): Uint8Array => encodeCheckpoint(state, 0)

describe('a run with an absurd learning rate', () => {
  it('ends no higher than it began, and counts what it took back', () => {
    for (const sum of ['full', 'sampled'] as const)
      used({ sum }, (training) => {
        const { states, records } = ran(training, training.initial(), STEPS)
        const last = training.settled!(states.at(-1)!)
        const { energy, energyError } = training.measure(last)
        const first = records[0]!
        const error = Math.hypot(energyError, first.energyError)
        expect(energy).toBeLessThanOrEqual(first.energy + 4 * error + 1e-9)
        expect(last.trust!.refusals).toBeGreaterThan(0)
        expect(records.map((r) => r.refusals)).toEqual(
          states.slice(1).map((state) => state.trust!.refusals),
        )
      })
  })

  it('has the same bits from every checkpoint, over refusals, and on two threads', () => {
    const whole = used({}, (training) => {
      const { states, records } = ran(training, training.initial(), STEPS)
      const refused = records.findIndex((r) => r.refusals! > 0)
      expect(refused).toBeGreaterThan(0)
      for (const k of [0, refused - 1, refused, refused + 1]) {
        const { state } = right(decodeCheckpoint(bits(states[k + 1]!), training.initial()))
        expect(state).toEqual(states[k + 1])
        const rest = ran(training, state, STEPS)
        expect(bits(rest.states.at(-1)!)).toEqual(bits(states.at(-1)!))
        expect(rest.records).toEqual(records.slice(k + 1))
      }
      return bits(states.at(-1)!)
    })
    const threaded = used({ threads: 2 }, (training) =>
      bits(ran(training, training.initial(), STEPS).states.at(-1)!),
    )
    expect(threaded).toEqual(whole)
  })
})

describe('the memory of the last step in a checkpoint', () => {
  it('is read as it was written, or refused', () => {
    used({ lr: 0.01 }, (training) => {
      const { state } = training.step(training.initial())
      const good = right(decode(bits(state)))
      const read = (change: (c: SafeTensors) => SafeTensors): string => {
        const found = decodeCheckpoint(encode(change(good)), training.initial())
        return E.isLeft(found) ? found.left : 'Right'
      }
      expect(read((c) => c)).toBe('Right')
      const texts = ['', '0,0', '2,0', '1', '1,-1', '1,0.5', '1,0,-2', '1,0,-2,-1', '1,0,-2,1,1']
      for (const trust of [...texts, '1,0,Infinity,1', 'x,0'])
        expect(read((c) => ({ ...c, metadata: { ...c.metadata, trust } }))).toContain(
          'its trust is',
        )
      for (const name of Object.keys(good.tensors).filter((n) => n.startsWith('start.'))) {
        const { [name]: _, ...rest } = good.tensors
        expect(read((c) => ({ ...c, tensors: rest }))).not.toBe('Right')
      }
      // Without its numbers the tensors belong to nothing.
      const { trust: _, ...metadata } = good.metadata
      expect(read((c) => ({ ...c, metadata }))).toContain('it has a tensor start.')
      expect(training.unfit!(state)).toBeUndefined()
      const { trust, ...without } = state
      expect(training.unfit!(without)).toContain('where its last step started')
      const start = { ...trust!.start!, chains: trust!.start!.chains.map(() => 1) }
      expect(training.unfit!({ ...state, trust: { ...trust!, start } })).toContain('spins up')
    })
  })
})

describe('a run from before steps were taken back', () => {
  const { takeBack: _, ...old } = defaults

  it('goes on without, and a new run from its file takes steps back', () => {
    const read = (ofRun: boolean): TrainConfig =>
      right(resolveConfig({ flags: {}, file: { name: 'config.json', values: { ...old }, ofRun } }))
    expect(read(true).takeBack).toBe(false)
    expect(read(false).takeBack).toBe(true)
    const kept = { ...defaults, takeBack: false }
    expect(changesOf({ ...old }, kept)).toEqual([])
    expect(changesOf({ ...old }, defaults).map(({ key }) => key)).toEqual(['takeBack'])
    expect(study.every(({ settings }) => !settings.takeBack)).toBe(true)
  })

  it('has the bits of plain steps, and states without the memory', () => {
    used({ takeBack: false, lr: 0.01 }, (plain) =>
      used({ lr: 0.01 }, (judged) => {
        const steps = ran(plain, plain.initial(), 3)
        const other = ran(judged, judged.initial(), 3)
        const { trust, ...state } = other.states.at(-1)!
        expect(trust!.refusals).toBe(0)
        expect(bits(state)).toEqual(bits(steps.states.at(-1)!))
        expect(steps.records.every((r) => r.refusals === null)).toBe(true)
        expect(leavesOf(state.params).map((x) => dataOf(x as Concrete))).toEqual(
          leavesOf(steps.states.at(-1)!.params).map((x) => dataOf(x as Concrete)),
        )
      }),
    )
  })
})
