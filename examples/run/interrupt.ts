import { Script } from 'node:vm'
import { either as E } from 'fp-ts'
import { type StopSignal, yieldToEventLoop } from './unfold.ts'

// Work that does not give way: a signal would wait until it is done.

const NAME = Symbol.for('psigrad.interruptible')
const script = new Script(`globalThis[Symbol.for('psigrad.interruptible')]()`)

const interrupted = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED'

/**
 * Does the work; Left when Ctrl-C has ended it in the middle. What the work holds in memory is then
 * half done: the process should end. Other signals wait.
 */
export const interruptibly = <A>(work: () => A): E.Either<'SIGINT', A> => {
  let result: E.Either<'SIGINT', A> = E.left('SIGINT')
  const place = globalThis as { [NAME]?: () => void }
  place[NAME] = () => {
    result = E.right(work())
  }
  try {
    script.runInThisContext({ breakOnSigint: true })
  } catch (error) {
    if (!interrupted(error)) throw error
    return E.left('SIGINT')
  } finally {
    delete place[NAME]
  }
  return result
}

/** How a run hears of signals. */
export interface Signals {
  readonly stopped: () => StopSignal | undefined
  /** Does work that does not give way. Left: a signal has ended it. Default: it waits. */
  readonly interruptibly?: <A>(work: () => A) => E.Either<StopSignal, A>
}

/** Work between two looks at the signals. Left: the one that has come. */
export const between = async <A>(
  { stopped, interruptibly }: Signals,
  work: () => A,
): Promise<E.Either<StopSignal, A>> => {
  await yieldToEventLoop()
  const before = stopped()
  if (before !== undefined) return E.left(before)
  const done = interruptibly === undefined ? E.right(work()) : interruptibly(work)
  await yieldToEventLoop()
  const after = stopped()
  return after === undefined ? done : E.left(after)
}
