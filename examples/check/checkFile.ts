import { Worker } from 'node:worker_threads'
import type { CheckedFile } from './finding.ts'
import type { CheckMessage, CheckTask } from './threadMessages.ts'
import { checkInThreads } from './watching.ts'

// A file is checked in a thread of its own, of Node.

export interface CheckSettings {
  readonly seed: number
  /** A function may take so many seconds, and so may the file to load. */
  readonly timeLimit: number
  /** Gets what the file writes to its console. */
  readonly log: (text: string) => void
}

/** A thread may use so much memory for objects, in MiB. */
const MEMORY_MIB = 1024

/** The checkout runs checkWorker.ts by tsx, whose loader a thread has to register itself. */
const startThread = (task: CheckTask): Worker => {
  const here = import.meta.url
  const options = {
    workerData: task,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB },
  }
  if (!here.endsWith('.ts')) return new Worker(new URL('./checkWorker.js', here), options)
  const script = `import('tsx/esm/api').then(({ register }) => {
    register()
    return import(${JSON.stringify(new URL('./checkWorker.ts', here).href)})
  })`
  return new Worker(script, { ...options, eval: true })
}

const reasonOf = (error: NodeJS.ErrnoException): string =>
  error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? `it used more than ${MEMORY_MIB} MiB of memory`
    : `it throws outside of its call: ${error.message}`

/** Checks all that a file exports. */
export const checkFile = (path: string, settings: CheckSettings): Promise<CheckedFile> =>
  checkInThreads(
    (task, { message, broke }) => {
      const thread = startThread(task)
      thread.stdout.on('data', (text) => settings.log(String(text)))
      thread.stderr.on('data', (text) => settings.log(String(text)))
      thread.on('message', (heard: CheckMessage) => message(heard))
      thread.on('error', (error) => broke(reasonOf(error)))
      thread.on('exit', (code) => broke(`it ended the process, with code ${code}`))
      return () => void thread.terminate()
    },
    { ...settings, path },
  )
