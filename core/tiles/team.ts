import type { Data, Precision } from '../values/index.ts'

// Work that several threads may share: tasks of independent items, and teams that do them.

/**
 * A task is named work on plain data, in phases of independent items. An item's result follows from
 * the specification only, so it does not depend on the thread or the time.
 */
export interface Task<Spec> {
  readonly name: string
  /** Returns the number of items in each phase. */
  readonly phases: (spec: Spec) => readonly number[]
  /** Prepares for items, on any thread. */
  readonly start: (spec: Spec) => (phase: number, item: number) => void
}

export interface Team {
  /** Does all items of a task; returns when they are done. */
  readonly run: <Spec>(task: Task<Spec>, spec: Spec) => void
  /**
   * Returns memory that the whole team sees. A second request of the same name may return the same
   * memory, and then overwrites the first.
   */
  readonly memory: (name: string, length: number) => Float64Array
  /** Whether vectors of 256 bits are used where the engine has them; see `compile`. */
  readonly wide?: boolean
}

/** This team is only the calling thread. */
export const singleThread: Team = {
  run: (task, spec) => {
    const doItem = task.start(spec)
    task.phases(spec).forEach((items, phase) => {
      for (let item = 0; item < items; item += 1) doItem(phase, item)
    })
  },
  memory: (_, length) => new Float64Array(length),
}

/** Returns a team's memory for numbers of either precision. */
export const memoryOf = (team: Team, name: string, length: number, precision: Precision): Data => {
  if (precision === 'float64') return team.memory(name, length)
  const { buffer, byteOffset } = team.memory(name, Math.ceil(length / 2))
  return new Float32Array(buffer, byteOffset, length)
}
