import { defaultsOf } from './defaults.ts'
import { conditions, idleIn, isIdle } from './effects.ts'
import { settings, type Unfit } from './schema.ts'
import type { TrainConfig } from './settings.ts'
import { partlyIdle } from './unseen.ts'

// Settings that are given but have no effect, by the table of `effects.ts`.

type Key = keyof TrainConfig

/** The settings that were given, by flags and by a file. */
export interface Given {
  readonly flags: readonly string[]
  /** The keys of the file. */
  readonly file: readonly string[]
  /** The configuration of the file without the flags. */
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
      return { keys: [key], expected: `only with ${needs}: ${because}` }
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

/** Lists the settings that are given and have no effect, in the settings' order. */
export const unusedSettings = (config: TrainConfig, given: Given): readonly Unfit[] => {
  const place = ({ keys }: Unfit): number => settings.indexOf(keys[0])
  return [...unusedAsWhole(config, given), ...unusedInPart(config, given)].sort(
    (a, b) => place(a) - place(b),
  )
}

/** Resets settings without effect to their defaults: equal runs have equal configurations. */
export const fittedTo = (config: TrainConfig, standard: TrainConfig): TrainConfig => ({
  ...config,
  ...Object.fromEntries(idleIn(config).map((key) => [key, standard[key]])),
})

/** Returns the configuration of a run, in which what does nothing has its default. */
export const fittedSettings = (config: TrainConfig): TrainConfig =>
  fittedTo(config, defaultsOf(config.lattice, config.backend))
