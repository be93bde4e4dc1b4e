import { Worker } from 'node:worker_threads'
import type { CheckedFile, Finding, Kind } from './finding.ts'
import type { CheckMessage, CheckTask } from './threadMessages.ts'

// A file is checked in a thread of its own: one that never ends, or ends the process, is stopped,
// and another thread goes on with what is left.

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

/** What a thread has told, and why it ended. */
interface Outcome {
  readonly findings: readonly Finding[]
  readonly problem?: string
  /** The function that it was at, with what happened, unless it finished. */
  readonly broke?: { readonly name?: string; readonly kind?: Kind; readonly says: string }
}

const reasonOf = (error: NodeJS.ErrnoException): string =>
  error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? `it used more than ${MEMORY_MIB} MiB of memory`
    : `it throws outside of its call: ${error.message}`

/** Runs one thread until it finishes, fails, ends itself or takes too long. */
const runThread = (task: CheckTask, { timeLimit, log }: CheckSettings): Promise<Outcome> =>
  new Promise((resolve) => {
    const thread = startThread(task)
    const findings: Finding[] = []
    let at: { readonly name: string; readonly kind: Kind } | undefined
    let timer: NodeJS.Timeout | undefined
    let ended = false
    const end = (outcome: Omit<Outcome, 'findings'>): void => {
      if (ended) return
      ended = true
      clearTimeout(timer)
      void thread.terminate()
      resolve({ findings, ...outcome })
    }
    const broke = (says: string): void => end({ broke: { ...at, says } })
    const watch = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => broke(`it did not end within ${timeLimit} s`), 1000 * timeLimit)
    }
    thread.stdout.on('data', (text) => log(String(text)))
    thread.stderr.on('data', (text) => log(String(text)))
    thread.on('message', (message: CheckMessage) => {
      if (ended) return
      watch()
      if (message.kind === 'problem') end({ problem: message.says })
      else if (message.kind === 'started') at = { name: message.name, kind: message.of }
      else if (message.kind === 'found') {
        findings.push(message.finding)
        at = undefined
      } else if (message.kind === 'finished') end({})
    })
    thread.on('error', (error) => broke(reasonOf(error)))
    thread.on('exit', (code) => broke(`it ended the process, with code ${code}`))
  })

const seconds = (from: number): number => (performance.now() - from) / 1000

/** Checks all that a file exports. */
export const checkFile = async (path: string, settings: CheckSettings): Promise<CheckedFile> => {
  const findings: Finding[] = []
  for (;;) {
    const began = performance.now()
    const done = findings.map(({ name }) => name)
    const outcome = await runThread({ path, seed: settings.seed, done }, settings)
    findings.push(...outcome.findings)
    if (outcome.problem !== undefined) return { path, findings, problem: outcome.problem }
    const { broke } = outcome
    if (broke === undefined) return { path, findings }
    const { name, kind, says } = broke
    if (name === undefined || kind === undefined) return { path, findings, problem: says }
    const none = { block: [], compared: 0, reports: [] }
    findings.push({
      name,
      kind,
      outcome: 'refused',
      brief: says,
      says,
      seconds: seconds(began),
      ...none,
    })
  }
}
