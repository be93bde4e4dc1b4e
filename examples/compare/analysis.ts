import * as v from 'valibot'
import { type AttentionMap, mean, type Training, type TrainState } from '../session/index.ts'

// What a finished run says about its attention form, beside the energy.

/** How far the configurations drive the weights of one head, before and after the training. */
export interface HeadInput {
  readonly layer: number
  readonly head: number
  /** Share of the variance of the weights, from 0 to 1; see AttentionMap. */
  readonly before: number
  readonly after: number
  /** Standard deviation of the weights over the configurations, against the size of their means. */
  readonly spreadBefore: number
  readonly spreadAfter: number
}

export interface Analysis {
  readonly flops: number
  readonly heads: readonly HeadInput[]
  /** The weights at the end. */
  readonly maps: readonly AttentionMap[]
  readonly patchGrid: readonly [number, number]
}

const rows = v.array(v.array(v.number()))

export const headInputSchema = v.object({
  layer: v.number(),
  head: v.number(),
  before: v.number(),
  after: v.number(),
  spreadBefore: v.number(),
  spreadAfter: v.number(),
})

export const attentionMapSchema = v.object({
  layer: v.number(),
  head: v.number(),
  weights: rows,
  deviations: rows,
  inputDriven: v.number(),
})

/** What `analysis.json` holds. */
export const analysisSchema: v.GenericSchema<unknown, Analysis> = v.object({
  flops: v.number(),
  heads: v.array(headInputSchema),
  maps: v.array(attentionMapSchema),
  patchGrid: v.tuple([v.number(), v.number()]),
})

const meanSquare = (rows: readonly (readonly number[])[]): number =>
  mean(rows.flat().map((x) => x * x))

/** Root mean squares over all pairs of patches, one over the other. */
export const spreadOf = ({ weights, deviations }: AttentionMap): number => {
  const size = meanSquare(weights)
  return size === 0 ? 0 : Math.sqrt(meanSquare(deviations) / size)
}

/** The first step's chains are samples of the wave function before it. */
const before = (training: Training): readonly AttentionMap[] => {
  const initial = training.initial()
  const { chains } = training.step(initial).state
  return training.attention({ ...initial, chains })
}

/** Analyses a run at its last state. */
export const analyse = (training: Training, state: TrainState): Analysis => {
  const first = before(training)
  const maps = training.attention(state)
  return {
    flops: training.flops,
    heads: maps.map((map, k) => ({
      layer: map.layer,
      head: map.head,
      before: first[k]!.inputDriven,
      after: map.inputDriven,
      spreadBefore: spreadOf(first[k]!),
      spreadAfter: spreadOf(map),
    })),
    maps,
    patchGrid: training.patchGrid,
  }
}
