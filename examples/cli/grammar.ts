import { Command } from 'commander'
import { flags, psigrad, spoken } from '../settings/index.ts'
import type { CliCommand, Given } from './parts/cliCommand.ts'
import { option } from './parts/sharedOptions.ts'

// The grammar of the command line is made from the list of commands.

/** Commander reads the options of a command into such a record. */
type Options = Readonly<Record<string, string | boolean | undefined>>

const settingKeys: readonly string[] = flags.map((f) => f.key)

type Value = string | boolean

const entriesThat = <V extends Value>(
  options: Options,
  is: (value: Value | undefined, key: string) => value is V,
): Record<string, V> =>
  Object.fromEntries(
    Object.entries(options).flatMap(([key, value]) => (is(value, key) ? [[key, value]] : [])),
  )

const isText = (value: unknown): value is string => typeof value === 'string'
const isSwitch = (value: unknown): value is boolean => typeof value === 'boolean'

const givenBy = (words: readonly string[], options: Options): Given => ({
  words,
  flags: entriesThat(
    options,
    (value, key): value is Value => settingKeys.includes(key) && value !== undefined,
  ),
  texts: entriesThat(options, isText),
  switches: entriesThat(options, isSwitch),
})

const addCommand = (
  root: Command,
  command: CliCommand,
  call: (command: CliCommand, given: Given) => Promise<void>,
): void => {
  const { name, description, words = [], options, help } = command
  const made = root.command(name).description(description)
  for (const word of words) made.addArgument(word)
  for (const one of options) made.addOption(one)
  // Commander calls an action with the words, the options and itself.
  made.addHelpText('after', spoken(help)).action((...all: readonly unknown[]) => {
    // A word that may be repeated is a list, and one that is missing is undefined.
    const typed = all.slice(0, words.length).flat().filter(isText)
    return call(command, givenBy(typed, all[words.length] as Options))
  })
}

/** Makes the program of some commands; `call` receives the command that was typed. */
export const program = (
  version: string,
  commands: readonly CliCommand[],
  call: (command: CliCommand, given: Given) => Promise<void>,
): Command => {
  const root = new Command(psigrad)
    .description('Transformer wave functions for quantum spins, trained by variational Monte Carlo')
    .version(version, '--version', 'print the version')
    .helpCommand(false)
    .addHelpText('after', spoken('\nHelp on a command: psigrad train --help'))
    // Commands inherit what the program has when they are made.
    .addHelpOption(option('--help', 'print this help'))
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'psigrad: ')),
    })
  for (const command of commands) addCommand(root, command, call)
  return root
}
