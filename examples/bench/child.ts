import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { either as E } from 'fp-ts'
import type { AnswerTo, Failure, Question } from './protocol.ts'

// This file runs the process of a contender. The process may crash, hang or print anything: every
// question gets an answer or a reason, never an exception.

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

export interface Child {
  readonly ask: <Q extends Question>(question: Q) => Promise<E.Either<string, AnswerTo<Q>>>
  /** The start time of the process, on the clock of performance.now(). */
  readonly startedAt: number
  /** Ends the process, first by a request; returns its peak memory if it reported one. */
  readonly quit: () => Promise<number | null>
}

/** Compiling a whole VMC step takes some peers a minute, running one at size X several minutes. */
const PATIENCE_MS = 900_000
const LAST_WORDS = 400

const parsed = (line: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** Returns the last line that a process wrote to stderr. */
const tail = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? ''

const describeEnd = (child: ChildProcess, stderr: string): string => {
  const how = child.signalCode ?? `exit code ${child.exitCode}`
  const last = tail(stderr)
  return `ended (${how})${last === '' ? '' : `: ${last}`}`
}

/** Starts a contender. Lines on its stdout that are not JSON objects are ignored. */
export const startChild = (
  { file, args, cwd, env }: Command,
  patienceMs: number = PATIENCE_MS,
): Child => {
  const startedAt = performance.now()
  const child = spawn(file, [...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  })
  let stderr = ''
  let ended: string | undefined
  let waiting: ((answer: E.Either<string, object>) => void) | undefined
  const settle = (answer: E.Either<string, object>): void => {
    const tell = waiting
    waiting = undefined
    tell?.(answer)
  }
  const finish = (why: string): void => {
    ended ??= why
    settle(E.left(ended))
  }
  child.stderr.on('data', (text: Buffer) => {
    stderr = (stderr + text.toString()).slice(-LAST_WORDS)
  })
  child.stdin.on('error', () => undefined) // 'close' reports a closed pipe
  child.on('error', (error) => finish(`cannot start: ${error.message}`))
  child.on('close', () => finish(describeEnd(child, stderr)))
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = parsed(line)
    if (answer === undefined) return
    settle('error' in answer ? E.left(String((answer as Failure).error)) : E.right(answer))
  })
  const ask: Child['ask'] = (question) =>
    new Promise((resolve) => {
      if (ended !== undefined) return resolve(E.left(ended))
      const late = setTimeout(() => {
        finish(`no answer within ${patienceMs / 1000} s`)
        child.kill('SIGKILL')
      }, patienceMs)
      waiting = (answer) => {
        clearTimeout(late)
        resolve(answer as E.Either<string, never>)
      }
      child.stdin.write(`${JSON.stringify(question)}\n`)
    })
  const quit = async (): Promise<number | null> => {
    const bye = await ask({ ask: 'quit' })
    child.kill('SIGKILL')
    return E.isRight(bye) ? bye.right.peakBytes : null
  }
  return { ask, startedAt, quit }
}
