import { Worker } from 'node:worker_threads'
import { tilesOf } from '../backends/backend.ts'
import type { TileRunner, TileSpec } from '../backends/tile.ts'
import { fail } from '../errors.ts'
import { type Job, type Runner, runSerially } from '../executable.ts'
import { type Concrete, type Data, dataOf, wrap } from '../tensor.ts'
import { FAILURE_LENGTH, failureText, patience, tellFailure } from './failure.ts'
import { type Ending, failureOf, isShared, leadTask, newCounters } from './shared.ts'
import { alone, type Team } from './team.ts'

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
  /** [next sample to take, workers inside, failed; the text of a failure] */
  readonly control: Int32Array
}

const NEXT = 0
const INSIDE = 1
const FAILED = 2
const TEXT = 3

export const newControl = (): Int32Array =>
  new Int32Array(new SharedArrayBuffer(4 * (TEXT + FAILURE_LENGTH)))

/** Takes tile after tile until none is left, or one has failed; every thread runs this. */
export const takeTiles = (tiles: TileRunner, job: SharedJob, tile: number): void => {
  let loaded = false
  for (;;) {
    const start = Atomics.add(job.control, NEXT, tile)
    if (start >= job.samples || Atomics.load(job.control, FAILED) !== 0) return
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
  } catch (error) {
    tellFailure(job.control, FAILED, TEXT, error)
  } finally {
    Atomics.sub(job.control, INSIDE, 1)
    Atomics.notify(job.control, INSIDE)
  }
}

const failed = (ending: 'failed' | 'lost', text: string): never =>
  fail({
    kind: 'WorkerError',
    where: 'threads',
    what:
      ending === 'lost'
        ? 'a worker thread took work and did not finish it.'
        : `a thread failed: ${text || 'it did not say why'}`,
    fix:
      ending === 'lost'
        ? 'it may have run out of memory: fewer threads, or fewer samples.'
        : 'one thread does the same work without workers.',
  })

/** The leading thread's part of a job; it returns when no worker touches the job's memory. */
export const leadJob = (
  tiles: TileRunner,
  job: SharedJob,
  tile: number,
  leastPatience?: number,
): Ending => {
  const { control } = job
  const { timed, ms } = patience(leastPatience)
  const watched: TileRunner = {
    ...tiles,
    run: (rows, start, count, out) => timed(() => tiles.run(rows, start, count, out)),
  }
  try {
    takeTiles(watched, job, tile)
  } catch (error) {
    tellFailure(control, FAILED, TEXT, error)
  }
  for (;;) {
    const inside = Atomics.load(control, INSIDE)
    if (inside === 0) return Atomics.load(control, FAILED) === 0 ? 'done' : 'failed'
    if (Atomics.wait(control, INSIDE, inside, ms()) === 'timed-out') return 'lost'
  }
}

const seenByAll = (x: Data): boolean => x.buffer instanceof SharedArrayBuffer

/** Shared memory by name, used again and again: fresh memory costs more than most work on it. */
const sharedMemories = () => {
  const memories = new Map<string, SharedArrayBuffer>()
  return {
    of: (name: string, bytes: number): SharedArrayBuffer => {
      const old = memories.get(name)
      if (old !== undefined && old.byteLength >= bytes) return old
      // A little more than asked for: workers let go of old memory late.
      const memory = new SharedArrayBuffer(8 * Math.ceil((bytes / 8) * 1.25))
      memories.set(name, memory)
      return memory
    },
    /** A lost worker may yet write to the old ones. */
    forget: () => memories.clear(),
  }
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
  const workers = new Set(Array.from({ length: threads - 1 }, startWorker))
  // Whoever is gone is missed by nobody: the others take its tiles.
  for (const worker of workers)
    for (const event of ['error', 'exit'] as const) worker.on(event, () => workers.delete(worker))
  const tell = (message: unknown): void => {
    for (const worker of workers) worker.postMessage(message)
  }
  const memories = sharedMemories()
  const ofJob = (name: string, like: Data): Data => {
    const memory = memories.of(name, like.byteLength)
    return like instanceof Float32Array
      ? new Float32Array(memory, 0, like.length)
      : new Float64Array(memory, 0, like.length)
  }
  const filled = (name: string, x: Data): Data => {
    const copy = ofJob(name, x)
    copy.set(x)
    return copy
  }
  const lost = (): never => {
    memories.forget()
    return failed('lost', '')
  }
  let programs = 0
  const runner: Runner = (spec: TileSpec) => {
    const program = programs
    programs += 1
    const tiles = tilesOf(spec)
    tell({ program, spec })
    return (job: Job) => {
      // A job of one tile is not worth sharing.
      if (job.samples <= spec.tile || workers.size === 0) return runSerially(tiles, job, spec.tile)
      const common: SharedJob = {
        program,
        shared: job.shared.map((x: Concrete, i) => ({
          data: filled(`shared ${i}`, dataOf(x)),
          shape: [...x.shape],
        })),
        rows: job.rows.map((x, i) => filled(`row ${i}`, x)),
        out: job.out.map((x, i) => (seenByAll(x) ? x : ofJob(`out ${i}`, x))),
        samples: job.samples,
        control: newControl(),
      }
      tell(common)
      const ending = leadJob(tiles, common, spec.tile)
      if (ending === 'lost') lost()
      if (ending === 'failed') failed('failed', failureText(common.control, TEXT))
      job.out.forEach((x, i) => {
        if (!seenByAll(x)) x.set(common.out[i]!)
      })
    }
  }
  const team: Team = {
    run: (task, spec) => {
      const phases = task.phases(spec)
      if (workers.size === 0 || Math.max(...phases) < 2 || !isShared(spec))
        return alone.run(task, spec)
      const counters = newCounters(phases)
      tell({ task: task.name, spec, counters })
      const ending = leadTask(task, spec, counters)
      if (ending === 'lost') lost()
      if (ending === 'failed') failed('failed', failureOf(counters))
    },
    memory: (name, length) => new Float64Array(memories.of(`team ${name}`, 8 * length), 0, length),
  }
  return {
    runner,
    team,
    close: () => {
      for (const worker of workers) void worker.terminate()
      workers.clear()
    },
  }
}
