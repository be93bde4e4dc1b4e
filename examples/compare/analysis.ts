import * as v from 'valibot'
import { type AttentionMap, mean, type Training, type TrainState } from '../session/index.ts'

// This file analyses the attention form of a finished run, beside its energy.

/** The dependence of one head's weights on the configurations, before and after the training. */
export interface HeadInput {
  readonly layer: number
  readonly head: number
  /** The fraction of the variance of the weights, from 0 to 1; see AttentionMap. */
  readonly before: number
  readonly after: number
  /**
   * The standard deviation of the weights over the configurations, relative to the size of their
   * means.
   */
  readonly spreadBefore: number
  readonly spreadAfter: number
}

export interface Analysis {
  readonly flops: number
  readonly heads: readonly HeadInput[]
  /** The weights at the end of the training. */
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

/** The schema of `analysis.json`. */
export const analysisSchema: v.GenericSchema<unknown, Analysis> = v.object({
  flops: v.number(),
  heads: v.array(headInputSchema),
  maps: v.array(attentionMapSchema),
  patchGrid: v.tuple([v.number(), v.number()]),
})

const meanSquare = (rows: readonly (readonly number[])[]): number =>
  mean(rows.flat().map((x) => x * x))

/** Returns the ratio of two root mean squares over all pairs of patches: deviations to weights. */
export const spreadOf = ({ weights, deviations }: AttentionMap): number => {
  const size = meanSquare(weights)
  return size === 0 ? 0 : Math.sqrt(meanSquare(deviations) / size)
}

/**
 * Returns the maps before training: the chains of the first step are samples of the initial wave
 * function.
 */
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
