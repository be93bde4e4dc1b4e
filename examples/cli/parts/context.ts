import type { Failure, StopSignal, TrainRequest } from '../../run/index.ts'
import type { PlanTraining, SuitedTo } from '../../session/index.ts'
import { exitCodes, spoken } from '../../settings/index.ts'
import type { Terminal } from './screen.ts'

// The context of every command, and the ways in which a command fails.

/** A command works with the streams and signals of its process, and with the planner of runs. */
export interface CommandContext {
  readonly plan: () => Promise<PlanTraining>
  /** Completes settings that name only the problem; without it the defaults stand. */
  readonly suit?: () => Promise<SuitedTo>
  readonly stdout: Pick<Terminal, 'write'>
  readonly stderr: Terminal
  readonly stopped: () => StopSignal | undefined
  readonly interruptibly?: TrainRequest['interruptibly']
}

/** Writes why a command failed, and returns its exit code. */
export const reportFailure = (
  stderr: Pick<Terminal, 'write'>,
  { code, message }: Failure,
): number => {
  stderr.write(`psigrad: ${spoken(message)}\n`)
  return code
}

/** Writes what is wrong with a command's arguments, and returns the exit code of wrong usage. */
export const refuse = (stderr: Pick<Terminal, 'write'>, message: string): number =>
  reportFailure(stderr, { code: exitCodes.unusable, message })

/** Several problems become one message, in which each stands below the one before. */
export const listed = (problems: readonly string[]): string => problems.join('\n         ')
