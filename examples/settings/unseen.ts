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

// Parts of settings that a run cannot see: characters of symmetries that its group does not have,
// stages that sum over nothing new. What cannot be worked out here is left to the plan to refuse.

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

/** A sector must be without this to be seen in full; undefined: all of it is seen. */
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

/** Does the sum of a stage go over more than the network has by itself? */
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

/** The stages would have to be this for each to do something; undefined: each does. */
export const idleStage = (config: TrainConfig): string | undefined => {
  const stages = stagesOf(config)
  const repeated = stages.findIndex((s, k) => k > 0 && s.symmetry === stages[k - 1]!.symmetry)
  if (repeated >= 0)
    return `stages that differ from the one before: ${stages[repeated]!.symmetry} stands twice`
  const translations = stages.find(({ symmetry }) => symmetry === 'translations')
  if (translations === undefined || sumsOverMore(config)(translations)) return undefined
  return config.boundary === 'open'
    ? 'none in place of translations, which an open lattice does not have (or full)'
    : 'none in place of translations: patches of so many cells and this attention form have ' +
        'them all already (or full, or a larger --patch)'
}

/** This is said of heads that look alike, whatever is learned; undefined: they differ. */
const equalHeads = (config: TrainConfig): string | undefined => {
  const { attention: text, patch, heads, dim } = config
  const alpha = known(() => {
    const form = parseForm(text)
    const grid = patchGrid(config.size, patch, config.boundary, modelOf(config).lattice)
    if (E.isLeft(form)) return undefined
    const [formOf, sizes] = [attention(form.right), { grid, heads, dim }]
    const made = formOf(sizes)
    const params = initialise(made, keyFrom(1))
    // Most forms learn something; whether the others read the input takes all their weights.
    if (leavesOf(params as Tree<Concrete>).some((x) => x.size > 0)) return undefined
    if (formProperties(formOf, sizes).inputDependent) return undefined
    return dataOf(made.weights(params, zeros([grid.tokens, dim])) as Concrete)
  })
  const each = (alpha?.length ?? 0) / heads
  // Weights that are no numbers are refused for what they are.
  return alpha?.every((a, k) => a === alpha[k % each] && Number.isFinite(a)) === true
    ? `no number of heads: in ${text} all have the same weights`
    : undefined
}

/** Parts of these settings may do nothing, and this is said of them. */
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
        ? 'wasm, which auto always is in float64; graphics cards count in --precision float32'
        : undefined,
  },
]
