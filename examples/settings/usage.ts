import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'

// What the command lines of all programs share: whole numbers, names, and how wrong usage ends.

/** Commander's own complaints are wrong usage; its help is not. */
export const usageExitCode = (error: unknown): number | undefined =>
  error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : undefined

/** What a seed, too, may be at most. */
const MOST_COUNT = 2 ** 31 - 1

/** An option that is a whole number from 1 to the most there may be. */
export const countOf = (flag: string, help: string, most = MOST_COUNT): Option =>
  new Option(`${flag} <n>`, help).argParser((text: string): number => {
    const n = Number(text)
    if (Number.isInteger(n) && n >= 1 && n <= most) return n
    throw new InvalidArgumentError(`Needs a whole number from 1 to ${most}.`)
  })

/** The name of a file or a folder. An empty one comes of a shell variable that is not set. */
export const named = (text: string): string => {
  if (text.trim() !== '') return text
  throw new InvalidArgumentError('It is empty; name a file or a folder (. for this one).')
}

/** The command line of a small program, `npm run <name> --`: it ends with 2 at wrong usage. */
export const scriptOf = (name: string, description: string, help: string): Command =>
  new Command(`npm run ${name} --`)
    .description(description)
    .addHelpText('after', help)
    .exitOverride((error) => process.exit(usageExitCode(error)))
