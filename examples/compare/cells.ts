import { createHash } from 'node:crypto'
import { withoutFolder } from '../forms/index.ts'
import { beforeTheyExisted, type TrainConfig } from '../settings/index.ts'

// A comparison is a table of runs that differ only in the attention form and the seed.

export interface Cell {
  readonly form: string
  readonly config: TrainConfig
  /** The name of its run folder within the folder of the comparison. */
  readonly folder: string
}

/**
 * Settings that do not change numbers, such as threads and memory, are not in the name of a run;
 * neither are settings of later versions that have their old meaning.
 */
const fingerprint = ({
  threads: _t,
  memory: _m,
  symmetry,
  sector,
  samplePower,
  takeBack,
  ...config
}: TrainConfig): string => {
  const all = {
    ...config,
    ...(symmetry === 'none' ? {} : { symmetry, sector }),
    ...(samplePower === beforeTheyExisted.samplePower ? {} : { samplePower }),
    ...(takeBack === beforeTheyExisted.takeBack ? {} : { takeBack }),
  }
  return createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 8)
}

const slug = (form: string): string =>
  form
    .replaceAll(/[^A-Za-z0-9.]+/g, '-')
    .slice(0, MOST_LETTERS)
    .replace(/-$/, '')

/**
 * File systems allow names of 255 bytes. A longer formula is cut; the fingerprint at the end of the
 * name contains it.
 */
const MOST_LETTERS = 80

/** Returns the cell of a configuration. */
export const cellOf = (config: TrainConfig): Cell => {
  const { attention: form, seed } = config
  // A user's form is identified by the name and hash of its file, wherever it is.
  const named = { ...config, attention: withoutFolder(form) }
  return { form, config, folder: `${slug(named.attention)}-seed-${seed}-${fingerprint(named)}` }
}

/**
 * Returns every form with every seed, seed by seed, so that each form has a result early. The name
 * of the folder follows from the settings: the same run is found again, and different runs have
 * different folders.
 */
export const cellsOf = (
  base: TrainConfig,
  forms: readonly string[],
  seeds: number,
): readonly Cell[] =>
  Array.from({ length: seeds }, (_, k) => base.seed + k).flatMap((seed) =>
    forms.map((form) => cellOf({ ...base, attention: form, seed })),
  )
