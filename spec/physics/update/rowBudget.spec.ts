import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { keyFrom, normals } from '../../../core/index.ts'
import { type ThreadPool, threadPool } from '../../../core/threads/pool.ts'
import { singleThread, type Team } from '../../../core/tiles/team.ts'
import * as physics from '../../../physics/index.ts'
import { seed } from '../../arbitraries.ts'
import { problemOf } from '../../expectations.ts'

// Derivatives in pieces: the same update as with all of them in memory, bit for bit.

const pools: ThreadPool[] = [2, 3].map((threads) => threadPool(threads))
afterAll(() => {
  for (const pool of pools) pool.close()
})

const spaces = ['samples', 'parameters', 'none'] as const
const sizes: fc.Arbitrary<physics.UpdateSizes> = fc.record({
  samples: fc.integer({ min: 1, max: 5000 }),
  params: fc.integer({ min: 1, max: 200_000 }),
  precision: fc.constantFrom('float32', 'float64'),
  space: fc.constantFrom(...spaces),
})

const matrixBytes = ({ samples, params, space }: physics.UpdateSizes): number =>
  8 * { samples: 2 * samples, parameters: params, none: 0 }[space] ** 2
const rowBytes = ({ params, precision }: physics.UpdateSizes): number =>
  2 * params * (precision === 'float64' ? 8 : 4)

describe('room within a budget', () => {
  it('holds what it says, and never more; all samples where they fit', () => {
    fc.assert(
      fc.property(sizes, fc.double({ min: 0, max: 1.2, noNaN: true }), (s, share) => {
        const [least, all] = [physics.leastMemory(s), physics.memoryForAll(s)]
        expect(least).toBeLessThanOrEqual(all)
        const budget = Math.ceil(least + share * (all - least))
        const room = physics.planRows(s, budget)
        const samples = room.resident + room.streamed
        expect(matrixBytes(s) + samples * rowBytes(s)).toBeLessThanOrEqual(budget)
        if (budget >= all) expect(room).toEqual({ resident: s.samples, streamed: 0 })
        else {
          expect(room.resident).toBeGreaterThan(0)
          expect(samples).toBeLessThan(s.samples)
          expect(room.streamed > 0).toBe(s.space === 'samples')
        }
      }),
    )
  })

  it('is refused where the budget is too small, and the least that the error names is enough', () => {
    fc.assert(
      fc.property(sizes, (s) => {
        const least = physics.leastMemory(s)
        const { problem } = problemOf(
          () => physics.planRows(s, least - 1),
          'DomainError',
          'at least',
        )
        expect(problem.data).toEqual({ budget: least - 1, least })
        expect(physics.memoryProblem(s, least)).toBeUndefined()
      }),
    )
    const s = { samples: 256, params: 155_620, precision: 'float64', space: 'samples' } as const
    const { message } = problemOf(() => physics.planRows(s, 2 ** 26), 'DomainError')
    expect(message.split('\n')).toEqual([
      'DomainError in memory: 64MiB are too few for 256 samples of 155620 parameters.',
      '  the matrix of the solve, [512, 512]: 2MiB',
      '  derivatives of one sample: 2.4MiB; of all: 607.9MiB',
      'Fix: at least 154MiB; 609.9MiB compute nothing twice.',
    ])
  })

  it('lets 4 GiB of derivatives in, whole or in pieces, whatever the budget', () => {
    // 2 · 1024 · 262,144 numbers of 8 bytes.
    const s = { samples: 1024, params: 2 ** 18, precision: 'float64', space: 'samples' } as const
    expect(s.samples * rowBytes(s)).toBe(4 * 2 ** 30)
    expect(physics.planRows(s, 5 * 2 ** 30)).toEqual({ resident: 1024, streamed: 0 })
    expect(physics.planRows(s, 2 ** 30)).toEqual({ resident: 192, streamed: 32 })
    // 2³³ numbers are more than one array holds, whatever the budget.
    const large = { ...s, samples: 2 ** 14 }
    const { resident: held, streamed } = physics.planRows(large, 2 ** 40)
    for (const samples of [held, streamed]) expect(samples * 2 * s.params).toBe(2 ** 31)
  })
})

/** Derivatives that are asked for some at a time, as the step does, with every call noted. */
const sourceOf = (
  samples: number,
  params: number,
  n: number,
  precision: 'float32' | 'float64',
  calls: [number, number][] = [],
): physics.DerivativeSource => {
  const all = normals(keyFrom(n), 2 * samples * params)
  return {
    samples,
    params,
    precision,
    rows: (from, to, memory) => {
      calls.push([from, to])
      memory.set(all.subarray(2 * from * params, 2 * to * params))
      return memory
    },
  }
}

