import type { Argument, Option } from 'commander'
import type { Sources } from '../../settings/index.ts'
import type { CommandContext } from './context.ts'

// A command of the command line. Each file of `commands/` holds one: its grammar, its help and its
// action. These files load at every start, so they import the code that computes by `import(…)`.

/** A `Given` holds the words and options that follow the name of a command. */
export interface Given {
  /** These words are no options; they have the order of the command's arguments. */
  readonly words: readonly string[]
  /** The settings among the options are kept as typed. */
  readonly flags: Sources['flags']
  /** All options that take a text are here, settings among them. */
  readonly texts: Readonly<Record<string, string | undefined>>
  /** All options that are switches are here. */
  readonly switches: Readonly<Record<string, boolean | undefined>>
}

/** A `CliCommand` is one command of the command line. */
export interface CliCommand {
  readonly name: string
  readonly description: string
  /** The command takes these words behind its name; by default it takes none. */
  readonly words?: readonly Argument[]
  readonly options: readonly Option[]
  /** The help text ends with this, below the options. */
  readonly help: string
  /** A signal lets the command save its state before it ends; by default it ends the process. */
  readonly savesOnSignal?: boolean
  /** Runs the command and returns the exit code. */
  readonly run: (given: Given, context: CommandContext) => Promise<number>
}
