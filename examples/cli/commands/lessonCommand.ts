import { readFileSync } from 'node:fs'
import { Argument } from 'commander'
import { exitCodes, named } from '../../settings/index.ts'
import type { CliCommand } from '../parts/cliCommand.ts'
import { type CommandContext, refuse } from '../parts/context.ts'

// `psigrad lesson` lists the lessons, or runs one and prints it with the values of this run.

type Streams = Pick<CommandContext, 'stdout' | 'stderr'>

/** Runs the command and returns the exit code. */
export const lessonCommand = async (
  which: string | undefined,
  { stdout, stderr }: Streams,
): Promise<number> => {
  const { chosenFrom, courseFolder, courseIn, lessonAsRun, titleOf } = await import(
    '../../lessons/index.ts'
  )
  const { lessons, exercises } = courseIn(courseFolder())
  if (which === undefined) {
    const list = (paths: readonly string[]) => paths.map((path) => `  ${titleOf(path)}\n`).join('')
    stdout.write(`Lessons:\n${list(lessons)}\nExercises:\n${list(exercises)}`)
    return exitCodes.done
  }
  const path = chosenFrom(lessons, which)
  if (path === undefined)
    return refuse(stderr, `lesson ${which}: expected 1 to ${lessons.length}, or a Markdown file`)
  try {
    stdout.write(lessonAsRun(path, readFileSync(path, 'utf8')))
    return exitCodes.done
  } catch (error) {
    return refuse(stderr, `${path}: ${(error as Error).message}`)
  }
}

/** The command `psigrad lesson`. */
export const command: CliCommand = {
  name: 'lesson',
  description: 'List the lessons on derivatives and wave functions, or run one of them.',
  words: [new Argument('[which]', 'the number of a lesson, or a Markdown file').argParser(named)],
  options: [],
  run: ({ words }, context) => lessonCommand(words[0], context),
  help: `
A lesson is a page of text with small programs. The command runs them and prints the page with the
values that they give here. To change a lesson, copy it, edit the copy, and run that.

Examples:
  psigrad lesson
  psigrad lesson 4
  psigrad lesson mine/04-own-rule.md`,
}
