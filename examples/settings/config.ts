import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { either as E } from 'fp-ts'
import { nearest } from '../../models/attention/index.ts'
import { reasonOf, seenFrom } from '../forms/index.ts'
import { beforeTheyExisted, defaults, defaultsOf, showSize } from './defaults.ts'
import { type Model, unfitModel, unfitTogether } from './fit.ts'
import { fittedSettings, unusedSettings } from './given.ts'
import { flagOf } from './options.ts'
import { parse, settings, type Unfit } from './schema.ts'
import type { TrainConfig } from './settings.ts'

// One configuration is made from flags, a file and defaults: a flag wins over the file, the file
// over the defaults. A problem names the flag, or the key of the file, that has the wrong value.

export interface ConfigProblem {
  /** The flag, or the file and the key in it. */
  readonly where: string
  /** The value, as the user wrote it; undefined when there is none. */
  readonly received?: string
  /** A description of the values that would be right. */
  readonly expected: string
}

export type Configured<A> = E.Either<readonly ConfigProblem[], A>

export const showConfigProblem = ({ where, received, expected }: ConfigProblem): string =>
  where.startsWith('--')
    ? `${where}${received === undefined ? '' : ` ${received}`}: expected ${expected}`
    : `${where}: ${received === undefined ? '' : `received ${received}, `}expected ${expected}`

/** Writes all problems of a configuration as one message, each on its own line. */
export const showConfigProblems = (problems: readonly ConfigProblem[]): string =>
  problems.map(showConfigProblem).join('\n         ')

/** A configuration file that has been read, with unchecked settings. */
export interface ConfigFile {
  readonly name: string
  readonly values: Readonly<Record<string, unknown>>
  /** Whether the file belongs to a run: its settings without effect are allowed then. */
  readonly ofRun?: boolean
}

/** JSON has no NaN, but Python writes it: it is read as text, so that its setting can be named. */
const quoted = (text: string): string =>
  text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  )

const parseJson = (text: string): E.Either<unknown, unknown> =>
  E.alt(() => E.tryCatch(() => JSON.parse(quoted(text)) as unknown, E.toError))(
    E.tryCatch(() => JSON.parse(text) as unknown, E.toError),
  )

/** The path of a user's form is relative to the folder of the file that names it. */
const placed = (path: string, values: ConfigFile['values']): ConfigFile['values'] =>
  typeof values.attention === 'string'
    ? { ...values, attention: seenFrom(dirname(path), values.attention) }
    : values

/** Reads a JSON file, which should hold one object of settings. */
export const readConfigFile = (path: string): Configured<ConfigFile> => {
  const where = `--config ${path}`
  const text = E.tryCatch(() => readFileSync(path, 'utf8'), reasonOf)
  if (E.isLeft(text)) return E.left([{ where, expected: `a file to read, but ${text.left}` }])
  const json = parseJson(text.right.replace(/^\uFEFF/, ''))
  if (E.isLeft(json)) {
    const reason = json.left instanceof Error ? json.left.message : String(json.left)
    return E.left([{ where, expected: `JSON, but ${reason}` }])
  }
  const values = json.right
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    return E.left([{ where, expected: 'a JSON object, such as { "size": "4x4", "j2": 0.5 }' }])
  return E.right({ name: path, values: placed(path, values as ConfigFile['values']) })
}

const show = (value: unknown): string =>
  typeof value === 'string' && /^-?(NaN|Infinity)$/.test(value)
    ? value
    : (JSON.stringify(value) ?? String(value))

