import {
  type Concrete,
  dataOf,
  leavesOf,
  nextKey,
  type Problem,
  type Tensor,
  TensorError,
  type Tree,
} from '../core/index.ts'
import { type EnergyEstimate, estimateEnergy, settledAt } from './energy.ts'
import { addEvaluations } from './evaluations.ts'
import { jolted, onPlateau } from './plateau.ts'
import { countOf } from './update/index.ts'
import {
  type StepResult,
  type Trust,
  type UpdateStart,
  type Vmc,
  type VmcState,
  vmcStep,
} from './vmc.ts'

// This file holds a step that measures every update before it keeps it. The state is a value: to
// take an update back is to use the state from before it.

/** An energy has risen when it is higher by more than so many standard errors. */
const ERRORS = 3
/** Samples have become useless when the error of the energy is so many times what it was. */
const USELESS = 10
/** In full sums, which have no errors, a rise by less than this share of the energy is rounding. */
const ROUNDING = { float64: 1e-9, float32: 1e-6 } as const
/** A refusal halves the share of the learning rate; a step that is kept adds a tenth of it. */
const SHORTER = 0.5
const LONGER = 1.1
const LEAST_SHARE = 2 ** -12

/**
 * Beyond this, a parameter means nothing any more: weights start below 1, and normalised layers
 * keep them there. The energy may still be finite, and even lower.
 */
export const LARGEST_PARAMETER = 1e6

const untried: Trust<never> = { share: 1, refusals: 0 }

/** Tests whether a shorter step may avoid a problem; a lost device, for example, stays lost. */
const isNumerical = ({ kind, data }: Problem): boolean =>
  kind === 'NonFinite' || kind === 'NotPositiveDefinite' || data?.vanishing === true

/** Returns what `make` gives, or the numerical problem that ended it. */
const attempted = <A>(make: () => A): A | TensorError => {
  try {
    return make()
  } catch (error) {
    if (error instanceof TensorError && isNumerical(error.problem)) return error
    throw error
  }
}

/**
 * Tests whether the energy rose during an update by more than its uncertainty, or whether it can no
 * longer be told. An error of 0 is no measure: chains that all stand on equal energies have it.
 */
const isWorse = <P>(
  { evaluators }: Vmc<P>,
  start: UpdateStart<P>,
  { energy, energyError }: EnergyEstimate,
): boolean => {
  const error = energyError ?? Number.POSITIVE_INFINITY
  const rounding = ROUNDING[evaluators.precision] * Math.abs(start.energy)
  const useless = start.energyError > 0 && error > USELESS * start.energyError + rounding
  const both = Math.hypot(start.energyError, error)
  // An energy that is not a number is no better.
  return useless || !(energy - start.energy <= ERRORS * both + rounding)
}

/** Tests whether a parameter is beyond what a wave function can use. */
const hasOvershot = <P>(params: P): boolean =>
  leavesOf(params as Tree<Tensor>).some((leaf) =>
    dataOf(leaf as Concrete).some((x) => !(Math.abs(x) <= LARGEST_PARAMETER)),
  )

/** Returns the state in which a refused update starts again: shorter, and without momentum. */
const takenBack = <P>(
  { optimizer }: Vmc<P>,
  { step, key, trust = untried }: VmcState<P>,
  { params, chains }: UpdateStart<P>,
): VmcState<P> => ({
  step,
  params,
  chains,
  optimizer: optimizer.init(countOf(params)),
  key: nextKey(key)[1],
  trust: {
    share: Math.max(LEAST_SHARE, trust.share * SHORTER),
    refusals: trust.refusals + 1,
  },
})

/**
 * Returns the state after a step on a plateau, near it. It counts as an update taken back. The next
 * energy is not compared with the one on the plateau, which is a maximum or a saddle.
 */
const joltedFrom = <P>(
  { optimizer }: Vmc<P>,
  state: VmcState<P>,
  { share, refusals }: Trust<P> = untried,
): VmcState<P> => ({
  ...state,
  params: jolted(state.params, nextKey(state.key)[0]),
  optimizer: optimizer.init(countOf(state.params)),
  trust: { share, refusals: refusals + 1 },
})

/**
 * Performs one step of variational Monte Carlo that first judges the update before it. An update
 * that raised the energy by more than three standard errors, made samples or a parameter useless,
 * or left a wave function from which no step can be made, is taken back: the run returns to its
 * start, forgets the memory of the optimizer, and steps from there with half the learning rate.
 * Every step that is kept adds a tenth to the learning rate, up to its full value. Where an update
 * changes nothing although the energy is not the lowest, random numbers are added to parameters.
 *
 * Laws    Equal states give equal results. Without a refusal the result is that of `vmcStep`. In
 *         full sums no energy is above the one before it.
 * Errors  Those of `vmcStep`, where there is nothing to return to.
 */
export const trustedStep = <P>(vmc: Vmc<P>) => {
  const stepBy = vmcStep(vmc)
  const leavingPlateau = (from: VmcState<P>, result: StepResult<P>): StepResult<P> =>
    onPlateau(vmc, from.params, result.state, result.estimate)
      ? { ...result, state: joltedFrom(vmc, result.state, from.trust) }
      : judgedNext(from, result)
  const step = (state: VmcState<P>): StepResult<P> => {
    const { trust = untried } = state
    // At the first step of a stage the wave function is not the one that the update changed.
    const start = settledAt(vmc, state) ? trust.start : undefined
    const shortened = (from: VmcState<P>) => stepBy(from, trust.share)
    if (start === undefined) return leavingPlateau(state, shortened(state))
    if (hasOvershot(state.params)) return step(takenBack(vmc, state, start))
    const result = attempted(() => shortened(state))
    if (result instanceof TensorError) return step(takenBack(vmc, state, start))
    if (!isWorse(vmc, start, result.estimate)) return leavingPlateau(state, result)
    const again = step(takenBack(vmc, state, start))
    return { ...again, evaluations: addEvaluations(result.evaluations, again.evaluations) }
  }
  return step
}

/** Returns the result of a step that stands, with what is needed to judge its update. */
const judgedNext = <P>(
  { params, trust = untried }: VmcState<P>,
  { state, estimate, evaluations }: StepResult<P>,
): StepResult<P> => {
  const { energy, energyError } = estimate
  const start = {
    params,
    chains: state.chains,
    energy,
    energyError: energyError ?? Number.POSITIVE_INFINITY,
  }
  const share = Math.min(1, trust.share * LONGER)
  return {
    state: { ...state, trust: { share, refusals: trust.refusals, start } },
    estimate,
    evaluations,
  }
}

/**
 * Judges the last update of a run by an estimate of the energy after it, and returns the state that
 * stands: the given one, or the start of the update. States of `vmcStep` stand as they are.
 */
export const settled = <P>(vmc: Vmc<P>) => {
  const energyOf = estimateEnergy(vmc)
  return (state: VmcState<P>): VmcState<P> => {
    const start = state.trust?.start
    if (start === undefined) return state
    if (hasOvershot(state.params)) return takenBack(vmc, state, start)
    // The measurement after it takes the other key.
    const [, key] = nextKey(state.key)
    const end = attempted(() => energyOf(state, nextKey(key)[0]))
    return end instanceof TensorError || isWorse(vmc, start, end)
      ? takenBack(vmc, state, start)
      : state
  }
}
