import { either as E } from 'fp-ts'
import { attention, cosets, parseForm, patchGrid } from '../../models/index.ts'
import * as physics from '../../physics/index.ts'
import {
  type Effort,
  efforts,
  fittedSettings,
  groupsOf,
  modelOf,
  ownSymmetries,
  parseStages,
  type SpinModel,
  type Symmetry,
  showSector,
  sitesOf,
  type TrainConfig,
} from '../settings/index.ts'
import { extentOf, type Size, sizes } from './effort.ts'
import { groundSector } from './groundSector.ts'
import { possible } from './possible.ts'

// Settings that follow from the problem: the size of a run, which symmetries it sums over, in which
// sector, and what it samples, where its user says nothing about them.

/** Settings, and words about those that follow from the problem. */
export interface Suited {
  readonly config: TrainConfig
  readonly notes: readonly string[]
}

/** A user who gives one of these has chosen. */
const choices: readonly (keyof TrainConfig)[] = ['symmetry', 'sector', 'samplePower']

/** Settings that belong together: a user who gives one of them has chosen the others. */
const together: readonly (readonly (keyof TrainConfig)[])[] = [
  ['layers', 'dim', 'heads'],
  ['samples', 'sum'],
  ['precision', 'backend'],
  ['lr', 'lrSchedule', 'diagShift', 'momentum', 'optimizer'],
  ['steps'],
]

/** Returns the settings of a size about which the user said nothing. */
const unsaid = ({ before: _, ...size }: Size, given: readonly string[]): Partial<TrainConfig> =>
  Object.fromEntries(
    Object.entries(size).filter(([key]) =>
      together.every(
        (keys) =>
          !(keys as readonly string[]).includes(key) || !keys.some((k) => given.includes(k)),
      ),
    ),
  )

/** Tells whether the efforts differ in nothing that the user left open. */
export const idleEffort = ({ lattice, size }: TrainConfig, given: readonly string[]): boolean => {
  const chosen = choices.some((key) => given.includes(key))
  const [first, ...others] = efforts.map((effort) => {
    const row = sizes[extentOf(sitesOf(lattice, size))][effort]
    return JSON.stringify([unsaid(row, given), chosen ? 0 : row.before])
  })
  return others.every((other) => other === first)
}

/** The sums over symmetries that a network can take. */
interface Sums {
  /** The images of a configuration that a sum over these symmetries evaluates. */
  readonly images: (symmetry: Symmetry) => number
  /** The sector as a text for `--sector`: auto where that is the same. */
  readonly sector: string
}

/** Returns the sums over symmetries; undefined where the network cannot be in the sector. */
const sumsIn = (
  config: TrainConfig,
  model: SpinModel,
  found: physics.Characters | 'auto',
): Sums | undefined => {
  const { layers, dim, heads, marshall, attention: text, size, patch, boundary } = config
  const form = parseForm(text)
  if (E.isLeft(form)) return undefined
  return possible(() => {
    const patches = patchGrid(size, patch, boundary, model.lattice)
    const own = ownSymmetries({ patches, layers, dim, heads }, attention(form.right), model)
    const groupIn = (characters: physics.Characters | 'auto') =>
      groupsOf(model, own, { characters, marshall })
    // The cosets exist only where the characters of the network's own symmetries are right.
    const images = (symmetry: Symmetry) => cosets(groupIn(found)(symmetry), own).length
    images('full')
    const sameAsAuto =
      found === 'auto' ||
      JSON.stringify(groupIn(found)('full')) ===
        JSON.stringify(possible(() => groupIn('auto')('full')))
    return { images, sector: sameAsAuto ? 'auto' : showSector(found) }
  })
}

/** A step of more tokens, over all configurations and images that it evaluates, takes too long. */
const MOST_TOKENS = 5e7
/** Translations by less than a patch are summed over from the first step where they are so few. */
const FEW = 4

