import type { CheckedFile, Finding, Kind } from './finding.ts'
import type { CheckMessage, CheckTask } from './threadMessages.ts'

// A thread that checks a file is watched: one that never ends, or ends by itself, is replaced, and
// another one continues with the rest. How a thread starts is not known here: in Node and in a page
// they differ.

/** The outcome of a thread is what it has told, and why it ended. */
interface ThreadOutcome {
  readonly findings: readonly Finding[]
  readonly problem?: string
  /** The function that it was at, with what happened, unless it finished. */
  readonly broke?: { readonly name?: string; readonly kind?: Kind; readonly says: string }
}

/** A listener is told what the thread says, and why it broke. */
export interface Listener {
  readonly message: (message: CheckMessage) => void
  readonly broke: (says: string) => void
}

/** Starts a thread for a task; returns the function that ends it. */
export type Start = (task: CheckTask, listener: Listener) => () => void

/** What is watched has a path, a seed for its points, and so many seconds for each function. */
export interface Watched {
  readonly path: string
  readonly seed: number
  readonly timeLimit: number
}

/** Runs one thread until it finishes, fails, ends itself or takes too long. */
const runThread = (start: Start, task: CheckTask, timeLimit: number): Promise<ThreadOutcome> =>
  new Promise((resolve) => {
    const findings: Finding[] = []
    let at: { readonly name: string; readonly kind: Kind } | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let ended = false
    const end = (outcome: Omit<ThreadOutcome, 'findings'>): void => {
      if (ended) return
      ended = true
      clearTimeout(timer)
      stop()
      resolve({ findings, ...outcome })
    }
    const broke = (says: string): void => end({ broke: { ...at, says } })
    const watch = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => broke(`it did not end within ${timeLimit} s`), 1000 * timeLimit)
    }
    const message = (heard: CheckMessage): void => {
      if (ended) return
      watch()
      if (heard.kind === 'problem') end({ problem: heard.says })
      else if (heard.kind === 'started') at = { name: heard.name, kind: heard.of }
      else if (heard.kind === 'found') {
        findings.push(heard.finding)
        at = undefined
      } else if (heard.kind === 'finished') end({})
    }
    const stop = start(task, { message, broke })
  })

const seconds = (from: number): number => (performance.now() - from) / 1000

/** Checks all that a file exports, in as many threads as it takes, one after the other. */
export const checkInThreads = async (
  start: Start,
  { path, seed, timeLimit }: Watched,
): Promise<CheckedFile> => {
  const findings: Finding[] = []
  for (;;) {
    const began = performance.now()
    const done = findings.map(({ name }) => name)
    const outcome = await runThread(start, { path, seed, done }, timeLimit)
    for (const finding of outcome.findings) findings.push(finding)
    if (outcome.problem !== undefined) return { path, findings, problem: outcome.problem }
    const { broke } = outcome
    if (broke === undefined) return { path, findings }
    const { name, kind, says } = broke
    if (name === undefined || kind === undefined) return { path, findings, problem: says }
    const none = { block: [], compared: 0, reports: [] }
    const refused = { outcome: 'refused', brief: says, says, seconds: seconds(began) } as const
    findings.push({ name, kind, ...refused, ...none })
  }
}
