import { Argument } from 'commander'
import { exitCodes, named } from '../../settings/index.ts'
import type { CliCommand } from '../parts/cliCommand.ts'
import { type CommandContext, refuse } from '../parts/context.ts'

// `psigrad exercise` asks the claims of an exercise, and says which hold.

type Streams = Pick<CommandContext, 'stdout' | 'stderr'>

/** The exit code where a claim does not hold. */
const WRONG = 1

const indented = (text: string): string => text.replaceAll(/^/gm, '      ')

/** Runs the command and returns the exit code. */
export const exerciseCommand = async (
  which: string,
  { stdout, stderr }: Streams,
): Promise<number> => {
  const { askClaims, chosenFrom, courseFolder, courseIn, titleOf } = await import(
    '../../lessons/index.ts'
  )
  const { exercises } = courseIn(courseFolder())
  const path = chosenFrom(exercises, which)
  if (path === undefined)
    return refuse(stderr, `exercise ${which}: expected 1 to ${exercises.length}, or a file`)
  try {
    const found = askClaims(path)
    stdout.write(`${titleOf(path)}\n${path}\n\n`)
    for (const { claim, holds, reason } of found) {
      stdout.write(`  ${holds ? 'holds' : 'fails'}   ${claim}\n`)
      if (reason !== undefined) stdout.write(`${indented(reason)}\n`)
    }
    return found.every(({ holds }) => holds) ? exitCodes.done : WRONG
  } catch (error) {
    return refuse(stderr, `${path}: ${(error as Error).message}`)
  }
}

/** The command `psigrad exercise`. */
export const command: CliCommand = {
  name: 'exercise',
  description: 'Ask the claims of an exercise of the lessons: has its mistake been mended?',
  words: [new Argument('<which>', 'the number of an exercise, or a file').argParser(named)],
  options: [],
  run: ({ words }, context) => exerciseCommand(words[0]!, context),
  help: `
An exercise is a TypeScript file with one mistake, and with claims that it must fulfil. Edit the
file, or a copy, and ask again. Exit codes: 0 all claims hold; 1 a claim fails; 2 no such file, or
one that does not run.

Examples:
  psigrad exercise 7
  psigrad exercise mine/07-linear.ts`,
}
