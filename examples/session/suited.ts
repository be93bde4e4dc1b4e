import { either as E } from 'fp-ts'
import { TensorError } from '../../core/index.ts'
import { attention, cosets, parseForm, patchGrid } from '../../models/index.ts'
import * as physics from '../../physics/index.ts'
import {
  fittedSettings,
  groupsOf,
  modelOf,
  ownSymmetries,
  type SpinModel,
  showSector,
  sitesOf,
  type TrainConfig,
} from '../settings/index.ts'
import { groundLevel } from './level.ts'

// Settings that follow from the problem: which symmetries a run sums over, in which sector, and
// what it samples, where its user says nothing about them.

/** Settings, and words about those that follow from the problem. */
export interface Suited {
  readonly config: TrainConfig
  readonly notes: readonly string[]
}

/**
 * Up to this size all symmetries are summed over from the first step. A step then evaluates at most
 * one configuration of each orbit, with its images: no more than the sector has states, which are
 * at most 12,870. Exact diagonalisation of the sector takes a second.
 */
const MOST_SITES = 16

/**
 * The samples of a step that sums over all symmetries: they leave a hundred orbits or so, and half
 * of the usual samples reaches the same energies.
 */
const SYMMETRIC_SAMPLES = 16_384

/** A user who gives one of these has chosen. */
const choices: readonly (keyof TrainConfig)[] = ['symmetry', 'sector', 'samplePower']

/** Returns the characters of the ground state; undefined where it lies in no single sector. */
const groundSector = ({ lattice, operator }: SpinModel): physics.Characters | undefined => {
  const sector = physics.szSector(lattice.sites)
  const level = groundLevel(operator, sector)
  return level?.length === 1 ? physics.sectorOf(lattice, operator, level[0]!, sector) : undefined
}

/** Returns `make()`, or undefined where the plan refuses these settings as well. */
const possible = <A>(make: () => A): A | undefined => {
  try {
    return make()
  } catch (error) {
    if (error instanceof TensorError) return undefined
    throw error
  }
}

/**
 * Returns the sector of the ground state as a text for `--sector`: auto where that is the same.
 * It is undefined where the network, which has symmetries of its own, cannot be in it.
 */
const sectorText = (
  config: TrainConfig,
  model: SpinModel,
  found: physics.Characters,
): string | undefined => {
  const { layers, dim, heads, marshall, attention: text, size, patch, boundary } = config
  const form = parseForm(text)
  if (E.isLeft(form)) return undefined
  const patches = patchGrid(size, patch, boundary, model.lattice)
  const own = ownSymmetries({ patches, layers, dim, heads }, attention(form.right), model)
  const groupAt = (characters: physics.Characters | 'auto') =>
    groupsOf(model, own, { characters, marshall })('full')
  const group = groupAt(found)
  // The cosets exist only where the characters of the network's own symmetries are right.
  cosets(group, own)
  return JSON.stringify(group) === JSON.stringify(possible(() => groupAt('auto')))
    ? 'auto'
    : showSector(found)
}

/**
 * Returns the settings of a run whose user named only the problem: |ψ| is sampled, and up to 16
 * sites all symmetries are summed over from the first step, with 16,384 samples a step, in the
 * sector of the ground state, which exact diagonalisation finds. `given` names the settings that
 * the user chose.
 */
export const suited = (config: TrainConfig, given: readonly string[]): Suited => {
  if (choices.some((key) => given.includes(key))) return { config, notes: [] }
  const sampling = fittedSettings({ ...config, samplePower: 1 })
  const without = (why: string): Suited => ({
    config: sampling,
    notes: [`no symmetries are summed over: ${why}`],
  })
  if (sitesOf(config.lattice, config.size) > MOST_SITES) return { config: sampling, notes: [] }
  const model = possible(() => modelOf(config))
  if (model === undefined) return { config, notes: [] }
  const found = groundSector(model)
  if (found === undefined) return without('the ground state lies in no single sector.')
  const sector = possible(() => sectorText(config, model, found))
  if (sector === undefined)
    return without(`this network cannot be in the ground state's sector, ${showSector(found)}.`)
  return {
    config: {
      ...sampling,
      symmetry: 'full',
      sector,
      ...(config.sum === 'full' || given.includes('samples') ? {} : { samples: SYMMETRIC_SAMPLES }),
    },
    notes: [
      `all symmetries are summed over, in the ground state's sector ${showSector(found)}` +
        `${sector === 'auto' ? ', which is that of --sector auto.' : '; --sector auto is another.'}`,
    ],
  }
}
