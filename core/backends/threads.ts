import { Worker } from 'node:worker_threads'
import { fail } from '../errors.ts'
import { type Job, type Runner, runSerially } from '../executable.ts'
import { type Concrete, type Data, dataOf, wrap } from '../tensor.ts'
import { isShared, leadTask, newCounters } from '../threads/shared.ts'
import { alone, type Team } from '../threads/team.ts'
import { tilesOf } from './backend.ts'
import type { TileRunner, TileSpec } from './tile.ts'

// Several threads over one shared memory (Node). Tiles are independent and their borders do not
// depend on the number of threads, so neither do the results, bit for bit.

export interface ThreadPool {
  readonly runner: Runner
  /** For linear algebra, in memory that the team gives. */
  readonly team: Team
  /** Ends the workers; afterwards jobs run on the calling thread alone. */
  readonly close: () => void
}

/** What a worker needs to know of a job; all memory is shared. */
export interface SharedJob {
  readonly program: number
  readonly shared: readonly { readonly data: Data; readonly shape: readonly number[] }[]
  readonly rows: readonly Data[]
  readonly out: readonly Data[]
  readonly samples: number
  /** [next sample to take, workers inside, failures] */
  readonly control: Int32Array
}

const NEXT = 0
const INSIDE = 1
const FAILED = 2

/** Takes tile after tile until none is left; every thread runs this. */
export const takeTiles = (tiles: TileRunner, job: SharedJob, tile: number): void => {
  let loaded = false
  for (;;) {
    const start = Atomics.add(job.control, NEXT, tile)
    if (start >= job.samples) return
    if (!loaded) tiles.load(job.shared.map(({ data, shape }) => wrap(data, shape)))
    loaded = true
    tiles.run(job.rows, start, Math.min(tile, job.samples - start), job.out)
  }
}

/** A worker's part of a job: counted in while it may touch the job's memory. */
export const joinJob = (tiles: TileRunner, job: SharedJob, tile: number): void => {
  Atomics.add(job.control, INSIDE, 1)
  try {
    takeTiles(tiles, job, tile)
  } catch {
    Atomics.store(job.control, FAILED, 1)
  } finally {
    Atomics.sub(job.control, INSIDE, 1)
    Atomics.notify(job.control, INSIDE)
  }
}

const shareLike = (like: Data, length: number): Data => {
  const memory = new SharedArrayBuffer(length * like.BYTES_PER_ELEMENT)
  return like instanceof Float32Array ? new Float32Array(memory) : new Float64Array(memory)
}

const shared = (x: Data): Data => {
  const copy = shareLike(x, x.length)
  copy.set(x)
  return copy
}

/** How long the caller waits for a worker's last tile before it calls the worker lost. */
const PATIENCE_MS = 30_000

const failed = (ending: 'failed' | 'lost'): never =>
  fail({
    kind: 'NotConverged',
    where: 'threads',
    what:
      ending === 'lost' ? 'a worker thread did not finish its work.' : 'a worker thread failed.',
    fix: 'run with one thread to see the error.',
  })

const waitForWorkers = (control: Int32Array): void => {
  for (;;) {
    const inside = Atomics.load(control, INSIDE)
    if (inside === 0) break
    if (Atomics.wait(control, INSIDE, inside, PATIENCE_MS) === 'timed-out') failed('lost')
  }
  if (Atomics.load(control, FAILED) !== 0) failed('failed')
}

/**
 * The built package starts worker.js. In the checkout the sources run through tsx, whose loader a
 * worker does not inherit and has to register itself.
 */
const startWorker = (): Worker => {
  const here = import.meta.url
  const built = new URL('./worker.js', here)
  const source = new URL('./worker.ts', here)
  const script = `import('tsx/esm/api').then(({ register }) => {
    register()
    return import(${JSON.stringify(source.href)})
  })`
  const worker = here.endsWith('.ts') ? new Worker(script, { eval: true }) : new Worker(built)
  worker.unref()
  return worker
}

/**
 * A runner that shares each job among this thread and `threads − 1` workers. Workers start in the
 * background; until they are up, the calling thread does all the work, so nothing waits for them.
 *
 * Errors  DomainError unless threads is a whole number >= 1.
 */
export const threadPool = (threads: number): ThreadPool => {
  if (!Number.isSafeInteger(threads) || threads < 1)
    return fail({
      kind: 'DomainError',
      where: 'threadPool',
      what: `threads is ${threads}.`,
      fix: 'a whole number >= 1.',
    })
  const workers = Array.from({ length: threads - 1 }, startWorker)
  // A worker that cannot start is missed by nobody: the others take its tiles.
  for (const worker of [...workers])
    worker.on('error', () => workers.splice(workers.indexOf(worker), 1))
  const tell = (message: unknown): void => {
    for (const worker of workers) worker.postMessage(message)
  }
  let programs = 0
  const runner: Runner = (spec: TileSpec) => {
    const program = programs
    programs += 1
    const tiles = tilesOf(spec)
    tell({ program, spec })
    return (job: Job) => {
      // A job of one tile is not worth sharing.
      if (job.samples <= spec.tile || workers.length === 0)
        return runSerially(tiles, job, spec.tile)
      const common: SharedJob = {
        program,
        shared: job.shared.map((x: Concrete) => ({ data: shared(dataOf(x)), shape: [...x.shape] })),
        rows: job.rows.map(shared),
        out: job.out.map((x) => shareLike(x, x.length)),
        samples: job.samples,
        control: new Int32Array(new SharedArrayBuffer(12)),
      }
      tell(common)
      takeTiles(tiles, common, spec.tile)
      waitForWorkers(common.control)
      job.out.forEach((x, i) => {
        x.set(common.out[i]!)
      })
    }
  }
  const memories = new Map<string, SharedArrayBuffer>()
  const team: Team = {
    run: (task, spec) => {
      const phases = task.phases(spec)
      if (workers.length === 0 || Math.max(...phases) < 2 || !isShared(spec))
        return alone.run(task, spec)
      const counters = newCounters(phases)
      tell({ task: task.name, spec, counters })
      const ending = leadTask(task, spec, counters, PATIENCE_MS)
      if (ending !== 'done') failed(ending)
    },
    memory: (name, length) => {
      const bytes = 8 * length
      const old = memories.get(name)
      if (workers.length === 0) return alone.memory(name, length)
      // A little more than asked for: workers let go of old memory late.
      const memory =
        old !== undefined && old.byteLength >= bytes
          ? old
          : new SharedArrayBuffer(8 * Math.ceil(length * 1.25))
      memories.set(name, memory)
      return new Float64Array(memory, 0, length)
    },
  }
  return {
    runner,
    team,
    close: () => {
      for (const worker of workers.splice(0)) void worker.terminate()
    },
  }
}
