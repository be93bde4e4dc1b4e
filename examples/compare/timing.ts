import { either as E } from 'fp-ts'
import type { PlanTraining, TrainConfig, Training } from '../training.ts'

// Time of one log ψ, form beside form: other work on the machine meets all of them alike.

/** Each form is measured so often, in turn with the others. */
const ROUNDS = 9

/**
 * Seconds for log ψ of one configuration among many, on one thread, by attention form: the
 * quickest of all rounds. Forms whose configuration cannot be planned are left out.
 */
export const evaluationTimes = (
  plan: PlanTraining,
  configs: readonly TrainConfig[],
): Readonly<Record<string, number>> => {
  const planned = configs.flatMap((config): readonly (readonly [string, Training])[] => {
    const training = plan({ ...config, threads: 1 })
    return E.isRight(training) ? [[config.attention, training.right]] : []
  })
  try {
    const rounds = Array.from({ length: ROUNDS }, () =>
      planned.map(([, training]) => training.evaluationSeconds()),
    )
    return Object.fromEntries(
      planned.map(([form], k) => [form, Math.min(...rounds.map((round) => round[k]!))]),
    )
  } finally {
    for (const [, training] of planned) training.dispose()
  }
}
