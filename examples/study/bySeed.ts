import type { Cost } from '../compare/index.ts'
import { mean, spreadOf } from '../session/index.ts'
import type { CellData, StudyData, TimingData } from './data.ts'

// This file groups runs of one form, heads and layers, and averages over their seeds.

export interface Group {
  readonly block: string
  readonly form: string
  readonly heads: number
  readonly layers: number
  readonly cells: readonly CellData[]
  /** The mean energy per site over the seeds. */
  readonly energy: number
  /**
   * The standard error of the mean: from the spread over the seeds, the samples or rounding,
   * whichever is largest.
   */
  readonly error: number
  /** The standard deviation over the seeds; null for one seed. */
  readonly spread: number | null
  readonly exact: number | null
  readonly parameters: number
  /** The cost of one log ψ, measured in turn with the other forms; null before that. */
  readonly cost: Cost | null
  readonly stepSeconds: number
  /** The means over heads and seeds; see HeadInput. */
  readonly before: number
  readonly after: number
  readonly spreadBefore: number
  readonly spreadAfter: number
}

/** The relative size of one rounding. */
const ROUNDING = { float64: 2 ** -53, float32: 2 ** -24 }

/**
 * Returns the uncertainty of a run's energy per site: its standard error, or at least the rounding.
 */
export const uncertainty = ({ error, energy, config }: CellData): number =>
  Math.max(error, ROUNDING[config.precision] * Math.abs(energy))

const errorOf = (cells: readonly CellData[]): number => {
  const sampling = Math.sqrt(mean(cells.map((c) => uncertainty(c) ** 2)))
  const spread = spreadOf(cells.map((c) => c.energy)) ?? 0
  return Math.max(sampling, spread) / Math.sqrt(cells.length)
}

const costOf = (cell: CellData, timings: readonly TimingData[]): Cost | null =>
  timings.find(
    (t) =>
      t.block === cell.block && t.heads === cell.config.heads && t.layers === cell.config.layers,
  )?.costs[cell.form] ?? null

const groupOf = (cells: readonly CellData[], timings: readonly TimingData[]): Group => {
  const [first] = cells as readonly [CellData]
  const ofHeads = (key: 'before' | 'after' | 'spreadBefore' | 'spreadAfter'): number =>
    mean(cells.flatMap((c) => c.heads.map((h) => h[key])))
  return {
    block: first.block,
    form: first.form,
    heads: first.config.heads,
    layers: first.config.layers,
    cells,
    energy: mean(cells.map((c) => c.energy)),
    error: errorOf(cells),
    spread: spreadOf(cells.map((c) => c.energy)),
    exact: first.exact,
    parameters: first.parameters,
    cost: costOf(first, timings),
    stepSeconds: mean(cells.map((c) => c.seconds / c.config.steps)),
    before: ofHeads('before'),
    after: ofHeads('after'),
    spreadBefore: ofHeads('spreadBefore'),
    spreadAfter: ofHeads('spreadAfter'),
  }
}

/** Returns block, heads and layers, which a fair comparison keeps equal. */
export const settingOf = ({
  block,
  heads,
  layers,
}: Pick<Group, 'block' | 'heads' | 'layers'>): string =>
  `${block}, ${heads} heads, ${layers} ${layers === 1 ? 'layer' : 'layers'}`

/** Returns all groups, in the order of their first cells. */
export const groupsOf = ({ cells, timings }: StudyData): readonly Group[] => {
  const key = (c: CellData): string => `${c.block} ${c.form} ${c.config.heads} ${c.config.layers}`
  return [...new Set(cells.map(key))].map((k) =>
    groupOf(
      cells.filter((c) => key(c) === k),
      timings,
    ),
  )
}

/** Returns |E − E₀| / |E₀| of a mean energy; null where there is no exact energy. */
export const relativeOf = ({ energy, exact }: Pick<Group, 'energy' | 'exact'>): number | null =>
  exact === null ? null : Math.abs((energy - exact) / exact)
