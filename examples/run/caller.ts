import { exitCodes, shellWord } from '../settings/index.ts'

// How the command that trains fails, and how its messages advise to call it again.

/** Why a run gave no result: its exit code and what to tell the user. */
export interface Failure {
  readonly code: number
  readonly message: string
}

export const unusable = (message: string): Failure => ({ code: exitCodes.unusable, message })

/** The command that trains, as it advises to be called again. */
export interface Caller {
  /** How to go on with the run in a folder, perhaps with a flag more. */
  readonly goOn: (folder: string, flag?: string) => string
  /** How to try once more with another setting. */
  readonly retry: (config: string, flag: string) => string
}

/** `psigrad train`, which goes on with one run. */
export const trainCaller: Caller = {
  goOn: (folder, flag = '') =>
    `Go on with\n  psigrad train --resume ${shellWord(folder)}${flag === '' ? '' : ` ${flag}`}`,
  retry: (config, flag) => `:\n  psigrad train --config ${shellWord(config)} ${flag}`,
}

/** A command of many runs, which goes on with them when it is called again. */
export const callerOfMany = (command: string): Caller => ({
  goOn: (folder, flag = '') =>
    flag === ''
      ? `Run psigrad ${command} again, with the same words, to go on.`
      : `Go on with this run by\n  psigrad train --resume ${shellWord(folder)} ${flag}\n` +
        `and with the others by psigrad ${command} again, with the same words.`,
  retry: (config, flag) =>
    ` all runs with ${flag}, or this one alone:\n` +
    `  psigrad train --config ${shellWord(config)} ${flag}`,
})
