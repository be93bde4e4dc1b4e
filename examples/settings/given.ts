import { defaultsOf } from './defaults.ts'
import { conditions, idleIn, isIdle } from './effects.ts'
import { settings, type Unfit } from './schema.ts'
import type { TrainConfig } from './settings.ts'
import { partlyIdle } from './unseen.ts'

// What is given and not used, by the table of `effects.ts`.

type Key = keyof TrainConfig

/** Settings come from flags, a file and the defaults. */
export interface Given {
  readonly flags: readonly string[]
  /** The file that was given to start from has these keys. */
  readonly file: readonly string[]
  /** That file says this by itself. */
  readonly alone: TrainConfig
  readonly standard: TrainConfig
}

const differ = (a: TrainConfig, b: TrainConfig, key: Key): boolean =>
  JSON.stringify(a[key]) !== JSON.stringify(b[key])

const unusedAsWhole = (config: TrainConfig, given: Given): readonly Unfit[] =>
  idleIn(config)
    .filter(
      (key) =>
        given.flags.includes(key) ||
        (given.file.includes(key) &&
          differ(given.alone, given.standard, key) &&
          isIdle(given.alone, key)),
    )
    .map((key) => {
      const { needs, because } = conditions[key]!
      return { keys: [key], expected: `${needs} beside it: ${because}` }
    })

const unusedInPart = (config: TrainConfig, given: Given): readonly Unfit[] =>
  partlyIdle
    .filter(
      ({ key }) =>
        (given.flags.includes(key) || given.file.includes(key)) &&
        differ(config, given.standard, key),
    )
    .flatMap(({ key, expected }): readonly Unfit[] => {
      const text = expected(config)
      return text === undefined ? [] : [{ keys: [key], expected: text }]
    })

/** These settings are given and do nothing; they have the settings' order. */
export const unusedSettings = (config: TrainConfig, given: Given): readonly Unfit[] => {
  const place = ({ keys }: Unfit): number => settings.indexOf(keys[0])
  return [...unusedAsWhole(config, given), ...unusedInPart(config, given)].sort(
    (a, b) => place(a) - place(b),
  )
}

/** What does nothing goes to its default, so that equal runs have equal configurations. */
export const fittedTo = (config: TrainConfig, standard: TrainConfig): TrainConfig => ({
  ...config,
  ...Object.fromEntries(idleIn(config).map((key) => [key, standard[key]])),
})

/** Returns the configuration of a run, in which what does nothing has its default. */
export const fittedSettings = (config: TrainConfig): TrainConfig =>
  fittedTo(config, defaultsOf(config.lattice, config.backend))