const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}...` : text)

/** The sources of settings. Flags are kept as typed, so that messages show them so. */
export interface Sources {
  readonly flags: Readonly<Record<string, string | boolean>>
  readonly file?: ConfigFile | undefined
}

const has = (record: object, key: string): boolean => Object.hasOwn(record, key)

const toProblem =
  ({ flags, file }: Sources, merged: Readonly<Record<string, unknown>>) =>
  ({ keys, expected }: Unfit): ConfigProblem => {
    const flag = keys.find((key) => has(flags, key))
    if (flag !== undefined)
      return { where: flagOf(flag), received: shortened(String(flags[flag])), expected }
    const key = keys.find((k) => has(file?.values ?? {}, k))
    if (key !== undefined) {
      const received = shortened(show(file?.values[key]))
      return { where: `${file?.name}: ${key}`, received, expected }
    }
    const value = merged[keys[0]]
    const standard = Array.isArray(value) ? showSize(value) : String(value)
    return { where: flagOf(keys[0]), received: `${standard} (the default)`, expected }
  }

const unknownKeys = (file: ConfigFile | undefined): readonly ConfigProblem[] =>
  Object.keys(file?.values ?? {})
    .filter((key) => !(settings as string[]).includes(key))
    .map((key) => {
      const near = nearest(key, settings)
      return {
        where: `${file?.name}: ${shortened(key)}`,
        expected: near === undefined ? `one of ${settings.join(', ')}` : `"${near}"`,
      }
    })

const merged = ({ flags, file }: Sources): Record<string, unknown> => ({
  ...defaultsOf(flags.lattice ?? file?.values.lattice, flags.backend ?? file?.values.backend),
  ...(file?.ofRun === true ? beforeTheyExisted : {}),
  ...Object.fromEntries(Object.entries(file?.values ?? {}).filter(([key]) => has(defaults, key))),
  ...flags,
})

const resolveWith = (
  sources: Sources,
  together: (config: TrainConfig) => readonly Unfit[],
): Configured<TrainConfig> => {
  const unknown = unknownKeys(sources.file)
  const raw = merged(sources)
  const { fit, unfit } = parse(raw)
  const config = { ...defaults, ...fit }
  // Settings that are right on their own may still not fit together; that is reported too.
  const alone = unfit.flatMap(({ keys }) => keys)
  const between = together(config).filter((u) => !u.keys.some((k) => alone.includes(k)))
  const problems = [...unknown, ...[...unfit, ...between].map(toProblem(sources, raw))]
  return problems.length > 0 ? E.left(problems) : E.right(config)
}

/** Returns the configuration of the file without the flags. */
const fileAlone = ({ file }: Sources): TrainConfig => {
  const raw = merged({ flags: {}, file })
  return { ...defaults, ...parse(raw).fit }
}

/**
 * Resolves a configuration, and allows settings without effect. This is for comparisons of forms on
 * one set of settings, some of which may affect only one of the forms.
 */
export const resolveLeniently = (sources: Sources): Configured<TrainConfig> =>
  E.map((config: TrainConfig) => (sources.file?.ofRun === true ? config : fittedSettings(config)))(
    resolveWith(sources, unfitTogether),
  )

/**
 * Resolves the configuration of a training run. A flag without effect is a problem, and so is a
 * value of a file that is not the default and has no effect with the file's other values. A file's
 * value that loses its effect through a flag returns to its default, so that the configuration
 * which the run saves can be given to --config.
 *
 * Left  all problems, in the settings' order.
 */
export const resolveConfig = (sources: Sources): Configured<TrainConfig> =>
  E.chain((config: TrainConfig): Configured<TrainConfig> => {
    const { flags, file } = sources
    const given = {
      flags: Object.keys(flags),
      file: file === undefined || file.ofRun === true ? [] : Object.keys(file.values),
      alone: fileAlone(sources),
      standard: defaultsOf(config.lattice, config.backend),
    }
    const raw = merged(sources)
    const unused = unusedSettings(config, given).map(toProblem(sources, raw))
    return unused.length > 0 ? E.left(unused) : resolveLeniently(sources)
  })(resolveWith(sources, unfitTogether))

/** Resolves only lattice and couplings, for commands without a wave function. */
export const resolveModel = (flags: Sources['flags']): Configured<Model> =>
  resolveWith({ flags }, unfitModel)
