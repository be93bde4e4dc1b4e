import { parentPort } from 'node:worker_threads'
import { tilesOf } from '../backends/backend.ts'
import type { TileRunner, TileSpec } from '../backends/tile.ts'
import { tasks } from '../linalg/tasks.ts'
import { joinJob, type SharedJob } from './pool.ts'
import { joinTask, type SharedTask } from './shared.ts'

// A worker thread: learns programs, then helps with jobs.

interface NewProgram {
  readonly program: number
  readonly spec: TileSpec
}

const known = new Map<number, { readonly tiles: TileRunner; readonly tile: number }>()

parentPort?.on('message', (message: NewProgram | SharedJob | SharedTask) => {
  if ('task' in message) {
    const task = tasks.find(({ name }) => name === message.task)
    try {
      if (task !== undefined) joinTask(task, message)
    } catch {
      // The counters have told the leading thread.
    }
  } else if ('spec' in message)
    known.set(message.program, { tiles: tilesOf(message.spec), tile: message.spec.tile })
  else {
    const program = known.get(message.program)
    if (program !== undefined) joinJob(program.tiles, message, program.tile)
  }
})
