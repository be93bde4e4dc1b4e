import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { either as E } from 'fp-ts'
import { exitCodes } from './exitCodes.ts'

// The command lines of all programs share the reading of numbers and names, and the exit codes.

/**
 * Returns the exit code of an error that commander threw: after printing help, or at wrong usage.
 * It is undefined for other errors.
 */
export const usageExitCode = (error: unknown): number | undefined =>
  error instanceof CommanderError
    ? error.exitCode === 0
      ? exitCodes.done
      : exitCodes.unusable
    : undefined

/** The largest count. */
const MOST_COUNT = 2 ** 31 - 1

/** Makes an option that takes a whole number from 1 to `most`. */
export const countOf = (flag: string, help: string, most = MOST_COUNT): Option =>
  new Option(`${flag} <n>`, help).argParser((text: string): number => {
    const n = Number(text)
    if (Number.isInteger(n) && n >= 1 && n <= most) return n
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`)
  })

/**
 * Reads the whole number of a flag, from 1 to `most`. The message of a Left names the flag and its
 * text.
 */
export const wholeNumber = (flag: string, text: string, most: number): E.Either<string, number> => {
  const n = Number(text)
  return Number.isInteger(n) && n >= 1 && n <= most
    ? E.right(n)
    : E.left(`${flag} ${text}: expected a whole number from 1 to ${most}`)
}

/** Checks the name of a file or a folder: a shell variable that is not set gives an empty one. */
export const named = (text: string): string => {
  if (text.trim() !== '') return text
  throw new InvalidArgumentError('It is empty; name a file or a folder (. for this one).')
}

/** The same for each of several names; `before` has those that were read already. */
export const everyNamed = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  named(text),
]

/** Makes the command line of a script, `npm run <name> --`; wrong usage ends with 2. */
export const scriptOf = (name: string, description: string, help: string): Command =>
  new Command(`npm run ${name} --`)
    .description(description)
    .addHelpText('after', help)
    .exitOverride((error) => process.exit(usageExitCode(error)))
