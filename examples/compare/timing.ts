import { either as E } from 'fp-ts'
import { smallest } from '../../core/values/index.ts'
import type { PlanTraining, Training } from '../session/index.ts'
import type { TrainConfig } from '../settings/index.ts'

// Time of one log ψ, form beside form: other work on the machine meets all of them alike.

/** Each form is measured so often, in turn with the others. */
const ROUNDS = 9

/** What log ψ of one configuration among many takes. */
export interface Cost {
  /** On one thread: the quickest of all rounds. */
  readonly seconds: number
  /** Floating-point operations. */
  readonly flops: number
}

/** Costs by attention form. Forms whose configuration cannot be planned are left out. */
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
