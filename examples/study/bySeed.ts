import type { Cost } from '../compare/index.ts'
import { mean, spreadOf } from '../session/index.ts'
import type { CellData, StudyData, TimingData } from './data.ts'

// Runs of one form, heads and layers together: means over their seeds.

export interface Group {
  readonly block: string
  readonly form: string
  readonly heads: number
  readonly layers: number
  readonly cells: readonly CellData[]
  /** Mean energy per site over the seeds. */
  readonly energy: number
  /** Its standard error: from the spread over the seeds, the samples or rounding, the largest. */
  readonly error: number
  /** Standard deviation over the seeds; null of one. */
  readonly spread: number | null
  readonly exact: number | null
  readonly parameters: number
  /** Of one log ψ, measured beside the other forms; null before that. */
  readonly cost: Cost | null
  readonly stepSeconds: number
  /** Means over heads and seeds; see HeadInput. */
  readonly before: number
  readonly after: number
  readonly spreadBefore: number
  readonly spreadAfter: number
}

/** Of one rounding, relatively. */
const ROUNDING = { float64: 2 ** -53, float32: 2 ** -24 }

/** Of a run's energy per site: what its samples leave open, or at least the rounding. */
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

/** Block, heads and layers: what a fair comparison keeps equal. */
export const settingOf = ({
  block,
  heads,
  layers,
}: Pick<Group, 'block' | 'heads' | 'layers'>): string =>
  `${block}, ${heads} heads, ${layers} ${layers === 1 ? 'layer' : 'layers'}`

/** All groups, in the order of their first cells. */
export const groupsOf = ({ cells, timings }: StudyData): readonly Group[] => {
  const key = (c: CellData): string => `${c.block} ${c.form} ${c.config.heads} ${c.config.layers}`
  return [...new Set(cells.map(key))].map((k) =>
    groupOf(
      cells.filter((c) => key(c) === k),
      timings,
    ),
  )
}

/** |E − E₀| / |E₀| of a mean energy; null where nothing exact is known. */
export const relativeOf = ({ energy, exact }: Pick<Group, 'energy' | 'exact'>): number | null =>
  exact === null ? null : Math.abs((energy - exact) / exact)