/** Returns about how many tokens a step evaluates that sums over so many images. */
const tokensOf = ({ lattice, size, patch, samples }: TrainConfig, images: number): number => {
  const sites = sitesOf(lattice, size)
  const all = physics.szSector(sites)
  const patches = size.reduce((n, side) => n * (side / patch), 1)
  // Each sample has about as many neighbours as there are sites; each orbit is evaluated once.
  const neighbours = samples * sites * images
  const most = physics.fitsWithin(all, neighbours) ? physics.dimension(all) : neighbours
  return most * patches
}

/** Returns the stages of a run of so many steps, with the reason where none sums over all. */
const stagesOf = (
  config: TrainConfig,
  { before, steps }: Size,
  { images }: Sums,
): { readonly symmetry: string; readonly why?: string } => {
  const [all, shifts] = [images('full'), images('translations')]
  const first = shifts > 1 && shifts <= FEW ? 'translations' : 'none'
  if (tokensOf(config, all) > MOST_TOKENS)
    return {
      symmetry: first,
      why: `a sum over all symmetries has ${all} images of each configuration: it takes too long.`,
    }
  if (before >= steps)
    return { symmetry: first, why: 'a sum over all symmetries takes too long for this effort.' }
  return { symmetry: before === 0 ? 'full' : `${first}:${before},full` }
}

const sectorNote = ({ symmetry, sector }: TrainConfig, found: string, why: string): string =>
  `${symmetry === 'full' ? 'all symmetries are summed over' : `symmetries: ${symmetry}`}, in the ` +
  `sector ${found}${sector === 'auto' && found !== 'auto' ? ', which is that of --sector auto' : ''}` +
  ` (${why})`

/**
 * Returns the settings of a run whose user named only the problem, and perhaps the effort. |ψ| is
 * sampled. Up to 24 sites all symmetries are summed over from the first step, beyond that in the
 * last steps, in the sector of the ground state as far as it is known. Size, samples, steps and
 * learning rate are those of the table in effort.ts. `given` names the settings that the user
 * chose; they stay.
 */
export const suited = (
  config: TrainConfig,
  given: readonly string[],
  { effort, tell }: { readonly effort?: Effort; readonly tell?: (text: string) => void } = {},
): Suited => {
  const chosen = choices.some((key) => given.includes(key))
  if (chosen && effort === undefined) return { config, notes: [] }
  const model = possible(() => modelOf(config))
  if (model === undefined) return { config, notes: [] }
  const extent = extentOf(model.lattice.sites)
  const size = sizes[extent][effort ?? 'normal']
  const sized = fittedSettings({ ...config, ...unsaid(size, given) })
  if (chosen) return { config: longEnough(sized), notes: [] }
  const sampling = { ...sized, samplePower: 1 }
  const without = (why: string): Suited => ({
    // Half of the samples is enough only where symmetries leave few orbits.
    config: fittedSettings(
      extent === 'small' ? { ...sampling, samples: config.samples } : sampling,
    ),
    notes: [`no symmetries are summed over: ${why}.`],
  })
  const { characters, why } = groundSector(config, model, tell)
  if (characters === undefined) return without(why)
  const found = characters === 'auto' ? 'auto' : showSector(characters)
  const sums = sumsIn(sized, model, characters)
  if (sums === undefined)
    return without(
      `this network cannot be in the ground state's sector, ${found}, and stays above its energy ` +
        '(another --patch, --marshall or a form with absolute weights can)',
    )
  const stages = stagesOf(sized, { ...size, steps: sized.steps }, sums)
  const { symmetry } = stages
  const fitted = fittedSettings({ ...sampling, symmetry, sector: sums.sector })
  const sector = symmetry === 'none' ? [] : [`${sectorNote(fitted, found, why)}.`]
  return { config: fitted, notes: [...(stages.why === undefined ? [] : [stages.why]), ...sector] }
}

/** Returns settings in which the last stage of symmetries begins. */
const longEnough = (config: TrainConfig): TrainConfig => {
  const stages = parseStages(config.symmetry)
  const last = E.isRight(stages) ? stages.right.at(-1)!.from : 0
  return last < config.steps ? config : { ...config, steps: 2 * last }
}
