import type { Task } from './items.ts'

// What the bench and a contender say to each other: one JSON object a line, questions on the
// contender's stdin, answers on its stdout, one answer to each question. A contender computes only
// while it is asked, so of all the processes of an item one is at work at a time.

export type Question =
  /** Get ready to do the task on the first `batch` configurations of the bundle. */
  | {
      readonly ask: 'prepare'
      readonly task: Task
      readonly bundle: string
      readonly batch: number
      readonly threads: number
    }
  /** Do it `calls` times; the answer is the mean time of one. */
  | { readonly ask: 'run'; readonly calls: number }
  /** What the task computes, as numbers to compare. */
  | { readonly ask: 'numbers' }
  | { readonly ask: 'quit' }

export interface Ready {
  /** Who is speaking: name and version. */
  readonly version: string
}
export interface Timed {
  readonly seconds: number
  /** Multiplications and additions of one call, where known. */
  readonly flops?: number
  /** Evaluations of log psi in a VMC step: asked for by sampler and estimators, and made. */
  readonly asked?: number
  readonly made?: number
}
export interface Numbers {
  /** float64, little-endian, base64 */
  readonly numbers: string
}
export interface Bye {
  readonly peakBytes: number
}
export interface Failure {
  readonly error: string
}

export type AnswerTo<Q extends Question> = Q extends { ask: 'prepare' }
  ? Ready
  : Q extends { ask: 'run' }
    ? Timed
    : Q extends { ask: 'numbers' }
      ? Numbers
      : Bye

export const encodeNumbers = (values: Float64Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')

export const decodeNumbers = (text: string): Float64Array => {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  return new Float64Array(bytes.buffer)
}
