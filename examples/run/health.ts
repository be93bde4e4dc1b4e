import { dataOf, isConcrete, leavesWithPaths, type Problem, showPath } from '../../core/index.ts'
import { LARGEST_PARAMETER } from '../../physics/index.ts'
import type { StepRecord, TrainState } from '../session/index.ts'

const problemOf = (quantity: string, value: number, fix?: string): Problem => ({
  kind: Number.isFinite(value) ? 'DomainError' : 'NonFinite',
  where: 'train',
  what: `${quantity} is ${value}.`,
  ...(fix === undefined ? {} : { fix }),
  data: { quantity, value },
})

/**
 * Returns why a run cannot continue from the result of a step; undefined when it can. Parameters
 * that the next step may take back are not judged here.
 */
export const invalidStep = (state: TrainState, record: StepRecord): Problem | undefined => {
  for (const [name, value] of [
    ['the energy', record.energy],
    ['the variance of the energy', record.variance],
  ] as const)
    if (!Number.isFinite(value)) return problemOf(name, value)
  if (state.trust?.start !== undefined) return undefined
  for (const { path, leaf } of leavesWithPaths(state.params)) {
    if (!isConcrete(leaf)) continue
    const bad = dataOf(leaf).find((x) => !(Math.abs(x) <= LARGEST_PARAMETER))
    if (bad !== undefined)
      return problemOf(
        `parameter ${showPath(path)} after the step`,
        bad,
        `parameters stay within ±${LARGEST_PARAMETER}.`,
      )
  }
  return undefined
}
