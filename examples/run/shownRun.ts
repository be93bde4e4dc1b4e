import { either as E } from 'fp-ts'
import { outline, type Shown } from '../../core/index.ts'
import { counted } from '../../core/values/index.ts'
import { shown } from '../../physics/index.ts'
import type { StepRecord, Training } from '../session/index.ts'
import {
  defaultsOf,
  flags,
  flagsOf,
  showModel,
  showSetting,
  showSmall,
  showTime,
  type TrainConfig,
} from '../settings/index.ts'
import { files } from './folder.ts'
import { loadJson } from './json.ts'
import { relativeErrorOf, resultSchema } from './result.ts'
import type { Progress } from './unfold.ts'

// A saved run as a line and its parts.

/** The flags of settings that are not the defaults of this lattice and backend. */
const changed = (config: TrainConfig): readonly string[] => {
  const defaults = defaultsOf(config.lattice, config.backend)
  const keys = flags.map(({ key }) => key)
  return keys
    .filter((key) => showSetting(config, key) !== showSetting(defaults, key))
    .map((key) =>
      flagsOf(
        config,
        keys.filter((other) => other !== key),
      ),
    )
    .filter((text) => text !== '')
}

/** An energy as `show` gives it, and how far it is from the exact one. */
const shownRecord = (record: StepRecord, exact: number | null): Shown => {
  const energy = shown(record)
  const off = relativeErrorOf(record.energy, exact)
  if (typeof energy === 'string' || off === null) return energy
  return { ...energy, parts: [`relative error ${showSmall(off)}`, ...energy.parts] }
}

export interface KnownRun {
  readonly config: TrainConfig
  readonly training: Pick<Training, 'sites' | 'parameters'>
  readonly progress: Pick<Progress, 'records' | 'seconds'>
  /** The exact energy of the whole lattice, where it is known. */
  readonly exact: number | null
}

/** A run by its model, the settings that are not the defaults, its steps and its last energy. */
export const shownRun = ({ config, training, progress, exact }: KnownRun): Shown => {
  const [settings, last] = [changed(config), progress.records.at(-1)]
  return {
    line: `run of ${showModel(config)}`,
    parts: [
      `${counted(training.parameters, 'parameter')}, ${counted(training.sites, 'site')}`,
      settings.length === 0
        ? 'all settings are the defaults'
        : { line: 'settings that are not the defaults', parts: settings },
      `${progress.records.length} of ${counted(config.steps, 'step')} done in ${showTime(progress.seconds)}`,
      ...(last === undefined ? [] : [shownRecord(last, exact)]),
    ],
  }
}

/** The exact energy that the result of a finished run in this folder has. */
const exactIn = (folder: string, sites: number): number | null => {
  const result = loadJson(folder, files.result, resultSchema, '')
  const perSite = E.isRight(result) ? result.right?.exactPerSite : undefined
  return perSite === undefined || perSite === null ? null : perSite * sites
}

/** The run in a folder, for people. */
export const showRun = (folder: string, run: Omit<KnownRun, 'exact'>): string =>
  outline(shownRun({ ...run, exact: exactIn(folder, run.training.sites) }))
