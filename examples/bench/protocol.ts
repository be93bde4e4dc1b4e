import type { Task } from './items.ts'

// The bench and a contender exchange one JSON object per line: questions on the contender's stdin,
// answers on its stdout, one answer to each question. A contender computes only to answer a
// question, so only one of the processes of an item works at a time.

export type Question =
  /** Prepare the task on the first `batch` configurations of the bundle. */
  | {
      readonly ask: 'prepare'
      readonly task: Task
      readonly bundle: string
      readonly batch: number
      readonly threads: number
    }
  /** Run it `calls` times; the answer is the mean time of one call. */
  | { readonly ask: 'run'; readonly calls: number }
  /** Return the results of the task, as numbers to compare. */
  | { readonly ask: 'numbers' }
  | { readonly ask: 'quit' }

export interface Ready {
  /** The name and version of the contender. */
  readonly version: string
}
export interface Timed {
  readonly seconds: number
  /** The multiplications and additions of one call, where they can be counted. */
  readonly flops?: number
  /** The evaluations of log psi in a VMC step: those requested, and those computed. */
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
