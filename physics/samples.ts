import { nextKey } from '../core/index.ts'
import { allConfigurations, basisOf } from './configurations/index.ts'
import { cachedLogPsi, type EnergyEstimator, forMeasurement, settledAt } from './energy.ts'
import { probabilities, type Samples } from './estimates/index.ts'
import { draw, powerOf } from './sampling/index.ts'
import type { Vmc, VmcState } from './vmc.ts'

/**
 * Returns the estimator whose samples are those of |ψ|² itself and need no weights. Chains that
 * sampled another power first need burn-in.
 */
const ofSquares = <P>(vmc: Vmc<P>, rounds: number, step: number): EnergyEstimator<P> => {
  const measurement = forMeasurement(vmc, rounds)
  const { average: source } = measurement
  if (source.kind === 'full' || powerOf(source.plan) === 2) return measurement
  const average = { ...source, plan: { ...source.plan, power: 2 } }
  return { ...measurement, average, start: step }
}

/**
 * Returns the configurations over which expectation values are taken at the fixed parameters of a
 * state: `rounds` times the samples of a step, or the whole sector with its weights.
 */
export const samplesOf =
  <P>(vmc: Vmc<P>, rounds: number) =>
  (state: VmcState<P>): Samples => {
    const measurement = ofSquares(vmc, rounds, state.step)
    const { average: source, sector } = measurement
    const psi = cachedLogPsi(measurement, state.params)
    if (source.kind === 'full') {
      // The whole sector is used, because an observable may lack the symmetries of the energy.
      const configurations = allConfigurations(basisOf(sector))
      return { configurations, weights: probabilities(psi.logPsi(configurations).re) }
    }
    const drawn = draw(source, settledAt(measurement, state))
    const { configurations } = drawn(psi, state.chains, nextKey(state.key)[0])
    return { configurations, chains: source.chains }
  }
