import type { Program } from '../primitives/index.ts'
import type { Concrete, Data, Problem } from '../values/index.ts'
import type { WantedDevice } from './device.ts'

// The protocol between a waiting thread and the thread with the device. Requests are messages;
// answers go through shared memory, because a waiting thread receives no messages.

export interface OpenRequest {
  readonly kind: 'open'
  readonly mode: WantedDevice
  readonly answer: Int32Array
}
export interface LearnRequest {
  readonly kind: 'learn'
  readonly id: number
  readonly program: Program
  readonly perSample: readonly boolean[]
  readonly summed: boolean
}
/** All memory is shared. */
export interface RunRequest {
  readonly kind: 'run'
  readonly id: number
  readonly shared: readonly { readonly data: Data; readonly shape: readonly number[] }[]
  readonly rows: readonly Data[]
  readonly out: readonly Data[]
  readonly samples: number
  readonly answer: Int32Array
}
export type Request = OpenRequest | LearnRequest | RunRequest

// An answer has the state of the request, a counter of progress, and a text with its length.
export const DONE = 1
export const FAILED = 2
export const STATE = 0
export const LIFE = 1
const LENGTH = 2
const TEXT = 3
const MOST_TEXT = 8000

export const newAnswer = (): Int32Array =>
  new Int32Array(new SharedArrayBuffer(4 * (TEXT + MOST_TEXT)))

const settle = (answer: Int32Array, state: number, text: string): void => {
  const length = Math.min(text.length, MOST_TEXT)
  for (let i = 0; i < length; i += 1) answer[TEXT + i] = text.charCodeAt(i)
  answer[LENGTH] = length
  Atomics.store(answer, STATE, state)
  Atomics.add(answer, LIFE, 1)
  Atomics.notify(answer, LIFE)
}

export const succeed = (answer: Int32Array, text = ''): void => settle(answer, DONE, text)

/** Answers with a problem, with shortened details, so that it fits. */
export const refuse = (answer: Int32Array, problem: Problem): void => {
  const detail = String(problem.data?.detail ?? '').slice(0, 1000)
  settle(answer, FAILED, JSON.stringify({ ...problem, data: { ...problem.data, detail } }))
}

/** Signals that work continues. */
export const signalProgress = (answer: Int32Array): void => {
  Atomics.add(answer, LIFE, 1)
  Atomics.notify(answer, LIFE)
}

export const textOf = (answer: Int32Array): string =>
  Array.from(answer.subarray(TEXT, TEXT + answer[LENGTH]!), (c) => String.fromCharCode(c)).join('')

/** Makes a copy that other threads see. */
export const sharedCopy = (x: Data): Data => {
  const copy = sharedLike(x)
  copy.set(x)
  return copy
}
export const sharedLike = (x: Data): Data =>
  x instanceof Float32Array
    ? new Float32Array(new SharedArrayBuffer(x.byteLength))
    : new Float64Array(new SharedArrayBuffer(x.byteLength))

export const isShared = (x: Data): boolean => x.buffer instanceof SharedArrayBuffer

export const asShared = (
  x: Concrete,
  data: Data,
): { readonly data: Data; readonly shape: readonly number[] } => ({
  data: sharedCopy(data),
  shape: [...x.shape],
})
