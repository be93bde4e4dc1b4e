import { dataOf, isConcrete, leavesWithPaths, type Problem, showPath } from '../../core/index.ts'
import type { StepRecord, TrainState } from '../session/index.ts'

/**
 * Above this, a parameter is no longer sensible: weights start below 1 and normalised layers keep
 * them there. After so large a step energies may still be finite, but the wave function is useless.
 */
const largestParameter = 1e6

const problemOf = (quantity: string, value: number, fix?: string): Problem => ({
  kind: Number.isFinite(value) ? 'DomainError' : 'NonFinite',
  where: 'train',
  what: `${quantity} is ${value}.`,
  ...(fix === undefined ? {} : { fix }),
  data: { quantity, value },
})

/** Returns why a run cannot continue from the result of a step; undefined when it can. */
export const invalidStep = (state: TrainState, record: StepRecord): Problem | undefined => {
  for (const [name, value] of [
    ['the energy', record.energy],
    ['the variance of the energy', record.variance],
  ] as const)
    if (!Number.isFinite(value)) return problemOf(name, value)
  for (const { path, leaf } of leavesWithPaths(state.params)) {
    if (!isConcrete(leaf)) continue
    const bad = dataOf(leaf).find((x) => !(Math.abs(x) <= largestParameter))
    if (bad !== undefined)
      return problemOf(
        `parameter ${showPath(path)} after the step`,
        bad,
        `parameters stay within ±${largestParameter}.`,
      )
  }
  return undefined
}
