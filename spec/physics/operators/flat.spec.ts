import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, describe, expect, it } from 'vitest'
import { compile, keyFrom, type Tensor, zeros } from '../../../core/index.ts'
import { threadPool } from '../../../core/threads/pool.ts'
import type { Team } from '../../../core/tiles/team.ts'
import { initialise } from '../../../models/index.ts'
import * as physics from '../../../physics/index.ts'
import { drawn, runOf, SITES, type State, waves } from '../smallRuns.ts'

// A run of any length takes the memory of a short one.

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes that live: what the collector leaves of objects, arrays and the memory of modules. */
const living = async (): Promise<number> => {
  for (let k = 0; k < 3; k += 1) {
    collect()
    // Memory of arrays and workers is given back in turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** As often as growth is measured: a leak grows every time, what the engine learns does not. */
const TIMES = 3

interface Growth {
  /** Bytes that live after the calls more than before. */
  readonly whole: number
  /** The same, had all calls left as little as the third of them that left least. */
  readonly least: number
}

/** Measures the growth over `more` calls that follow `some` others. */
const growth = async (some: number, more: number, call: () => void): Promise<Growth> => {
  for (let k = 0; k < some; k += 1) call()
  const increments: number[] = []
  for (let t = 0; t < TIMES; t += 1) {
    const before = await living()
    for (let k = 0; k < more / TIMES; k += 1) call()
    increments.push((await living()) - before)
  }
  return {
    whole: increments.reduce((a, b) => a + b, 0),
    least: Math.min(...increments) * TIMES,
  }
}

/** Only one run uses a second worker, which waits where a machine is busy. */
const pools = { one: threadPool(1), two: threadPool(2) }
afterAll(() => {
  for (const pool of Object.values(pools)) pool.close()
})

describe('memory over 1,000 steps', () => {
  /** Over 900 steps the engine keeps what it learns of the code, far less than a state each. */
  const FLAT = 600_000

  const optimizers = {
    sr: (team: Team) => physics.stochasticReconfiguration({ diagShift: 1e-2, momentum: 0.5, team }),
    adam: (team: Team) => physics.adam({ team }),
  }
  const grown = async (
    backend: 'wasm' | 'reference',
    name: 'sr' | 'adam',
    threads: 'one' | 'two',
    steps = 900,
    seen: (state: State) => void = () => {},
  ): Promise<Growth> => {
    const { runner, team } = pools[threads]
    const wave = waves.rbm
    const evaluators = physics.evaluatorsOf(wave, initialise(wave, keyFrom(0)), SITES, {
      backend,
      runner,
    })
    const small = { sum: 'sampled', chains: 2, length: 2, learningRate: 1e-3 } as const
    const vmc = {
      ...runOf(wave, { ...small, optimizer: optimizers[name](team) }),
      evaluators,
      team,
    }
    const step = physics.vmcStep(vmc)
    let state = physics.initialState(vmc, drawn(wave, 1), 1)
    const bytes = await growth(100, steps, () => {
      state = step(state).state
      seen(state)
    })
    expect(state.step).toBe(100 + steps)
    return bytes
  }

  it.each([
    ['wasm', 'sr', 'two'],
    ['wasm', 'adam', 'one'],
    ['reference', 'sr', 'one'],
  ] as const)('is flat: backend %s, %s, threads: %s', async (backend, name, threads) => {
    expect((await grown(backend, name, threads)).least).toBeLessThan(FLAT)
  })

  it('would show a state kept for each step', async () => {
    const kept: State[] = []
    const { whole } = await grown('wasm', 'sr', 'one', 300, (state) => kept.push(state))
    // A third of the steps leave as much as all of them may.
    expect(whole).toBeGreaterThan(3 * (FLAT / 4))
    expect(kept).toHaveLength(400)
  })
})

describe('memory over many compilations', () => {
  const f = (w: Tensor, x: Tensor): Tensor => physics.ravel([w, x])
  const once = (backend: 'wasm' | 'reference') => {
    const made = compile(f, ['shared', 'perSample'], { backend })(zeros([50]), zeros([50]))
    made.run(zeros([50]), zeros([3, 50]))
    return made
  }
  /** One of them that lives takes more, one that is gone leaves less. */
  const EACH = { wasm: 10_000, reference: 1_500 }

  it.each(['wasm', 'reference'] as const)('is flat: backend %s', async (backend) => {
    expect((await growth(20, 99, () => once(backend))).least).toBeLessThan(99 * EACH[backend])
  })

  it.each(['wasm', 'reference'] as const)('would show one that is kept: %s', async (backend) => {
    const kept: unknown[] = []
    const { whole } = await growth(5, 30, () => kept.push(once(backend)))
    expect(whole).toBeGreaterThan(30 * EACH[backend])
    expect(kept).toHaveLength(35)
  })
})
