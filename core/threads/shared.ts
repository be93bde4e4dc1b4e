import type { Task } from './team.ts'

// One task on several threads: counters in shared memory say what is taken and what is done.

/** What a worker needs to know of a task; all its memory is shared. */
export interface SharedTask {
  readonly task: string
  readonly spec: unknown
  /** [phase, failures, then for each phase: next item to take, items done] */
  readonly counters: Int32Array
}

const PHASE = 0
const FAILED = 1
const nextOf = (phase: number): number => 2 + 2 * phase
const doneOf = (phase: number): number => 3 + 2 * phase

export const newCounters = (phases: readonly number[]): Int32Array =>
  new Int32Array(new SharedArrayBuffer(4 * (2 + 2 * phases.length)))

/** Can other threads write to all arrays of a specification? */
export const isShared = (spec: unknown): boolean =>
  ArrayBuffer.isView(spec)
    ? spec.buffer instanceof SharedArrayBuffer
    : typeof spec !== 'object' || spec === null || Object.values(spec).every(isShared)

/** Takes items of a phase until none is left; every thread runs this. */
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
      doItem(phase, item)
    } catch (error) {
      Atomics.store(counters, FAILED, 1)
      throw error
    } finally {
      if (Atomics.add(counters, doneOf(phase), 1) + 1 === items)
        Atomics.notify(counters, doneOf(phase))
    }
  }
}

/** A worker's part of a task; a failure is told by the counters. */
export const joinTask = <Spec>(task: Task<Spec>, { spec, counters }: SharedTask): void => {
  const doItem = task.start(spec as Spec)
  task.phases(spec as Spec).forEach((items, phase) => {
    for (;;) {
      const now = Atomics.load(counters, PHASE)
      if (now >= phase) break
      Atomics.wait(counters, PHASE, now)
    }
    takeItems(doItem, counters, phase, items)
  })
}

/** How a task ended for the thread that leads it. */
export type Ending = 'done' | 'failed' | 'lost'

/**
 * The leading thread's part: its share of every phase, and the step to the next when all items are
 * done. `lost`: an item was taken, and not done within `patience` ms.
 */
export const leadTask = <Spec>(
  task: Task<Spec>,
  spec: Spec,
  counters: Int32Array,
  patience: number,
): Ending => {
  const doItem = task.start(spec)
  const phases = task.phases(spec)
  for (let phase = 0; phase < phases.length; phase += 1) {
    const items = phases[phase]!
    takeItems(doItem, counters, phase, items)
    for (;;) {
      const done = Atomics.load(counters, doneOf(phase))
      if (done >= items) break
      if (Atomics.wait(counters, doneOf(phase), done, patience) === 'timed-out') return 'lost'
    }
    Atomics.store(counters, PHASE, phase + 1)
    Atomics.notify(counters, PHASE)
  }
  return Atomics.load(counters, FAILED) === 0 ? 'done' : 'failed'
}
