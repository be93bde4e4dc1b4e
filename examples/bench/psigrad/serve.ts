import { createInterface } from 'node:readline'
import { encodeNumbers, type Question, type Timed } from '../protocol.ts'

// This file is the contender's side of the protocol.

/** A prepared task. */
export interface Prepared {
  readonly version: string
  /** Runs the work once; it is done when this returns, or when its promise resolves. */
  readonly run: () => unknown
  /** Returns further details of the last call. */
  readonly details?: () => Omit<Timed, 'seconds'>
  readonly numbers: () => Float64Array | Promise<Float64Array>
}

export type Prepare = (
  question: Extract<Question, { ask: 'prepare' }>,
) => Prepared | Promise<Prepared>

const timed = async (run: Prepared['run'], calls: number): Promise<number> => {
  const start = performance.now()
  for (let i = 0; i < calls; i += 1) {
    const promised = run()
    if (promised instanceof Promise) await promised
  }
  return (performance.now() - start) / 1000 / calls
}

const answer = async (question: Question, ready: Prepared): Promise<object> => {
  switch (question.ask) {
    case 'prepare':
      return { version: ready.version }
    case 'run':
      return { seconds: await timed(ready.run, question.calls), ...ready.details?.() }
    case 'numbers':
      return { numbers: encodeNumbers(await ready.numbers()) }
    case 'quit':
      return { peakBytes: process.resourceUsage().maxRSS * 1024 }
  }
}

/** Answers every line of stdin until it receives `quit`. */
export const serve = async (prepare: Prepare): Promise<void> => {
  let ready: Prepared | undefined
  for await (const line of createInterface({ input: process.stdin })) {
    const question = JSON.parse(line) as Question
    try {
      if (question.ask === 'prepare') ready = await prepare(question)
      process.stdout.write(`${JSON.stringify(await answer(question, ready!))}\n`)
    } catch (error) {
      process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`)
    }
    if (question.ask === 'quit') break
  }
  process.stdout.end(() => process.exit(0))
}
