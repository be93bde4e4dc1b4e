import { tilesOf } from '../executable/index.ts'
import {
  type Job,
  type Runner,
  runSerially,
  singleThread,
  type Team,
  type TileSpec,
} from '../tiles/index.ts'
import { type Concrete, type Data, dataOf, fail, largest } from '../values/index.ts'
import { newCrew } from './crew.ts'
import { sharesMemory, startWorker, type WorkerLike } from './host.ts'
import { type Ending, failureOf, isShared, leadTask, newCounters } from './shared.ts'
import { failureOfJob, leadJob, newControl, type SharedJob } from './sharedJob.ts'
import { sent } from './views.ts'

// Several threads over one shared memory, in Node and in a page. Tiles are independent and their
// borders do not depend on the number of threads, so neither do the results, bit for bit.

export interface ThreadPool {
  readonly runner: Runner
  /** The team for linear algebra, which also allocates its memory. */
  readonly team: Team
  /** Counts the threads that there are now, including the calling one. */
  readonly threads: () => number
  /** Resolves when every worker has started or failed. No job needs to wait for it. */
  readonly ready: () => Promise<void>
  /** Ends the workers; afterwards jobs run on the calling thread only. */
  readonly close: () => void
}

export interface PoolOptions {
  /**
   * Starts a worker; its script has to end up in `psigrad/core/worker`. The default is this
   * engine's.
   */
  readonly worker?: () => WorkerLike | undefined
  /**
   * A worker that took work counts as lost after so many milliseconds of silence at least, and
   * after at least twenty times what this thread needed for such work. Default: 5000.
   */
  readonly patience?: number
  /**
   * Whether the process is this pool's, so that vectors may be joined in all of it, as by the
   * option of `compile`. Its `team` then says so to linear algebra. Default: false.
   */
  readonly wide?: boolean
}

const failed = (ending: Exclude<Ending, 'done'>, text: string): never =>
  fail(
    'WorkerError',
    'threads',
    ending === 'lost'
      ? 'a worker thread took work and did not finish it.'
      : `a thread failed: ${text || 'it did not say why'}`,
    {
      fix:
        ending === 'lost'
          ? 'it may have run out of memory: fewer threads, or fewer samples.'
          : 'one thread does the same work without workers.',
    },
  )

const seenByAll = (x: Data): boolean => x.buffer instanceof SharedArrayBuffer

/** Keeps memory by name for reuse, since fresh memory costs more than most work on it. */
const namedMemories = () => {
  const memories = new Map<string, ArrayBufferLike>()
  return {
    of: (name: string, bytes: number): ArrayBufferLike => {
      const old = memories.get(name)
      if (old !== undefined && old.byteLength >= bytes) return old
      // A little more is allocated than needed, since workers release earlier memory late.
      const length = 8 * Math.ceil((bytes / 8) * 1.25)
      const memory = sharesMemory() ? new SharedArrayBuffer(length) : new ArrayBuffer(length)
      memories.set(name, memory)
      return memory
    },
    /** Drops all memories, since a lost worker may still write to them. */
    forget: () => memories.clear(),
  }
}

/**
 * Makes a runner that shares each job among this thread and `threads − 1` workers. Workers start in
 * the background; until they are up, the calling thread does all the work, so nothing waits for
 * them. The process does not wait for them either.
 *
 * Jobs and tasks end before their call returns, on every thread: on the main thread of a page,
 * which must not sleep, the last wait is a loop. A page gets workers only where it is cross-origin
 * isolated; elsewhere a pool is the calling thread alone, and gives the same bits.
 * Errors  DomainError unless threads is a whole number >= 1. Jobs and tasks: WorkerError when a
 *         thread fails, after which the pool continues; and when a worker is lost, after which the
 *         calling thread works on its own, while a new pool has all threads.
 * @example threadPool(1).threads() // → 1
 */
export const threadPool = (
  threads: number,
  { worker = startWorker, patience, wide = false }: PoolOptions = {},
): ThreadPool => {
  if (!Number.isSafeInteger(threads) || threads < 1)
    return fail('DomainError', 'threadPool', `threads is ${threads}.`, {
      fix: 'a whole number >= 1.',
    })
  // A lost worker needs no recovery: the remaining threads take its tiles.
  const crew = newCrew(sharesMemory() ? threads - 1 : 0, worker)
  const { tell } = crew
  const isAlone = (): boolean => crew.size() === 0
  const memories = namedMemories()
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
    // It is unknown which worker is lost, and it may still write.
    crew.close()
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
      if (job.samples <= spec.tile || isAlone()) return runSerially(tiles, job, spec.tile)
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
      tell(sent(common))
      const ending = leadJob(tiles, common, spec.tile, patience)
      if (ending === 'lost') lost()
      if (ending === 'failed') failed('failed', failureOfJob(common))
      job.out.forEach((x, i) => {
        if (!seenByAll(x)) x.set(common.out[i]!)
      })
    }
  }
  const team: Team = {
    wide,
    run: (task, spec) => {
      const phases = task.phases(spec)
      if (isAlone() || largest(phases) < 2 || !isShared(spec)) return singleThread.run(task, spec)
      const counters = newCounters(phases)
      tell(sent({ task: task.name, spec, counters }))
      const ending = leadTask(task, spec, counters, patience)
      if (ending === 'lost') lost()
      if (ending === 'failed') failed('failed', failureOf(counters))
    },
    memory: (name, length) => new Float64Array(memories.of(`team ${name}`, 8 * length), 0, length),
  }
  return {
    runner,
    team,
    threads: () => 1 + crew.size(),
    ready: crew.ready,
    close: crew.close,
  }
}
