import type { Task } from '../tiles/index.ts'
import { FAILURE_LENGTH, failureText, patience, tellFailure } from './failure.ts'
import { waitWhile } from './wait.ts'

// One task on several threads: counters in shared memory count the items taken and done.

/** A worker needs these parts of a task; all its memory is shared. */
export interface SharedTask {
  readonly task: string
  readonly spec: unknown
  /**
   * The counters are [phase, failed, for each phase: next item to take, items done; the text of a
   * failure].
   */
  readonly counters: Int32Array
}

const PHASE = 0
const FAILED = 1
const nextOf = (phase: number): number => 2 + 2 * phase
const doneOf = (phase: number): number => 3 + 2 * phase

export const newCounters = (phases: readonly number[]): Int32Array =>
  new Int32Array(new SharedArrayBuffer(4 * (nextOf(phases.length) + FAILURE_LENGTH)))

const textOf = (counters: Int32Array): number => counters.length - FAILURE_LENGTH

/** Returns the message of the first failure. */
export const failureOf = (counters: Int32Array): string => failureText(counters, textOf(counters))

/** Tells whether other threads can write to all arrays of a specification. */
export const isShared = (spec: unknown): boolean =>
  ArrayBuffer.isView(spec)
    ? spec.buffer instanceof SharedArrayBuffer
    : typeof spec !== 'object' || spec === null || Object.values(spec).every(isShared)

/** Takes items of a phase until none is left; after a failure no thread does more. */
const takeItems = (
  doItem: (phase: number, item: number) => void,
  counters: Int32Array,
  phase: number,
  items: number,
): void => {
  for (;;) {
    const item = Atomics.add(counters, nextOf(phase), 1)
    if (item >= items) return
    try {
      if (Atomics.load(counters, FAILED) === 0) doItem(phase, item)
    } catch (error) {
      tellFailure(counters, FAILED, textOf(counters), error)
      throw error
    } finally {
      if (Atomics.add(counters, doneOf(phase), 1) + 1 === items)
        Atomics.notify(counters, doneOf(phase))
    }
  }
}

/** Does a worker's part of a task; the counters report a failure. */
export const joinTask = <Spec>(task: Task<Spec>, { spec, counters }: SharedTask): void => {
  const doItem = task.start(spec as Spec)
  task.phases(spec as Spec).forEach((items, phase) => {
    for (;;) {
      const now = Atomics.load(counters, PHASE)
      if (now >= phase) break
      waitWhile(counters, PHASE, now)
    }
    takeItems(doItem, counters, phase, items)
  })
}

/** A task ended in one of these ways for the thread that leads it. */
export type Ending = 'done' | 'failed' | 'lost'

/**
 * Does the leading thread's part: its share of every phase, and the step to the next when all items
 * are done. The task is `lost` when another thread does not finish an item in the time of twenty.
 */
export const leadTask = <Spec>(
  task: Task<Spec>,
  spec: Spec,
  counters: Int32Array,
  leastPatience?: number,
): Ending => {
  const start = task.start(spec)
  const { timed, ms } = patience(leastPatience)
  const doItem = (phase: number, item: number): void => timed(() => start(phase, item))
  const phases = task.phases(spec)
  /** Waits for the items that others took, even after a failure, because they still write. */
  const finished = (phase: number): boolean => {
    for (;;) {
      const done = Atomics.load(counters, doneOf(phase))
      if (done >= phases[phase]!) return true
      if (!waitWhile(counters, doneOf(phase), done, ms())) return false
    }
  }
  const letGo = (phase: number): void => {
    Atomics.store(counters, PHASE, phase)
    Atomics.notify(counters, PHASE)
  }
  for (let phase = 0; phase < phases.length; phase += 1) {
    try {
      takeItems(doItem, counters, phase, phases[phase]!)
    } catch {
      // The counters report the failure to all threads; remaining items are counted, not done.
      takeItems(doItem, counters, phase, phases[phase]!)
    }
    if (!finished(phase)) {
      tellFailure(counters, FAILED, textOf(counters), 'a thread was lost')
      letGo(phases.length)
      return 'lost'
    }
    letGo(phase + 1)
  }
  return Atomics.load(counters, FAILED) === 0 ? 'done' : 'failed'
}
