import { parentPort } from 'node:worker_threads'
import { tilesOf } from '../backends/backend.ts'
import type { TileRunner, TileSpec } from '../backends/tile.ts'
import { tasks } from '../linalg/tasks.ts'
import { joinJob, type SharedJob } from './pool.ts'
import { joinTask, type SharedTask } from './shared.ts'
import { received } from './views.ts'

// A worker thread: learns programs, then helps with jobs.

interface NewProgram {
  readonly program: number
  readonly spec: TileSpec
}

const known = new Map<number, { readonly tiles: TileRunner; readonly tile: number }>()

parentPort?.on('message', (message: NewProgram | object) => {
  if ('spec' in message && 'program' in message)
    known.set(message.program, { tiles: tilesOf(message.spec), tile: message.spec.tile })
  else join(received(message) as SharedJob | SharedTask)
})

const join = (work: SharedJob | SharedTask): void => {
  if ('task' in work) {
    const task = tasks.find(({ name }) => name === work.task)
    try {
      if (task !== undefined) joinTask(task, work)
    } catch {
      // The counters have told the leading thread.
    }
  } else {
    const program = known.get(work.program)
    if (program !== undefined) joinJob(program.tiles, work, program.tile)
  }
}
