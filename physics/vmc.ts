import { type Key, keyFrom, nextKey, split, type Tensor, type Tree } from '../core/index.ts'
import type { Team } from '../core/tiles/index.ts'
import {
  type EnergyEstimate,
  type EnergyEstimator,
  type EnergySample,
  energyParts,
  estimateEnergy,
  forMeasurement,
  type WalkerState,
} from './energy.ts'
import { countedEvaluators, type Evaluations } from './evaluations.ts'
import { randomChains } from './sampling/index.ts'
import {
  applyUpdate as apply,
  centredWithin,
  countOf,
  type DerivativeSource,
  derivativesOf as logDerivatives,
  type Optimizer,
  type Schedule,
  type UpdateSizes,
} from './update/index.ts'

// This file holds the variational Monte Carlo step as one visible pipeline, and a run as its
// repetition.

/**
 * The state holds everything that a run needs to continue: equal states continue equally, to the
 * last bit.
 */
export interface VmcState<P> extends WalkerState<P> {
  readonly optimizer: Tree<Tensor>
  readonly key: Key
  /** What `trustedStep` remembers; other steps do without it. */
  readonly trust?: Trust<P>
}

/** The point at which an update started, and the energy there. */
export interface UpdateStart<P> {
  readonly params: P
  /** Chains that sample the wave function at these parameters; empty in full summation. */
  readonly chains: Int8Array
  readonly energy: number
  /** The standard error of the energy: 0 in full sums, Infinity where there is no estimate. */
  readonly energyError: number
}

/** A run needs to know this in order to judge its last update. */
export interface Trust<P> {
  /** The share of the learning rate that the next update takes, 0 < share <= 1. */
  readonly share: number
  /** The number of updates taken back so far. */
  readonly refusals: number
  /** The start of the last update; absent where there is none to judge. */
  readonly start?: UpdateStart<P>
}

export interface Vmc<P> extends EnergyEstimator<P> {
  readonly optimizer: Optimizer
  readonly learningRate: number
  /** The schedule of the learning rate; default: constant. */
  readonly schedule?: Schedule
  /** The team whose memory holds the centred samples; default: the calling thread. */
  readonly team?: Team
  /**
   * The bytes for derivatives and solve; default: unlimited. With fewer, some are computed again,
   * to equal bits.
   */
  readonly memory?: number
}

/** Returns the sizes of an update with this number of samples. */
export const updateSizes = <P>(
  { evaluators, optimizer }: Pick<Vmc<P>, 'evaluators' | 'optimizer'>,
  samples: number,
  params: number,
): UpdateSizes => ({
  samples,
  params,
  precision: evaluators.precision,
  space: optimizer.space(2 * samples, params),
})

/** The result of a step: the next state, the estimate of the energy, and the evaluations made. */
export interface StepResult<P> {
  readonly state: VmcState<P>
  readonly estimate: EnergyEstimate
  readonly evaluations: Evaluations
}

/**
 * Performs one step of variational Monte Carlo, in five lines:
 *
 *   sample          σ ~ |ψ|², or the whole sector
 *   estimate        E = ⟨E_loc⟩ with E_loc(σ) = Σ_σ' ⟨σ|H|σ'⟩ ψ(σ')/ψ(σ)
 *   logDerivatives  O_k(σ) = ∂ log ψ(σ)/∂θ_k, as they are wanted
 *   solve           δ = (S + λ)⁻¹ F, or what else the optimizer makes of O and E_loc
 *   apply           θ ← θ − η δ
 *
 * A step may take only a share of the learning rate.
 *
 * Errors  NonFinite and NotPositiveDefinite from any part; DomainError when the budget is too
 *         small; the given state stays what it was.
 */
export const vmcStep = <P>(vmc: Vmc<P>) => {
  const { waveAt, sample, estimate } = energyParts(vmc)
  const { optimizer, learningRate, schedule = () => 1 } = vmc
  const solve = (o: DerivativeSource, energy: EnergySample, memory: Tree<Tensor>) =>
    optimizer.update(centredWithin(o, energy, { ...vmc, space: optimizer.space }), memory)
  return (state: VmcState<P>, share = 1): StepResult<P> => {
    const { evaluators, count } = countedEvaluators(vmc.evaluators, vmc.sector.sites)
    const [use, key] = nextKey(state.key)
    const psi = waveAt(evaluators, state.params)

    const samples = sample(psi, state, use)
    const energy = estimate(psi, samples)
    const o = logDerivatives(evaluators, state.params, samples.configurations, vmc.sector.sites)
    const { delta, memory } = solve(o, energy, state.optimizer)
    const params = apply(state.params, delta, learningRate * share * schedule(state.step))

    return {
      state: { step: state.step + 1, params, chains: samples.chains, optimizer: memory, key },
      estimate: energy.estimate,
      evaluations: { ...energy.requests, ...count() },
    }
  }
}

/**
 * Estimates the energy at the fixed parameters of a state, with `rounds` times the samples of a
 * step.
 */
export const measureEnergy =
  <P>(vmc: Vmc<P>, rounds: number) =>
  (state: VmcState<P>): EnergyEstimate =>
    estimateEnergy(forMeasurement(vmc, rounds))(state, nextKey(state.key)[0])

/** Returns the state before the first step. */
export const initialState = <P>(vmc: Vmc<P>, params: P, seed: number): VmcState<P> => {
  const [chainKey, key] = split(keyFrom(seed), 3).slice(1) as [Key, Key]
  return {
    step: 0,
    params,
    chains:
      vmc.average.kind === 'sampled'
        ? randomChains(vmc.sector, vmc.average.chains, chainKey)
        : new Int8Array(0),
    optimizer: vmc.optimizer.init(countOf(params)),
    key,
  }
}

/** Runs up to a number of steps: it yields every state with its estimate, one after the other. */
export function* run<P>(vmc: Vmc<P>, from: VmcState<P>, steps: number): Generator<StepResult<P>> {
  const step = vmcStep(vmc)
  let state = from
  while (state.step < steps) {
    const next = step(state)
    state = next.state
    yield next
  }
}
