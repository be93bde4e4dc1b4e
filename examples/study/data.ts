import * as v from 'valibot'
import {
  attentionMapSchema,
  type Cost,
  type Curve,
  type HeadInput,
  headInputSchema,
} from '../compare/index.ts'
import type { AttentionMap } from '../session/index.ts'
import type { beforeTheyExisted, TrainConfig } from '../settings/index.ts'

// The study stores this of its runs: enough for its pages, small enough to be committed.

/** One finished run. Energies per site in units of J1. */
export interface CellData {
  readonly name: string
  readonly block: string
  readonly form: string
  /** Settings newer than the run are left out; their values were those of `beforeTheyExisted`. */
  readonly config: Omit<TrainConfig, 'threads' | keyof typeof beforeTheyExisted> &
    Partial<Pick<TrainConfig, keyof typeof beforeTheyExisted>>
  readonly energy: number
  /** The standard error of the energy. */
  readonly error: number
  readonly exact: number | null
  readonly relativeError: number | null
  readonly vScore: number
  readonly parameters: number
  /** The seconds of training. */
  readonly seconds: number
  readonly curve: Curve['points']
  /** The seconds after which the relative error of the energy was this small. */
  readonly reached: readonly (readonly [relativeError: number, seconds: number])[]
  readonly heads: readonly HeadInput[]
  readonly patchGrid: readonly [number, number]
  /** The weights of the middle patch, for first seeds only; see `middleMaps`. */
  readonly maps?: readonly AttentionMap[]
}

/** The time of one log ψ among many, without restored symmetries, all forms timed in turn. */
export interface TimingData {
  readonly block: string
  readonly heads: number
  readonly layers: number
  readonly model: Pick<TrainConfig, 'size' | 'patch' | 'dim' | 'precision'>
  readonly costs: Readonly<Record<string, Cost>>
}

/** The dimer state of the Shastry-Sutherland model as a network of Factored attention. */
export interface DimerData {
  /** The energies of the explicit parameters at several J/J', in units of J'. */
  readonly mapped: readonly {
    readonly ratio: number
    readonly energyPerSite: number
    /** The lowest energy of the sector, per site. */
    readonly exactPerSite: number
    readonly variance: number
    /** The largest entry of the gradient. */
    readonly gradient: number
  }[]
}

export interface StudyData {
  /** The number of cells of the whole plan, done or not. */
  readonly planned: number
  readonly cells: readonly CellData[]
  readonly timings: readonly TimingData[]
  readonly dimer: DimerData | null
}

const number = v.number()
const text = v.string()
const pairs = v.array(v.tuple([number, number]))

const cell = v.looseObject({
  name: text,
  block: text,
  form: text,
  // Without entries of its own: the settings keep their order, and a change of one run one line.
  config: v.pipe(
    v.looseObject({}),
    v.check(
      ({ size, attention }) => Array.isArray(size) && typeof attention === 'string',
      'settings',
    ),
  ),
  energy: number,
  error: v.nullable(number),
  exact: v.nullable(number),
  relativeError: v.nullable(number),
  vScore: v.nullable(number),
  parameters: number,
  seconds: number,
  curve: pairs,
  reached: pairs,
  heads: v.array(headInputSchema),
  patchGrid: v.tuple([number, number]),
  maps: v.optional(v.array(attentionMapSchema)),
})

const timing = v.object({
  block: text,
  heads: number,
  layers: number,
  model: v.looseObject({ size: v.array(number) }),
  costs: v.record(text, v.object({ seconds: number, flops: number })),
})

const mapped = v.object({
  ratio: number,
  energyPerSite: number,
  exactPerSite: number,
  variance: number,
  gradient: number,
})

/** The schema of `study/data.json`. */
export const studySchema = v.object({
  planned: number,
  cells: v.array(cell),
  timings: v.array(timing),
  dimer: v.nullable(v.object({ mapped: v.array(mapped) })),
}) as unknown as v.GenericSchema<unknown, StudyData>
