import { type Problem, TensorError } from '../../core/index.ts'
import type { StepRecord, Training, TrainState } from '../session/index.ts'
import { invalidStep } from './health.ts'

// A run is the unfolding of its step. Here is only when to go on, to save and to stop.

/** How far a run has come. */
export interface Progress {
  readonly state: TrainState
  /** One record per step done. */
  readonly records: readonly StepRecord[]
  /** Seconds of training so far, those before a resume included. */
  readonly seconds: number
}

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** Why a run ended, with the last good state. */
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

/** Lets signals and the terminal have their turn: a step itself never gives way. */
export const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const secondsSince = (start: bigint): number => Number(process.hrtime.bigint() - start) / 1e9

/** The problem of a thrown TensorError; anything else is a mistake of ours and goes on up. */
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

/** Steps until the wanted number is done, a signal arrives or a step fails. */
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
