import { exitCodes, shellWord } from '../settings/index.ts'

// A caller is the command that trains: it has exit codes, and its messages advise how to call it
// again.

/** The exit code of a run without result, and the message for the user. */
export interface Failure {
  readonly code: number
  readonly message: string
}

export const unusable = (message: string): Failure => ({ code: exitCodes.unusable, message })

/** The command that trains, as its messages advise to call it again. */
export interface Caller {
  /** Returns how to continue the run in a folder, with an optional extra flag. */
  readonly goOn: (folder: string, flag?: string) => string
  /** Returns how to try again with another setting. */
  readonly retry: (config: string, flag: string) => string
}

/** The caller `psigrad train`, which continues one run. */
export const trainCaller: Caller = {
  goOn: (folder, flag = '') =>
    `Continue with\n  psigrad train --resume ${shellWord(folder)}${flag === '' ? '' : ` ${flag}`}`,
  retry: (config, flag) => `:\n  psigrad train --config ${shellWord(config)} ${flag}`,
}

/** Returns the caller for a command of many runs, which continues them when it is called again. */
export const callerOfMany = (command: string): Caller => ({
  goOn: (folder, flag = '') =>
    flag === ''
      ? `Run psigrad ${command} again, with the same arguments, to continue.`
      : `Continue this run with\n  psigrad train --resume ${shellWord(folder)} ${flag}\n` +
        `and the others with psigrad ${command} again, with the same arguments.`,
  retry: (config, flag) =>
    ` all runs with ${flag}, or only this one:\n` +
    `  psigrad train --config ${shellWord(config)} ${flag}`,
})
