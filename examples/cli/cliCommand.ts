import type { Argument, Option } from 'commander'
import type { Sources } from '../settings/index.ts'
import type { CommandContext } from './context.ts'

// What a command of the command line is. A file of `commands/` holds one: its grammar, its help and
// what it does. Such a file loads at every start, so that it imports what computes by `import(…)`.

/** What the user typed behind the name of a command. */
export interface Given {
  /** The words that are no options, in the order of the command's arguments. */
  readonly words: readonly string[]
  /** The settings among the options, as typed. */
  readonly flags: Sources['flags']
  /** The options that take a text; a setting is one of them, too. */
  readonly texts: Readonly<Record<string, string | undefined>>
  /** The options that are switches. */
  readonly switches: Readonly<Record<string, boolean | undefined>>
}

/** One command of the command line. */
export interface CliCommand {
  readonly name: string
  readonly description: string
  /** Words that the command takes behind its name; none by default. */
  readonly words?: readonly Argument[]
  readonly options: readonly Option[]
  /** What the help text says below the options. */
  readonly help: string
  /** A signal lets the command save its state before it ends; by default it ends the process. */
  readonly savesOnSignal?: boolean
  /** Does what was asked, and gives the exit code. */
  readonly run: (given: Given, context: CommandContext) => Promise<number>
}
