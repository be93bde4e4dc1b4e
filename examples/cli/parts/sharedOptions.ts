import { Argument, Option } from 'commander'
import { type Flag, flags, named, showTerms, spoken } from '../../settings/index.ts'

// Arguments and options that several commands share.

/** This heading stands above the options of a command that are no settings. */
const group = 'Run:'

/** Makes an option that is no setting: a switch, or one that takes a text. */
export const option = (flag: string, help: string): Option =>
  new Option(flag, help).helpGroup(group)

/** Makes an option that takes the name of a file or a folder. */
export const pathOption = (flag: string, help: string): Option =>
  option(flag, help).argParser(named)

/** The option of commands that read initial settings from a file. */
export const configOption = (): Option =>
  pathOption('--config <file.json>', 'settings to start from')

/** The switch that makes a command print one JSON object. */
export const jsonOption = (help = 'print one JSON object'): Option => option('--json', help)

/** The argument of commands that read a run. */
export const runFolder = (): Argument => new Argument('<run>', 'folder of a run').argParser(named)

const settingOption = ({ key, flag, value, help, group }: Flag): readonly Option[] => {
  const text = spoken(`${help} ${showTerms(key)}`)
  if (value !== '') return [new Option(`${flag} <${value}>`, text).helpGroup(group)]
  const negated = new Option(flag.replace('--', '--no-'), help).hideHelp()
  return [new Option(flag, text).helpGroup(group), negated]
}

/** The settings that a command takes become options. */
export const settingOptions = (takes: (key: Flag['key']) => boolean): readonly Option[] =>
  flags.filter(({ key }) => takes(key)).flatMap(settingOption)

const modelKeys: readonly string[] = ['lattice', 'size', 'boundary', 'j1', 'j2']

/** Commands that need no wave function take the settings of a lattice and its couplings. */
export const modelOptions = (): readonly Option[] =>
  settingOptions((key) => modelKeys.includes(key))
