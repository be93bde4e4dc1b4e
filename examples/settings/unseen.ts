import { either as E, function as F } from 'fp-ts'
import {
  type Concrete,
  dataOf,
  keyFrom,
  leavesOf,
  TensorError,
  type Tree,
  zeros,
} from '../../core/index.ts'
import {
  attention,
  cosets,
  formProperties,
  initialise,
  parseForm,
  patchGrid,
} from '../../models/index.ts'
import * as physics from '../../physics/index.ts'
import { groupsOf, ownSymmetries } from './groups.ts'
import { modelOf, type SpinModel } from './model.ts'
import type { TrainConfig } from './settings.ts'
import { parseSector, parseStages, type Stage } from './stages.ts'

// Parts of settings without effect: characters of symmetries that the run's group does not have,
// and stages that sum over nothing new. Problems that cannot be found here are left to the plan.

/** The result is undefined where the plan refuses lattice, group or sector anyway. */
const known = <A>(make: () => A): A | undefined => {
  try {
    return make()
  } catch (error) {
    if (error instanceof TensorError) return undefined
    throw error
  }
}

const stagesOf = ({ symmetry }: TrainConfig): readonly Stage[] =>
  E.getOrElse((): readonly Stage[] => [])(parseStages(symmetry))

const charactersOf = ({ sector }: TrainConfig): physics.Characters | 'auto' =>
  E.getOrElse((): physics.Characters | 'auto' => 'auto')(parseSector(sector))

const names = { rotation: 'rotation', mirror: 'mirror', inversion: 'spin' } as const

const unseenMomentum = (
  { lattice, operator }: SpinModel,
  momentum: readonly number[] | undefined,
): string | undefined => {
  if (momentum === undefined) return undefined
  const along = physics
    .generatorsOf(lattice, operator)
    .translations.map(({ shift }) => shift.findIndex((x) => x !== 0))
  if (along.length === 0) return `no k: ${lattice.name} has no translations`
  const blind = momentum.findIndex((k, direction) => k !== 0 && !along.includes(direction))
  return blind < 0
    ? undefined
    : `0 as number ${blind + 1} of k: ${lattice.name} has no translation along that direction`
}

const unseenSigns = (
  { lattice, operator }: SpinModel,
  signs: physics.Characters,
  full: boolean,
): readonly string[] => {
  const found = physics.generatorsOf(lattice, operator)
  return (['rotation', 'mirror', 'inversion'] as const)
    .filter((key) => signs[key] !== undefined)
    .flatMap((key) => {
      if (!full) return [`no ${names[key]}: it takes --symmetry full`]
      return found[key] === undefined
        ? [`no ${names[key]}: this model on ${lattice.name} has no such symmetry`]
        : []
    })
}

/** Describes characters of the sector that have no effect; undefined if there are none. */
export const unseenSector = (config: TrainConfig): string | undefined => {
  const characters = charactersOf(config)
  const stages = stagesOf(config).filter(({ symmetry }) => symmetry !== 'none')
  if (characters === 'auto' || stages.length === 0) return undefined
  const model = known(() => modelOf(config))
  if (model === undefined) return undefined
  const { momentum, ...signs } = characters
  const full = stages.some(({ symmetry }) => symmetry === 'full')
  const unseen = [
    ...F.pipe(unseenMomentum(model, momentum), (text) => (text === undefined ? [] : [text])),
    ...unseenSigns(model, signs, full),
  ]
  return unseen.length === 0 ? undefined : unseen.join('; ')
}

/** Tells whether a stage sums over more symmetries than the network already has. */
const sumsOverMore = (config: TrainConfig): ((stage: Stage) => boolean) => {
  const form = parseForm(config.attention)
  const parts = known(() => {
    const model = modelOf(config)
    const patches = patchGrid(config.size, config.patch, config.boundary, model.lattice)
    if (E.isLeft(form)) return undefined
    const { layers, dim, heads, marshall } = config
    const sizes = { patches, layers, dim, heads }
    const own = ownSymmetries(sizes, attention(form.right), model)
    return { own, groupOf: groupsOf(model, own, { characters: charactersOf(config), marshall }) }
  })
  return ({ symmetry }) =>
    parts === undefined ||
    known(() => cosets(parts.groupOf(symmetry), parts.own).length > 1) !== false
}

/** Describes stages in which each has an effect; undefined if that is so. */
export const idleStage = (config: TrainConfig): string | undefined => {
  const stages = stagesOf(config)
  const repeated = stages.findIndex((s, k) => k > 0 && s.symmetry === stages[k - 1]!.symmetry)
  if (repeated >= 0)
    return `stages that differ from the one before: ${stages[repeated]!.symmetry} is there twice`
  const translations = stages.find(({ symmetry }) => symmetry === 'translations')
  if (translations === undefined || sumsOverMore(config)(translations)) return undefined
  return config.boundary === 'open'
    ? 'none instead of translations, which an open lattice does not have (or full)'
    : 'none instead of translations: with this --patch and attention form the network has ' +
        'all of them already (or full, or a larger --patch)'
}

/** Describes the problem if all heads have the same weights, whatever is learned. */
const equalHeads = (config: TrainConfig): string | undefined => {
  const { attention: text, patch, heads, dim } = config
  const alpha = known(() => {
    const form = parseForm(text)
    const grid = patchGrid(config.size, patch, config.boundary, modelOf(config).lattice)
    if (E.isLeft(form)) return undefined
    const [formOf, sizes] = [attention(form.right), { grid, heads, dim }]
    const made = formOf(sizes)
    const params = initialise(made, keyFrom(1))
    // Most forms learn something; for the others all weights are needed to tell.
    if (leavesOf(params as Tree<Concrete>).some((x) => x.size > 0)) return undefined
    if (formProperties(formOf, sizes).inputDependent) return undefined
    return dataOf(made.weights(params, zeros([grid.tokens, dim])) as Concrete)
  })
  const each = (alpha?.length ?? 0) / heads
  // Weights that are not finite are refused elsewhere.
  return alpha?.every((a, k) => a === alpha[k % each] && Number.isFinite(a)) === true
    ? `no number of heads: all heads of ${text} have the same weights`
    : undefined
}

/** Settings that may have no effect in part, with a description of the problem. */
export const partlyIdle: readonly {
  readonly key: keyof TrainConfig
  readonly expected: (config: TrainConfig) => string | undefined
}[] = [
  { key: 'sector', expected: unseenSector },
  { key: 'symmetry', expected: idleStage },
  { key: 'heads', expected: equalHeads },
  {
    key: 'backend',
    expected: ({ backend, precision }) =>
      backend === 'auto' && precision === 'float64'
        ? 'wasm, since auto means wasm in float64; graphics cards need --precision float32'
        : undefined,
  },
]
