import { either as E } from 'fp-ts'
import { smallest } from '../../core/values/index.ts'
import type { PlanTraining, Training } from '../session/index.ts'
import type { TrainConfig } from '../settings/index.ts'

// This file times one log ψ of several forms in turn, so that other work on the machine slows all
// of them equally.

/** The number of times each form is measured, in turn with the others. */
const ROUNDS = 9

/** The cost of log ψ of one configuration among many. */
export interface Cost {
  /** The seconds on one thread: the fastest of all rounds. */
  readonly seconds: number
  /** The number of floating-point operations. */
  readonly flops: number
}

/** Returns costs by attention form. Forms whose configuration cannot be planned are left out. */
export const evaluationCosts = (
  plan: PlanTraining,
  configs: readonly TrainConfig[],
): Readonly<Record<string, Cost>> => {
  const planned = configs.flatMap((config): readonly (readonly [string, Training])[] => {
    const training = plan({ ...config, threads: 1 })
    return E.isRight(training) ? [[config.attention, training.right]] : []
  })
  try {
    const rounds = Array.from({ length: ROUNDS }, () =>
      planned.map(([, training]) => training.evaluationSeconds()),
    )
    return Object.fromEntries(
      planned.map(([form, { flops }], k) => {
        const seconds = smallest(rounds.map((round) => round[k]!))
        return [form, { seconds, flops }]
      }),
    )
  } finally {
    for (const [, training] of planned) training.dispose()
  }
}
