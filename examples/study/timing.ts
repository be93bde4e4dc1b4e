import { either as E } from 'fp-ts'
import type { PlanTraining, Training } from '../training.ts'
import type { TimingData } from './data.ts'
import type { Block } from './plan.ts'

// Time of one log ψ, form beside form: other work on the machine meets all of them alike.

/** Each form is measured so often, in turn with the others. */
const ROUNDS = 9

/** The quickest of all rounds, for every form of a block and one choice of heads and layers. */
export const timing = (
  plan: PlanTraining,
  { name, settings, forms }: Block,
  { heads, layers }: Block['sizes'][number],
): TimingData => {
  const planned = forms.flatMap((attention): readonly (readonly [string, Training])[] => {
    const config = { ...settings, attention, heads, layers, seed: 1, threads: 1 }
    const training = plan(config)
    return E.isRight(training) ? [[attention, training.right]] : []
  })
  const rounds = Array.from({ length: ROUNDS }, () =>
    planned.map(([, training]) => training.evaluationSeconds()),
  )
  for (const [, training] of planned) training.dispose()
  const seconds = planned.map(
    ([form], k) => [form, Math.min(...rounds.map((round) => round[k]!))] as const,
  )
  return { block: name, heads, layers, seconds: Object.fromEntries(seconds) }
}
