import { tilesOf } from '../executable/index.ts'
import type { Task, TileRunner, TileSpec } from '../tiles/index.ts'
import { ownPort, READY } from './host.ts'
import { joinTask, type SharedTask } from './shared.ts'
import { joinJob, type SharedJob } from './sharedJob.ts'
import { received } from './views.ts'

// A worker receives programs, then helps with jobs and with the tasks that it knows.

interface NewProgram {
  readonly program: number
  readonly spec: TileSpec
}

/** Serves the pool that started this thread; nothing happens on a thread that no pool started. */
export const serve = (tasks: readonly Task<never>[]): void => {
  const port = ownPort()
  const known = new Map<number, { readonly tiles: TileRunner; readonly tile: number }>()
  const hear = (message: NewProgram | SharedJob | SharedTask): void => {
    if ('task' in message) {
      const task = tasks.find(({ name }) => name === message.task)
      try {
        if (task !== undefined) joinTask(task, message)
      } catch {
        // The leading thread learns it from the counters.
      }
    } else if ('spec' in message) {
      try {
        known.set(message.program, { tiles: tilesOf(message.spec), tile: message.spec.tile })
      } catch {
        // This thread has no memory for it: the thread that leads its jobs does without this one.
      }
    } else {
      const program = known.get(message.program)
      if (program !== undefined) joinJob(program.tiles, message, program.tile)
    }
  }
  port?.listen((message) => {
    if (message === READY) port.postMessage(READY)
    // Programs come as they are; work comes with its arrays described by where they lie.
    else if ('spec' in (message as object) && 'program' in (message as object))
      hear(message as NewProgram)
    else hear(received(message) as SharedJob | SharedTask)
  })
}
