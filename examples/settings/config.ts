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

// From flags, a file and defaults to one configuration: a flag wins over the file, the file over
// the defaults, and every problem is told in the words of the place its value came from.

export interface ConfigProblem {
  /** This is the flag, or the file and the path in it. */
  readonly where: string
  /** This value was met there, as the user wrote it; it is undefined when there is none. */
  readonly received?: string
  /** This would be right. */
  readonly expected: string
}

export type Configured<A> = E.Either<readonly ConfigProblem[], A>

export const showConfigProblem = ({ where, received, expected }: ConfigProblem): string =>
  where.startsWith('--')
    ? `${where}${received === undefined ? '' : ` ${received}`}: expected ${expected}`
    : `${where}: ${received === undefined ? '' : `received ${received}, `}expected ${expected}`

/** All problems of a configuration become one message; each stands below the one before. */
export const showConfigProblems = (problems: readonly ConfigProblem[]): string =>
  problems.map(showConfigProblem).join('\n         ')

/** A configuration file has been read, and nobody has looked at its settings yet. */
export interface ConfigFile {
  readonly name: string
  readonly values: Readonly<Record<string, unknown>>
  /** The file is a run's own: what did nothing when it began does nothing now. */
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

/** A form of one's own is found from the folder of the file that names it. */
const placed = (path: string, values: ConfigFile['values']): ConfigFile['values'] =>
  typeof values.attention === 'string'
    ? { ...values, attention: seenFrom(dirname(path), values.attention) }
    : values

/** This reads a JSON file, which should hold one object of settings. */
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

/** Flags are kept as typed; a value is looked up again to be shown as it was written. */
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
  // How settings fit together is told as well, of those that are right on their own.
  const alone = unfit.flatMap(({ keys }) => keys)
  const between = together(config).filter((u) => !u.keys.some((k) => alone.includes(k)))
  const problems = [...unknown, ...[...unfit, ...between].map(toProblem(sources, raw))]
  return problems.length > 0 ? E.left(problems) : E.right(config)
}

/** This is what the file says without the flags, where that is a configuration. */
const fileAlone = ({ file }: Sources): TrainConfig => {
  const raw = merged({ flags: {}, file })
  return { ...defaults, ...parse(raw).fit }
}

/**
 * This resolves a configuration whatever is given without effect: it is for forms that are to be
 * compared on one set of settings, which may count for one of them alone.
 */
export const resolveLeniently = (sources: Sources): Configured<TrainConfig> =>
  E.map((config: TrainConfig) => (sources.file?.ofRun === true ? config : fittedSettings(config)))(
    resolveWith(sources, unfitTogether),
  )

/**
 * This resolves the configuration of a training run. What is given and does nothing is wrong as
 * well: a flag always; a value of a file where it is not the default and does nothing beside the
 * file's other values. What flags put out of effect in a file comes back to its default, so that
 * the configuration that a run writes down is fit for --config.
 *
 * Left  everything that is wrong, in the settings' order.
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

/** This resolves lattice and couplings alone; patches and heads do not matter there. */
export const resolveModel = (flags: Sources['flags']): Configured<Model> =>
  resolveWith({ flags }, unfitModel)
