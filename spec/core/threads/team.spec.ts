import { MessageChannel } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cholesky } from '../../../core/linalg/cholesky.ts'
import { symmetricProduct } from '../../../core/linalg/gram.ts'
import { type Matrix, matrix } from '../../../core/linalg/matrix.ts'
import { matTVec, matVec } from '../../../core/linalg/vectors.ts'
import { type ThreadPool, threadPool } from '../../../core/threads/pool.ts'
import {
  failureOf,
  isShared,
  joinTask,
  leadTask,
  newCounters,
} from '../../../core/threads/shared.ts'
import { received, sent } from '../../../core/threads/views.ts'
import { singleThread, type Task, type Team } from '../../../core/tiles/team.ts'
import { centred, srUpdate } from '../../../physics/index.ts'
import { gaussian } from '../linalg/support.ts'

// Any number of threads gives the bits of one thread.

const pools: ThreadPool[] = [1, 2, 3].map((threads) => threadPool(threads))
beforeAll(async () => {
  await Promise.all(pools.map((pool) => pool.ready()))
})
afterAll(() => {
  for (const pool of pools) pool.close()
})

const copyOf = (a: Matrix): Matrix => matrix(a.rows, a.cols, a.data.slice())
/** Returns the place where two results differ first, or −1. */
const differAt = (a: Float64Array, b: Float64Array): number => {
  expect(a.length).toBe(b.length)
  return a.findIndex((x, i) => !Object.is(x, b[i]))
}
const given = (team: Team, a: Matrix): Matrix => {
  const data = team.memory('given', a.data.length)
  data.set(a.data)
  return matrix(a.rows, a.cols, data)
}

describe.each(pools.map((pool, k) => [k + 1, pool] as const))('a team of %i', (_, { team }) => {
  it('multiplies and factors to the bits of one thread, again and again', () => {
    for (const [m, k] of [
      [3, 2],
      [130, 40],
      [300, 260],
      [700, 90],
    ] as const) {
      const a = gaussian(m, k, m)
      for (const side of ['rows', 'columns'] as const) {
        const product = symmetricProduct(a, side)
        const shared = symmetricProduct(given(team, a), side, { team })
        expect(differAt(shared.data, product.data)).toBe(-1)
        const wanted = cholesky(product, { shift: 1 })
        const factored = copyOf(cholesky(shared, { shift: 1, team }))
        expect(differAt(factored.data, wanted.data)).toBe(-1)
      }
    }
  })

  it('gives the same update of stochastic reconfiguration, in both spaces', () => {
    const [samples, params] = [200, 150]
    const o = { samples, params, rows: gaussian(2 * samples, params, 1).data }
    const energy = { re: gaussian(1, samples, 3).data, im: gaussian(1, samples, 4).data }
    for (const space of ['parameters', 'samples'] as const) {
      const wanted = srUpdate({ diagShift: 1e-3, space })(centred(o, energy))
      const c = centred(o, energy, undefined, team)
      expect(srUpdate({ diagShift: 1e-3, space, team })(c)).toEqual(wanted)
    }
  })

  it('multiplies vectors to the bits of one thread, rows in pieces or not', () => {
    for (const [m, k] of [
      [3, 2],
      [130, 5000],
    ] as const) {
      const a = gaussian(m, k, m)
      const [x, y] = [gaussian(1, k, 1).data, gaussian(1, m, 2).data]
      const shared = given(team, a)
      expect(differAt(matVec(shared, x, team), matVec(a, x))).toBe(-1)
      expect(differAt(matTVec(shared, y, team), matTVec(a, y))).toBe(-1)
      const cut = Math.floor(m / 3)
      const rows = (from: number, to: number): Matrix =>
        matrix(to - from, k, shared.data.subarray(from * k, to * k))
      const first = matTVec(rows(0, cut), y.slice(0, cut), team)
      const both = matTVec(rows(cut, m), y.slice(cut), team, first)
      expect(differAt(both, matTVec(a, y))).toBe(-1)
    }
  })

  it('finds a pivot that is not positive', () => {
    const a = gaussian(300, 20, 5)
    expect(() => cholesky(symmetricProduct(given(team, a), 'rows', { team }), { team })).toThrow(
      'NotPositiveDefinite',
    )
  })
})

