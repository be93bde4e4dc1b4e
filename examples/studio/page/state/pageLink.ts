import type { TrainConfig } from '../../../settings/index.ts'
import type { Typed } from '../../engine/index.ts'

// The settings of the page are in its link, so that a copied link shows the same. A link never
// starts anything.

/** The settings that a link may carry: those of the rail. */
export const linked = [
  'lattice',
  'size',
  'j2',
  'marshall',
  'attention',
  'patch',
  'layers',
  'dim',
  'heads',
  'samples',
  'steps',
  'lr',
  'optimizer',
  'seed',
] as const satisfies readonly (keyof TrainConfig)[]

/** Returns the settings of a link's fragment; what it has besides is ignored. */
export const settingsOf = (fragment: string): Typed => {
  const given = new URLSearchParams(fragment.replace(/^#/, ''))
  return Object.fromEntries(
    linked.flatMap((key) => {
      const value = given.get(key)
      return value === null ? [] : [[key, value.slice(0, 500)]]
    }),
  )
}

/** Returns the settings of the rail that give a configuration. */
export const settingsFrom = (config: TrainConfig): Typed =>
  Object.fromEntries(
    linked.map((key) => {
      const value = config[key]
      return [key, Array.isArray(value) ? value.join('x') : String(value)]
    }),
  )

/** Returns the fragment of a link to some settings; empty where all have their defaults. */
export const fragmentOf = (settings: Typed): string => {
  const pairs = linked.flatMap((key): [string, string][] => {
    const value = settings[key]
    return value === undefined ? [] : [[key, value]]
  })
  const given = new URLSearchParams(pairs).toString()
  return given === '' ? '' : `#${given}`
}
