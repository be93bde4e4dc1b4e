import { Argument, Option } from 'commander'
import { type Flag, flags, named, showTerms, spoken } from '../settings/index.ts'

// Words and options that several commands share.

/** The heading above the options of a command that are no settings. */
const group = 'Run:'

/** An option that is no setting: a switch, or one that takes a text. */
export const option = (flag: string, help: string): Option =>
  new Option(flag, help).helpGroup(group)

/** An option that takes the name of a file or a folder. */
export const pathOption = (flag: string, help: string): Option =>
  option(flag, help).argParser(named)

/** The option of every command that looks up the settings to start from. */
export const configOption = (): Option =>
  pathOption('--config <file.json>', 'settings to start from')

/** The switch that turns what a command prints into one JSON object. */
export const jsonOption = (help = 'print one JSON object'): Option => option('--json', help)

/** The word of commands that look at a run. */
export const runFolder = (): Argument => new Argument('<run>', 'folder of a run').argParser(named)

const settingOption = ({ key, flag, value, help, group }: Flag): readonly Option[] => {
  const text = spoken(`${help} ${showTerms(key)}`)
  if (value !== '') return [new Option(`${flag} <${value}>`, text).helpGroup(group)]
  const negated = new Option(flag.replace('--', '--no-'), help).hideHelp()
  return [new Option(flag, text).helpGroup(group), negated]
}

/** The settings that a command takes, as options. */
export const settingOptions = (takes: (key: Flag['key']) => boolean): readonly Option[] =>
  flags.filter(({ key }) => takes(key)).flatMap(settingOption)

const modelKeys: readonly string[] = ['lattice', 'size', 'boundary', 'j1', 'j2']

/** The settings of a lattice and its couplings, for commands that need no wave function. */
export const modelOptions = (): readonly Option[] =>
  settingOptions((key) => modelKeys.includes(key))
