// Finds faults in core/threads/serveWork.ts.

import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  add,
  type Concrete,
  compile,
  dataOf,
  dot,
  exp,
  keptMemory,
  mul,
  type Precision,
  type Runner,
  serialRunner,
  sin,
  softmax,
  type Tensor,
  type ThreadPool,
  tanh,
  threadPool,
} from '../../../core/index.ts'
import {
  joinJob,
  leadJob,
  newControl,
  type SharedJob,
  takeTiles,
} from '../../../core/threads/sharedJob.ts'
import { noise } from '../../arbitraries.ts'
import { problemOf } from '../../expectations.ts'

// Any number of threads gives the bits of one thread.

const pools: ThreadPool[] = []
const poolOf = (threads: number): ThreadPool => {
  const pool = threadPool(threads)
  pools.push(pool)
  return pool
}
afterAll(() => {
  for (const pool of pools) pool.close()
})

const functions = {
  mixed: (w: Tensor, x: Tensor): Tensor => tanh(dot(softmax(dot(w, x)), exp(sin(x)))),
  other: (w: Tensor, x: Tensor): Tensor => mul(add(w, x), sin(dot(x, w))),
}
const made = (f: (w: Tensor, x: Tensor) => Tensor, runner: Runner, precision: Precision) => {
  const options = { runner, precision }
  return compile(f, ['shared', 'perSample'], options)(noise([4, 4], 1), noise([4, 4], 2))
}
const COUNTS = [0, 1, 32, 33, 500, 1000]
const w = (n: number): Concrete => noise([4, 4], n)
const xs = (n: number, count: number): Concrete => noise([count, 4, 4], n)
/** Returns the place where two results differ first, or −1. */
const differAt = (a: Tensor, b: Tensor): number => {
  const [p, q] = [dataOf(a as Concrete), dataOf(b as Concrete)]
  expect(p.length).toBe(q.length)
  return p.findIndex((x, i) => !Object.is(x, q[i]))
}
describe('a pool of threads', () => {
  const sizes = [1, 3]
  const running = new Map(sizes.map((threads) => [threads, poolOf(threads)]))
  const closing = poolOf(2)
  /** What follows is shared among threads in earnest. */
  beforeAll(async () => {
    await Promise.all([...running.values(), closing].map((pool) => pool.ready()))
  })

  it.each(sizes)('%s: gives the bits of one thread, job after job', (threads) => {
    const { runner } = running.get(threads)!
    for (const precision of ['float64', 'float32'] as const) {
      const pooled = made(functions.mixed, runner, precision)
      const reusing = pooled.runInto(keptMemory())
      const serial = made(functions.mixed, serialRunner, precision)
      COUNTS.forEach((count, k) => {
        const [p, x] = [w(k), xs(k + 10, count)]
        const wanted = serial.run(p, x)
        for (let job = 0; job < 3; job += 1) expect(differAt(pooled.run(p, x), wanted)).toBe(-1)
        expect(differAt(reusing(p, x), wanted)).toBe(-1)
      })
    }
  })

  it('keeps programs apart', () => {
    const { runner } = running.get(3)!
    const all = (of: Runner) => [
      made(functions.mixed, of, 'float64'),
      made(functions.other, of, 'float64'),
      made(functions.mixed, of, 'float32'),
    ]
    const [pooled, serial] = [all(runner), all(serialRunner)]
    for (let job = 0; job < 30; job += 1) {
      const [p, x] = [w(job), xs(job, 200 + job)]
      expect(differAt(pooled[job % 3]!.run(p, x), serial[job % 3]!.run(p, x))).toBe(-1)
    }
  })

  it('still works when it is closed, once or twice, whether workers have started or not', () => {
    const wanted = made(functions.mixed, serialRunner, 'float64').run(w(1), xs(1, 200))
    for (const pool of [closing, poolOf(2)]) {
      const { run } = made(functions.mixed, pool.runner, 'float64')
      expect(differAt(run(w(1), xs(1, 200)), wanted)).toBe(-1)
      pool.close()
      expect(differAt(run(w(1), xs(1, 200)), wanted)).toBe(-1)
      pool.close()
      const later = made(functions.mixed, pool.runner, 'float64')
      expect(differAt(later.run(w(1), xs(1, 200)), wanted)).toBe(-1)
    }
  })

  it('has a whole number of threads, at least one', () => {
    for (const threads of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      problemOf(
        () => threadPool(threads),
        'DomainError in threadPool',
        `${threads}`,
        'whole number',
      )
  })
})

type Tiles = Parameters<typeof takeTiles>[0]
const jobOf = (samples: number): SharedJob => ({
  program: 0,
  shared: [],
  rows: [],
  out: [],
  samples,
  control: newControl(),
})
/** Notes what it is asked to do. */
const noting = (notes: string[]): Tiles => ({
  load: () => void notes.push('load'),
  run: (_rows, start, count) => void notes.push(`${start}+${count}`),
})

describe('a job', () => {
  it('is taken tile by tile, each tile once, parameters loaded once by whoever takes one', () => {
    const job = jobOf(70)
    const [one, two]: [string[], string[]] = [[], []]
    const helper = noting(two)
    const first = noting(one)
    // The second thread comes while the first is at its first tile.
    const meeting: Tiles = {
      ...first,
      run: (rows, start, count, out) => {
        first.run(rows, start, count, out)
        joinJob(helper, job, 32)
      },
    }
    takeTiles(meeting, job, 32)
    expect(one).toEqual(['load', '0+32'])
    expect(two).toEqual(['load', '32+32', '64+6'])
    // A thread that comes late finds nothing to do.
    joinJob(helper, job, 32)
    expect(two.length).toBe(3)
    expect([...job.control.slice(1, 3)]).toEqual([0, 0])
  })

  it('knows that a helper failed, and that it is gone', () => {
    const job = jobOf(70)
    const failing: Tiles = {
      load: () => undefined,
      run: () => {
        throw new Error('out of memory')
      },
    }
    expect(() => joinJob(failing, job, 32)).not.toThrow()
    expect([...job.control.slice(1, 3)]).toEqual([0, 1])
    expect(leadJob(noting([]), job, 32, 1)).toBe('failed')
    expect(leadJob(failing, jobOf(70), 32, 1)).toBe('failed')
  })

  it('knows that a helper died at work', () => {
    const job = jobOf(70)
    Atomics.add(job.control, 1, 1) // inside, and never out again
    expect(leadJob(noting([]), job, 32, 10)).toBe('lost')
  })
})

describe('a worker', () => {
  it('learns programs and does jobs; a job it cannot do it marks as failed', async () => {
    const specs: Parameters<Runner>[0][] = []
    const runner: Runner = (spec) => {
      specs.push(spec)
      return serialRunner(spec)
    }
    const serial = Object.values(functions).map((f) => made(f, runner, 'float64'))
    const file = new URL('../../../core/threads/worker.ts', import.meta.url).href
    const worker = new Worker(
      `import('tsx/esm/api').then(({ register }) => { register(); import(${JSON.stringify(file)}) })`,
      { eval: true },
    )
    const inShared = (x: Float64Array): Float64Array => {
      const copy = new Float64Array(new SharedArrayBuffer(x.byteLength))
      copy.set(x)
      return copy
    }
    const COUNT = 100
    const send = (program: number, rows: readonly Float64Array[]): SharedJob => {
      const out = [new Float64Array(new SharedArrayBuffer(COUNT * 16 * 8))]
      const shared = [{ data: inShared(dataOf(w(1)) as Float64Array), shape: [4, 4] }]
      const job = { ...jobOf(COUNT), program, shared, rows, out }
      worker.postMessage(job)
      return job
    }
    const done = async ({ control }: SharedJob): Promise<boolean> => {
      for (let tries = 0; tries < 20_000; tries += 1) {
        const [next, inside, failed] = [0, 1, 2].map((i) => Atomics.load(control, i))
        if (inside === 0 && (failed !== 0 || next! >= COUNT)) return failed === 0
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      throw new Error('the worker does nothing')
    }
    try {
      specs.forEach((spec, program) => {
        worker.postMessage({ program, spec })
      })
      const rows = [inShared(dataOf(xs(5, COUNT)) as Float64Array)]
      for (const program of [0, 1, 0]) {
        const job = send(program, rows)
        expect(await done(job)).toBe(true)
        const wanted = serial[program]!.run(w(1), xs(5, COUNT)) as Concrete
        expect([...job.out[0]!]).toEqual([...dataOf(wanted)])
      }
      // A program that it cannot hold it leaves to others.
      const compiled = { ...specs[0]!.compiled!, pages: 2 ** 20 }
      worker.postMessage({ program: 2, spec: { ...specs[0]!, compiled } })
      // Without its inputs a job fails; the worker lives on.
      expect(await done(send(1, []))).toBe(false)
      expect(await done(send(1, rows))).toBe(true)
    } finally {
      await worker.terminate()
    }
  })
})
