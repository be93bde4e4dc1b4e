import { parentPort } from 'node:worker_threads'
import { tilesOf } from './backend.ts'
import { joinJob, type SharedJob } from './threads.ts'
import type { TileRunner, TileSpec } from './tile.ts'

// A worker thread: learns programs, then helps with jobs.

const known = new Map<number, { readonly tiles: TileRunner; readonly tile: number }>()

parentPort?.on('message', (message: { program: number; spec: TileSpec } | SharedJob) => {
  if ('spec' in message)
    known.set(message.program, { tiles: tilesOf(message.spec), tile: message.spec.tile })
  else {
    const program = known.get(message.program)
    if (program !== undefined) joinJob(program.tiles, message, program.tile)
  }
})
