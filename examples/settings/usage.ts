import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { either as E } from 'fp-ts'

// What the command lines of all programs share: whole numbers, names, and how a process ends.

/** A command can end in these ways; each has its exit code. */
export const exitCodes = {
  done: 0,
  unusable: 2,
  failed: 3,
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
} as const

/**
 * Commander throws when it was asked for help, which is fulfilled, and at wrong usage. The exit
 * code is undefined for an error that commander did not throw.
 */
export const usageExitCode = (error: unknown): number | undefined =>
  error instanceof CommanderError
    ? error.exitCode === 0
      ? exitCodes.done
      : exitCodes.unusable
    : undefined

/** A count may be this at most, and so may a seed. */
const MOST_COUNT = 2 ** 31 - 1

/** This option takes a whole number from 1 to the most there may be. */
export const countOf = (flag: string, help: string, most = MOST_COUNT): Option =>
  new Option(`${flag} <n>`, help).argParser((text: string): number => {
    const n = Number(text)
    if (Number.isInteger(n) && n >= 1 && n <= most) return n
    throw new InvalidArgumentError(`Needs a whole number from 1 to ${most}.`)
  })

/**
 * This reads the whole number that stands behind a flag, from 1 to the most there may be. The
 * message of a Left names the flag and the text behind it.
 */
export const wholeNumber = (flag: string, text: string, most: number): E.Either<string, number> => {
  const n = Number(text)
  return Number.isInteger(n) && n >= 1 && n <= most
    ? E.right(n)
    : E.left(`${flag} ${text}: expected a whole number from 1 to ${most}`)
}

/** A file or a folder has a name: an empty one comes of a shell variable that is not set. */
export const named = (text: string): string => {
  if (text.trim() !== '') return text
  throw new InvalidArgumentError('It is empty; name a file or a folder (. for this one).')
}

/** A small program, `npm run <name> --`, has this command line; it ends with 2 at wrong usage. */
export const scriptOf = (name: string, description: string, help: string): Command =>
  new Command(`npm run ${name} --`)
    .description(description)
    .addHelpText('after', help)
    .exitOverride((error) => process.exit(usageExitCode(error)))
