import type { Data, Precision } from '../values/index.ts'

// Work that several threads may share: tasks of independent items, and who does them.

/**
 * Named work on plain data: phases one after the other, each of items that do not depend on one
 * another. What an item writes follows from the specification alone, so results do not depend on
 * who does it, nor when.
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
   * Memory that the whole team sees. Asked for by the same name again it may be the same: what it
   * holds then is lost.
   */
  readonly memory: (name: string, length: number) => Float64Array
  /** Whether two vectors run as one where the engine can, in the whole process, as in `compile`. */
  readonly wide?: boolean
}

/** This team is the calling thread on its own. */
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
