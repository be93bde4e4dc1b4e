import { type Problem, TensorError } from '../../core/index.ts'
import type { StepRecord, Training, TrainState } from '../session/index.ts'
import { invalidStep } from './health.ts'

// A run repeats its step. This file decides only when to continue, to save and to stop.

/** The progress of a run. */
export interface Progress {
  readonly state: TrainState
  /** One record per completed step. */
  readonly records: readonly StepRecord[]
  /** The seconds of training so far, those before a resume included. */
  readonly seconds: number
}

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** The end of a run: its reason, and the last good state. */
export type Ending = { readonly progress: Progress } & (
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped'; readonly signal: StopSignal }
  | { readonly kind: 'failed'; readonly problem: Problem }
)

export interface Watch {
  readonly steps: number
  readonly stopped: () => StopSignal | undefined
  readonly onStep: (record: StepRecord, progress: Progress) => void
  /** Called at least this often, in seconds of training, at the end of a step. */
  readonly saveSeconds: number
  readonly save: (progress: Progress) => void
}

/**
 * Yields to the event loop, so that signals and the terminal are handled; a step itself never does.
 */
export const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const secondsSince = (start: bigint): number => Number(process.hrtime.bigint() - start) / 1e9

/**
 * Returns the problem of a thrown TensorError; any other error is a programming mistake and is
 * thrown again.
 */
export const problemOf = (error: unknown): Problem => {
  if (error instanceof TensorError) return error.problem
  throw error
}

const attempt = (training: Training, progress: Progress, save: Watch['save']) => {
  try {
    const next = training.step(progress.state)
    const problem = invalidStep(next.state, next.record)
    return problem === undefined ? { next } : { problem }
  } catch (error) {
    if (!(error instanceof TensorError)) save(progress)
    return { problem: problemOf(error) }
  }
}

/** Takes steps until the wanted number is done, a signal arrives or a step fails. */
export const unfold = async (training: Training, from: Progress, watch: Watch): Promise<Ending> => {
  const start = process.hrtime.bigint()
  const records = [...from.records]
  let progress: Progress = { ...from, records }
  let saved = progress.seconds
  while (progress.state.step < watch.steps) {
    await yieldToEventLoop()
    const signal = watch.stopped()
    if (signal !== undefined) return { kind: 'stopped', signal, progress }
    const { next, problem } = attempt(training, progress, watch.save)
    if (next === undefined) return { kind: 'failed', problem, progress }
    const seconds = from.seconds + secondsSince(start)
    records.push({ ...next.record, seconds })
    progress = { state: next.state, records, seconds }
    watch.onStep(next.record, progress)
    if (progress.seconds - saved >= watch.saveSeconds) {
      watch.save(progress)
      saved = progress.seconds
    }
  }
  return { kind: 'done', progress }
}
