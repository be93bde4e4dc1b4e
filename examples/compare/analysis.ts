import type { AttentionMap, Training, TrainState } from '../training.ts'

// What a finished run says about its attention form, beside the energy.

/** How far the configurations drive the weights of one head, before and after the training. */
export interface HeadInput {
  readonly layer: number
  readonly head: number
  /** Share of the variance of the weights, from 0 to 1; see AttentionMap. */
  readonly before: number
  readonly after: number
}

export interface Analysis {
  readonly flops: number
  readonly evaluationSeconds: number
  readonly heads: readonly HeadInput[]
  /** Mean weights at the end. */
  readonly maps: readonly AttentionMap[]
  readonly patchGrid: readonly [number, number]
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
    evaluationSeconds: training.evaluationSeconds(),
    heads: maps.map(({ layer, head, inputDriven }, k) => ({
      layer,
      head,
      before: first[k]!.inputDriven,
      after: inputDriven,
    })),
    maps,
    patchGrid: training.patchGrid,
  }
}
