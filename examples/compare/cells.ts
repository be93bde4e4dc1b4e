import { createHash } from 'node:crypto'
import { withoutFolder } from '../forms/index.ts'
import type { TrainConfig } from '../settings/index.ts'

// A comparison is a table of runs that differ in the attention form and the seed alone.

export interface Cell {
  readonly form: string
  readonly config: TrainConfig
  /** Name of its run folder within the comparison's. */
  readonly folder: string
}

/**
 * What numbers do not depend on, such as threads and memory, is not in the name of a run; neither
 * are settings of later years where they are as they always were.
 */
const fingerprint = ({
  threads: _t,
  memory: _m,
  symmetry,
  sector,
  samplePower,
  ...config
}: TrainConfig): string => {
  const all = {
    ...config,
    ...(symmetry === 'none' ? {} : { symmetry, sector }),
    ...(samplePower === 2 ? {} : { samplePower }),
  }
  return createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 8)
}

const slug = (form: string): string =>
  form
    .replaceAll(/[^A-Za-z0-9.]+/g, '-')
    .slice(0, MOST_LETTERS)
    .replace(/-$/, '')

/**
 * File systems take names of 255 bytes. What a longer formula loses in its name is in the
 * fingerprint that ends it.
 */
const MOST_LETTERS = 80

/** The cell of a configuration. */
export const cellOf = (config: TrainConfig): Cell => {
  const { attention: form, seed } = config
  // A form of one's own is known by its file's name and hash, wherever it lies.
  const named = { ...config, attention: withoutFolder(form) }
  return { form, config, folder: `${slug(named.attention)}-seed-${seed}-${fingerprint(named)}` }
}

/**
 * Every form with every seed, seed by seed, so that each form has a result early. The folder's
 * name follows from the settings: the same run is found again, another one does not collide.
 */
export const cellsOf = (
  base: TrainConfig,
  forms: readonly string[],
  seeds: number,
): readonly Cell[] =>
  Array.from({ length: seeds }, (_, k) => base.seed + k).flatMap((seed) =>
    forms.map((form) => cellOf({ ...base, attention: form, seed })),
  )
