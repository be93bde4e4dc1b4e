import { either as E } from 'fp-ts'
import { showProblem } from '../../../core/index.ts'
import { smallest, vectorLength } from '../../../core/values/index.ts'
import { parseForm } from '../../../models/index.ts'
import { addressOf, bonds, dimers, type Lattice } from '../../../physics/lattice/index.ts'
import { planTraining, suitedTo, type Training } from '../../session/index.ts'
import {
  commandOf,
  flagOf,
  modelOf,
  resolveConfig,
  type TrainConfig,
} from '../../settings/index.ts'
import type { Described, Drawing, SettingProblem, Typed } from './messages.ts'

// From settings as a person typed them to a run that can start, or to what is wrong with them.

type Checked<A> = E.Either<readonly SettingProblem[], A>

/** Returns the index of the first wrong character of a formula; undefined where it is right. */
const wrongAt = (formula: string): number | undefined => {
  const parsed = parseForm(formula)
  const { at } = E.isLeft(parsed) ? Object(parsed.left.data) : { at: undefined }
  return typeof at === 'number' ? at : undefined
}

const withPlace = (settings: Typed, problem: SettingProblem): SettingProblem => {
  const keys = Object.keys(settings) as (keyof TrainConfig)[]
  const key = keys.find((k) => problem.where.split(' ')[0] === flagOf(k))
  const at = key === 'attention' ? wrongAt(settings.attention ?? '') : undefined
  return { ...problem, ...(key === undefined ? {} : { key }), ...(at === undefined ? {} : { at }) }
}

/** A configuration, and sentences about what follows from the problem. */
interface Resolved {
  readonly config: TrainConfig
  readonly notes: readonly string[]
}

/** Returns the configuration that the command line makes of the same settings. */
export const resolved = (settings: Typed): Checked<Resolved> => {
  const suit = (config: TrainConfig) => suitedTo(config, Object.keys(settings), {})
  return E.mapLeft((problems: readonly SettingProblem[]) =>
    problems.map((p) => withPlace(settings, p)),
  )(E.chain(suit)(resolveConfig({ flags: settings })))
}

/** Plans a run, on some threads. */
export const planned = (config: TrainConfig, threads: number): Checked<Training> =>
  E.mapLeft((problem: Parameters<typeof showProblem>[0]): readonly SettingProblem[] => [
    { where: problem.where, expected: showProblem(problem) },
  ])(planTraining({ ...config, threads }))

const distance = (a: readonly number[], b: readonly number[]): number =>
  vectorLength(a.map((x, k) => x - b[k]!))

/** Returns the bonds that are as short in the drawing as on the lattice. */
const inside = (lattice: Lattice, pairs: readonly (readonly [number, number])[]) => {
  const lengths = pairs.map(([i, j]) => distance(lattice.positions[i]!, lattice.positions[j]!))
  const shortest = smallest(lengths)
  return pairs.filter((_, k) => lengths[k]! < 1.01 * shortest)
}

const drawingOf = (config: TrainConfig): Drawing => {
  const { lattice } = modelOf(config)
  const dimerised = config.lattice === 'shastry-sutherland'
  const second = dimerised ? dimers(lattice) : config.j2 === 0 ? [] : bonds(lattice, 2)
  const drawn = (pairs: readonly (readonly [number, number])[], shell: 1 | 2) =>
    inside(lattice, pairs).map(([from, to]) => ({ from, to, shell }))
  const patches = config.size.map((length) => length / config.patch)
  const patchOf = lattice.positions.map((_, site) =>
    addressOf(lattice, site).cell.reduce(
      (index, x, k) => index * patches[k]! + Math.floor(x / config.patch),
      0,
    ),
  )
  return {
    sites: lattice.positions,
    bonds: [...drawn(bonds(lattice), 1), ...drawn(second, 2)],
    patchOf,
  }
}

/** Returns the configuration of the settings as they are: enough to name the problem. */
export const asTyped = (settings: Typed): Checked<TrainConfig> =>
  E.mapLeft((): readonly SettingProblem[] => [])(resolveConfig({ flags: settings }))

/** Returns what a configuration gives, before anything is computed. */
export const describe = (
  config: TrainConfig,
  notes: readonly string[],
  { parameters, flops, patchGrid }: Training,
): Described => ({
  config,
  notes,
  drawing: drawingOf(config),
  parameters,
  flops,
  patchGrid,
  command: commandOf(config),
})

/** Returns what the settings give; `resolve` may remember what it found before. */
export const described = (settings: Typed, resolve = resolved): Checked<Described> =>
  E.chain(({ config, notes }: Resolved) =>
    E.map((training: Training) => {
      training.dispose()
      return describe(config, notes, training)
    })(planned(config, 1)),
  )(resolve(settings))
