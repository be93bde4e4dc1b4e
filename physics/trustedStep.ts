import { nextKey, TensorError } from '../core/index.ts'
import { type EnergyEstimate, settledAt } from './energy.ts'
import { addEvaluations } from './evaluations.ts'
import { countOf } from './update/index.ts'
import { type Start, type StepResult, type Vmc, type VmcState, vmcStep } from './vmc.ts'

// This file holds a step that is measured before it is kept. The state is a value: to take a step
// back is to use the state from before it.

/** An energy that rose by more than this many standard errors rose. */
const ERRORS = 3
/** A rise by this share of the energy is rounding; it decides in full sums, which have no errors. */
const ROUNDING = 1e-9
/** The share of a learning rate is halved by a refusal and grows by a tenth after a kept step. */
const SHORTER = 0.5
const LONGER = 1.1
const LEAST_SHARE = 2 ** -12

/** Did the energy rise from the start of the update to its end, beyond the errors of both? */
const rose = <P>(start: Start<P>, { energy, energyError }: EnergyEstimate): boolean => {
  const error = Math.hypot(start.energyError, energyError ?? 0)
  return !(energy - start.energy <= ERRORS * error + ROUNDING * Math.abs(start.energy))
}

/** The result of a step, or the error that ended it. */
const attempted = <P>(step: () => StepResult<P>): StepResult<P> | TensorError => {
  try {
    return step()
  } catch (error) {
    if (error instanceof TensorError) return error
    throw error
  }
}

/**
 * Performs one step of variational Monte Carlo that first judges the update before it. If that
 * raised the energy by more than three standard errors, or left a wave function from which no step
 * can be made, the run returns to where the update started, forgets the optimizer's memory, and
 * makes its step from there with half the learning rate. After every kept step the learning rate
 * grows again by a tenth, up to its full value.
 *
 * Laws    Equal states give equal results. Without a refusal the result is that of `vmcStep`.
 * Errors  those of `vmcStep`, where there is nothing to return to.
 */
export const trustedStep = <P>(vmc: Vmc<P>) => {
  const shortened = (share: number) =>
    vmcStep({ ...vmc, learningRate: vmc.learningRate * share })
  return (state: VmcState<P>): StepResult<P> => {
    const { trust = { share: 1, refusals: 0 } } = state
    // The first step of a stage has another wave function than the update before it.
    const start = settledAt(vmc, state) ? trust.start : undefined
    const result = attempted(() => shortened(trust.share)(state))
    if (result instanceof TensorError) {
      if (start === undefined) throw result
    } else if (start === undefined || !rose(start, result.estimate)) {
      const { energy, energyError } = result.estimate
      const { params } = state
      const next = { params, chains: result.state.chains, energy, energyError: energyError ?? 0 }
      return {
        ...result,
        state: {
          ...result.state,
          trust: {
            share: Math.min(1, trust.share * LONGER),
            refusals: trust.refusals,
            start: next,
          },
        },
      }
    }
    const share = Math.max(LEAST_SHARE, trust.share * SHORTER)
    const back: VmcState<P> = {
      step: state.step,
      params: start!.params,
      chains: start!.chains,
      optimizer: vmc.optimizer.init(countOf(start!.params)),
      key: nextKey(state.key)[1],
      trust: { share, refusals: trust.refusals + 1 },
    }
    const again = trustedStep(vmc)(back)
    return result instanceof TensorError
      ? again
      : { ...again, evaluations: addEvaluations(result.evaluations, again.evaluations) }
  }
}
