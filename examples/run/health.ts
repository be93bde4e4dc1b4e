import { dataOf, isConcrete, leavesWithPaths, type Problem, showPath } from '../../core/index.ts'
import type { StepRecord, TrainState } from '../session/index.ts'

/**
 * Beyond this a parameter has lost its meaning: weights start below 1 and normalised layers keep
 * them there, while a step so large still gives finite energies, of a wave function gone astray.
 */
const largestParameter = 1e6

const problemOf = (quantity: string, value: number, fix?: string): Problem => ({
  kind: Number.isFinite(value) ? 'DomainError' : 'NonFinite',
  where: 'train',
  what: `${quantity} is ${value}.`,
  ...(fix === undefined ? {} : { fix }),
  data: { quantity, value },
})

/** What makes a step's outcome unfit to go on from; undefined when nothing does. */
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
