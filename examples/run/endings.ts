import { type Problem, showProblem } from '../../core/index.ts'
import { exitCodes, type TrainConfig } from '../settings/index.ts'
import { advice } from './advice.ts'
import { type Caller, type Failure, unusable } from './caller.ts'
import { files, isThere } from './folder.ts'
import type { SaveError } from './progress.ts'
import type { Ending, StopSignal } from './unfold.ts'

// This file writes the last message of a run that gives no result.

/** Problems of the machine that computes, not of the numbers of a run. */
const ofMachine: readonly Problem['kind'][] = ['DeviceError', 'WorkerError']

/** Returns the message about a step that failed, and about the state that is left. */
export const failure = (
  { problem, progress }: Extract<Ending, { kind: 'failed' }>,
  config: TrainConfig,
  folder: string,
  caller: Caller,
): Failure => {
  const good = progress.state.step
  const last = good === 0 ? 'the initial one' : `after step ${good}`
  if (ofMachine.includes(problem.kind))
    return {
      code: exitCodes.failed,
      message: [
        `failure in step ${good + 1} of ${config.steps}`,
        showProblem(problem),
        `The state, ${last}, is saved.`,
        caller.goOn(folder, problem.kind === 'DeviceError' ? '--backend wasm' : '--threads 1'),
      ].join('\n'),
    }
  if (problem.data?.vanishing === true)
    return {
      code: exitCodes.failed,
      message: [
        `there is nothing to sum over in step ${good + 1} of ${config.steps}`,
        showProblem(problem),
        `The state, ${last}, is in ${folder}/${files.checkpoint}.`,
      ].join('\n'),
    }
  return {
    code: exitCodes.failed,
    message: [
      `numerical failure in step ${good + 1} of ${config.steps}`,
      showProblem(problem),
      `The last good state, ${last}, is in ${folder}/${files.checkpoint}.`,
      ...advice(problem, config, `${folder}/${files.config}`, caller),
    ].join('\n'),
  }
}

/** Returns the message about a run that a signal has ended. */
export const interruption = (
  signal: StopSignal,
  where: string,
  folder: string,
  caller: Caller,
): Failure => ({
  code: exitCodes[signal],
  message: `stopped ${where}; the state is saved. ${caller.goOn(folder)}`,
})

/** Returns the message after a failed write; the last state saved before it is still there. */
export const refused = ({ message }: SaveError, folder: string, caller: Caller): Failure =>
  unusable(
    isThere(folder, files.checkpoint)
      ? `${message}\nThe state that was saved before is still there. ${caller.goOn(folder)}`
      : message,
  )
