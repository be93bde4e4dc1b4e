import type { Failure, StopSignal, TrainRequest } from '../run/index.ts'
import type { PlanTraining } from '../session/index.ts'
import { spoken } from '../settings/index.ts'
import type { Terminal } from './screen.ts'

// What every command is given, and how it ends where it cannot do what it was asked.

/** Streams, signals and the planner of a run. */
export interface CommandContext {
  readonly plan: () => Promise<PlanTraining>
  readonly stdout: Pick<Terminal, 'write'>
  readonly stderr: Terminal
  readonly stopped: () => StopSignal | undefined
  readonly interruptibly?: TrainRequest['interruptibly']
}

/** The last words of a command that could not do what it was asked. */
export const reportFailure = (
  stderr: Pick<Terminal, 'write'>,
  { code, message }: Failure,
): number => {
  stderr.write(`psigrad: ${spoken(message)}\n`)
  return code
}