const energiesOf = (samples: number, n: number) => ({
  re: normals(keyFrom(n + 1), samples),
  im: normals(keyFrom(n + 2), samples),
})

/** Sizes, weights (some of them 0) and room for a few pieces. */
const updates = fc.record({
  samples: fc.integer({ min: 1, max: 300 }),
  params: fc.integer({ min: 1, max: 90 }),
  n: seed,
  precision: fc.constantFrom('float32' as const, 'float64' as const),
  absent: fc.nat(7),
})

interface Update {
  readonly samples: number
  readonly params: number
  readonly n: number
  readonly precision: 'float32' | 'float64'
  readonly absent: number
}

const updateOf = (
  { samples, params, n, precision, absent }: Update,
  room: physics.RowBudget,
  optimizer: physics.Optimizer,
  team: Team,
): readonly number[] => {
  const raw = Array.from({ length: samples }, (_, s) => (s > 0 && s % 8 < absent ? 0 : 1 + (s % 3)))
  const total = raw.reduce((a, b) => a + b)
  const weights = raw.map((w) => w / total)
  const source = sourceOf(samples, params, n, precision)
  const c = physics.centredBlocks(source, energiesOf(samples, n), weights, room, team)
  return [...optimizer.update(c, optimizer.init(params)).delta]
}

const optimizersOf = (team: Team, single: boolean): readonly physics.Optimizer[] => [
  physics.stochasticReconfiguration({ diagShift: 1e-2, team, single }),
  physics.stochasticReconfiguration({ diagShift: 1e-2, momentum: 0.5, team, single }),
  physics.march({ diagShift: 1e-2, momentum: 0.5, team, single }),
  physics.sgd({ team }),
]

describe('an update in pieces', () => {
  it('has the bits of one with all derivatives in memory, in sample space and for the force', () => {
    fc.assert(
      fc.property(
        updates,
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 1, max: 80 }),
        (update, held, streamed) => {
          const single = update.precision === 'float32'
          for (const optimizer of optimizersOf(singleThread, single)) {
            const space = optimizer.space(2 * update.samples, update.params)
            // Fewer parameters than rows are solved for in pieces of 256 rows, see below.
            const room =
              space === 'parameters' ? { resident: 128, streamed: 0 } : { resident: held, streamed }
            const whole = { resident: update.samples, streamed: 0 }
            expect(updateOf(update, room, optimizer, singleThread)).toEqual(
              updateOf(update, whole, optimizer, singleThread),
            )
          }
        },
      ),
      { numRuns: 25 },
    )
  })

  it('has the same bits on any number of threads', async () => {
    await new Promise((resolve) => setTimeout(resolve, 500))
    const update = { samples: 150, params: 700, n: 3, precision: 'float32', absent: 2 } as const
    for (const room of [
      { resident: 150, streamed: 0 },
      { resident: 64, streamed: 16 },
    ])
      for (const k of [0, 1, 2]) {
        const wanted = updateOf(update, room, optimizersOf(singleThread, true)[k]!, singleThread)
        for (const { team } of pools)
          expect(updateOf(update, room, optimizersOf(team, true)[k]!, team)).toEqual(wanted)
      }
  })

  it('asks for derivatives in a number that follows from the pieces; once where all fit', () => {
    const asked = (room: physics.RowBudget): number => {
      const calls: [number, number][] = []
      const source = sourceOf(96, 400, 1, 'float64', calls)
      const c = physics.centredBlocks(source, energiesOf(96, 1), undefined, room)
      physics.stochasticReconfiguration({ diagShift: 1e-2 }).update(c, {})
      return calls.reduce((n, [from, to]) => n + to - from, 0)
    }
    expect(asked({ resident: 96, streamed: 0 })).toBe(96)
    // Means 96; pieces of 32 held, one of them still there: 64; past them 64 + 32 + 0; and once
    // more for the update, one of them still there: 64.
    expect(asked({ resident: 32, streamed: 8 })).toBe(96 + 64 + 96 + 64)
  })

  it('names the derivative that is no number by its sample, whatever the piece', () => {
    for (const held of [3, 10, 40]) {
      const source = sourceOf(40, 5, 1, 'float64')
      const spoilt: physics.DerivativeSource = {
        ...source,
        rows: (from, to, memory) => {
          source.rows(from, to, memory)
          // Im of sample 23, parameter 4.
          if (from <= 23 && 23 < to) memory[(2 * (23 - from) + 1) * 5 + 4] = Number.NaN
          return memory
        },
      }
      const room = { resident: held, streamed: 2 }
      const go = () => physics.centredBlocks(spoilt, energiesOf(40, 1), undefined, room)
      problemOf(go, 'NonFinite in srUpdate', 'derivative 4 of sample 23 is not finite')
    }
  })
})
