// Finds faults in core/threads/{crew, wait}.ts.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { TensorError, threadPool } from '../../../core/index.ts'
import { root } from '../../meta/files.ts'
import type { Luck } from './crashWorker.ts'
import { failureOf, works } from './poolWork.ts'

// Workers that die at work: the call that they took part in says so, and the pool goes on.

/** Scripts as bundles: quicker to start, over and over, than sources. */
const bundled = async (path: string): Promise<string> => {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [path],
    write: false,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    logLevel: 'silent',
  })
  return outputFiles[0]!.text
}
const [usual, struckOnce] = await Promise.all(
  ['core/threads/worker.ts', 'spec/core/threads/crashWorker.ts'].map(bundled),
)
const start = (script: string | undefined, luck?: Luck): Worker =>
  new Worker(script ?? '', {
    eval: true,
    workerData: luck,
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  })

/** The results of one thread. */
const wanted = new Map(Object.entries(works).map(([name, of]) => [name, of(threadPool(1))()]))
const right = (name: string, got: Float64Array): void => {
  expect(got.length).toBe(wanted.get(name)!.length)
  expect(got.findIndex((x, i) => !Object.is(x, wanted.get(name)![i]))).toBe(-1)
}

const struck = (error: unknown, what: string): void => {
  expect(error).toBeInstanceOf(TensorError)
  const { problem } = error as TensorError
  expect([problem.kind, problem.where]).toEqual(['WorkerError', 'threads'])
  expect(problem.what).toContain(what)
  expect(problem.fix).toBeTruthy()
}

/** Short, for quick specs; longer than it takes to fill the memory of a worker. */
const PATIENCE_MS = 1000
/** On a loaded machine that takes longer. */
const FILLING_MS = 4000

/** The error comes soon, on a loaded machine, too. */
const SECONDS = 60

/** [its luck, at what work, what the error says, threads afterwards, how the worker ended] */
const deaths: readonly (readonly [Luck, string, string, number, string])[] = [
  ['throws', 'a job', 'struck by lightning', 2, 'closed'],
  ['throws', 'a task', 'struck by lightning', 2, 'closed'],
  ['exits', 'a job', 'did not finish', 1, 'exit 3'],
  ['exits', 'a task', 'did not finish', 1, 'exit 3'],
  ['runs out of memory', 'a job', 'did not finish', 1, 'ERR_WORKER_OUT_OF_MEMORY'],
  ['hangs', 'a task', 'did not finish', 1, 'closed'],
]

/** Waits for a worker to end: by its error or exit, or by termination, which is exit 1. */
const endOf = (worker: Worker): Promise<string> =>
  new Promise((resolve) => {
    worker.on('error', (error: Error & { code?: string }) => resolve(error.code ?? error.message))
    worker.on('exit', (code) => resolve(code === 1 ? 'closed' : `exit ${code}`))
  })

describe('a worker', () => {
  it.each(deaths)('that %s in the middle of %s: %s', async (luck, name, what, left, end) => {
    const ends: Promise<string>[] = []
    const worker = (): Worker => {
      const one = start(struckOnce, luck)
      ends.push(endOf(one))
      return one
    }
    const patience = luck === 'runs out of memory' ? FILLING_MS : PATIENCE_MS
    const pool = threadPool(2, { worker, patience })
    try {
      await pool.ready()
      expect(pool.threads()).toBe(2)
      const work = works[name]!(pool)
      const { error, seconds } = failureOf(work)
      struck(error, what)
      expect(seconds).toBeLessThan(SECONDS)
      // The same pool goes on at once: with its worker where that lives, else without.
      expect(pool.threads()).toBe(left)
      for (let again = 0; again < 3; again += 1) right(name, work())
    } finally {
      pool.close()
    }
    expect(await Promise.all(ends)).toEqual([end])
  })

  it('that is gone between two jobs is not missed', async () => {
    const workers: Worker[] = []
    const worker = (): Worker => {
      const one = start(usual)
      workers.push(one)
      return one
    }
    const pool = threadPool(3, { worker })
    await pool.ready()
    const work = works['a job']!(pool)
    right('a job', work())
    await workers[0]!.terminate()
    expect(pool.threads()).toBe(2)
    right('a job', work())
    pool.close()
    expect(pool.threads()).toBe(1)
    right('a job', work())
  })

  it('that cannot even start leaves the others', async () => {
    const pool = threadPool(2, { worker: () => start('nowhere()') })
    await pool.ready()
    expect(pool.threads()).toBe(1)
    right('a task', works['a task']!(pool)())
    expect(threadPool(4, { worker: () => undefined }).threads()).toBe(1)
  })
})

describe('a process', () => {
  const node = (code: string) =>
    promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', code],
      { cwd: root, timeout: 120_000 },
    )
  const url = new URL('../../../core/index.ts', import.meta.url).href
  const opening = `const { threadPool } = await import(${JSON.stringify(url)})
    const pool = threadPool(3)`

  it('ends when its own work is done, without closing its pool', async () => {
    const [waited, at] = await Promise.all([
      node(`${opening}
        await pool.ready()
        await pool.ready()
        console.log(pool.threads())`),
      node(`${opening}
        console.log(pool.threads())`),
    ])
    expect([waited.stdout, at.stdout]).toEqual(['3\n', '3\n'])
    expect(waited.stderr + at.stderr).toBe('')
  })
})