describe('arrays in messages', () => {
  it('arrive where they lie, beyond 4 GiB too, and everything else as it was', async () => {
    // Nothing of it is written but two numbers, so that it takes no memory.
    const memory = new SharedArrayBuffer(5 * 2 ** 30)
    const data = new Float64Array(memory, 8, 2 ** 29 + 10)
    const singles = new Float32Array(memory, 4 * 2 ** 30, 5)
    const own = Float64Array.of(1, 2)
    data[data.length - 1] = 7
    const message = { task: 'x', spec: { a: { data, rows: 2 }, list: [singles, own, null], n: 1 } }
    const { port1, port2 } = new MessageChannel()
    const arrived = new Promise<typeof message>((resolve) => {
      port2.on('message', (m: unknown) => resolve(received(m) as typeof message))
    })
    port1.postMessage(sent(message))
    const { task, spec } = await arrived
    port1.close()
    expect([task, spec.a.rows, spec.n, spec.list[2]]).toEqual(['x', 2, 1, null])
    expect([spec.a.data.length, spec.a.data.byteOffset]).toEqual([2 ** 29 + 10, 8])
    expect(spec.a.data[data.length - 1]).toBe(7)
    expect(spec.list[1]).toEqual(own)
    const there = spec.list[0] as Float32Array
    expect([there.length, there.byteOffset]).toEqual([5, 4 * 2 ** 30])
    there[4] = 3
    expect(singles[4]).toBe(3)
  })
})

describe('a task on several threads', () => {
  const twoPhases = (doItem: (phase: number, item: number) => void): Task<object> => ({
    name: 'two phases',
    phases: () => [3, 2],
    start: () => doItem,
  })

  it('is done phase by phase, each item once', () => {
    const seen: string[] = []
    const task = twoPhases((phase, item) => seen.push(`${phase} ${item}`))
    const counters = newCounters([3, 2])
    expect(leadTask(task, {}, counters, 10)).toBe('done')
    expect(seen).toEqual(['0 0', '0 1', '0 2', '1 0', '1 1'])
    // A worker that comes late finds nothing left.
    joinTask(task, { task: task.name, spec: {}, counters })
    expect(seen.length).toBe(5)
  })

  it('that a worker took and never finished is noticed', () => {
    const task = twoPhases(() => {})
    const counters = newCounters([3, 2])
    Atomics.add(counters, 2, 1) // an item of the first phase is taken
    expect(leadTask(task, {}, counters, 10)).toBe('lost')
  })

  it('that failed on a worker is noticed', () => {
    const counters = newCounters([3, 2])
    const failing = twoPhases((phase) => {
      if (phase === 0) throw new Error('broken')
    })
    expect(() => joinTask(failing, { task: '', spec: {}, counters })).toThrow('broken')
    expect(
      leadTask(
        twoPhases(() => {}),
        {},
        counters,
        10,
      ),
    ).toBe('failed')
    expect(failureOf(counters)).toBe('broken')
  })

  it('that failed on the leading thread lets nobody wait for it', () => {
    const counters = newCounters([3, 2])
    const failing = twoPhases(() => {
      throw new Error('broken')
    })
    expect(leadTask(failing, {}, counters, 10)).toBe('failed')
    const after: number[] = []
    joinTask(
      twoPhases((phase) => void after.push(phase)),
      { task: '', spec: {}, counters },
    )
    expect(after).toEqual([])
  })

  it('in memory that others do not see is done alone', () => {
    const { team } = pools[1]!
    const a = gaussian(300, 30, 7)
    const product = symmetricProduct(a, 'rows', { team: { ...singleThread, run: team.run } })
    expect(differAt(product.data, symmetricProduct(a).data)).toBe(-1)
    expect(isShared({ a: { data: new Float64Array(1) }, n: 1 })).toBe(false)
    expect(isShared({ a: { data: team.memory('x', 1) }, n: 1, kind: 'rows' })).toBe(true)
  })
})
