import type { Key } from '../core/index.ts'
import {
  amplitudeTable,
  cached,
  type Distinct,
  type LogPsi,
  orbits,
  type Representative,
  representatives,
  type Sector,
  type SiteSymmetries,
} from './configurations/index.ts'
import { fullSum, localEnergies, uncertaintyOf, weightedSum } from './estimates/index.ts'
import type { Evaluations } from './evaluations.ts'
import type { CompiledOperator } from './operators/index.ts'
import {
  type Averages,
  type CachedLogPsi,
  checkMove,
  draw,
  type FullAverages,
  powerOf,
  type Sampled,
  type SampledAverages,
  type SamplePlan,
} from './sampling/index.ts'
import { type ComplexMoments, complexMoments, vScore } from './statistics/index.ts'
import type { Evaluators } from './update/index.ts'

// This file estimates the energy at fixed parameters, with everything that an update needs from it.

/**
 * An energy estimator: the Hamiltonian, the sector, the wave function and how averages are taken.
 */
export interface EnergyEstimator<P> {
  readonly hamiltonian: CompiledOperator
  readonly sector: Sector
  /**
   * Configurations that these symmetries map to each other are evaluated once: their log ψ differs
   * by a phase only, and H is invariant.
   */
  readonly symmetries?: SiteSymmetries
  readonly evaluators: Evaluators<P>
  readonly average: Averages
  /** The step at which the chains do not sample this wave function yet; default 0. */
  readonly start?: number
}

/** The parameters and the chains at which the energy is estimated. */
export interface WalkerState<P> {
  readonly step: number
  readonly params: P
  /** [chains, sites], flat; empty for full sums. */
  readonly chains: Int8Array
}

/** The energy of the whole lattice at fixed parameters, with its uncertainty. */
export interface EnergyEstimate {
  readonly energy: number
  /** The imaginary part of the mean: zero up to noise for a Hermitian H. */
  readonly energyImag: number
  /** 0 for full sums; Infinity for a single sample, which has no error estimate. */
  readonly energyError: number
  /** Tells whether the error can be trusted: as in `Estimate`, and burn-in was over. */
  readonly reliable: boolean
  /** ⟨|E_loc − E|²⟩ */
  readonly variance: number
  /** The standard errors of variance and V-score; 0 for full sums, Infinity for a single sample. */
  readonly varianceError: number
  readonly vScore: number
  readonly vScoreError: number
  /** null for full sums, as all that follow. */
  readonly acceptance: number | null
  /** Infinity for chains shorter than 4, or constant and different. */
  readonly rHat: number | null
  /** Stationary chains of this number and length exceed this R-hat in one of a hundred cases. */
  readonly rHatLimit: number | null
  readonly autocorrelationTime: number | null
  /** (Σ w)² / Σ w² of the weights w = |ψ|^(2−p) of samples of |ψ|^p; all samples for p = 2. */
  readonly effectiveSamples: number | null
}

/** The numbers of log ψ values that estimators request, before any of them are saved. */
export type Requests = Pick<Evaluations, 'proposals' | 'samples' | 'bonds'>

/** The energy of a sample, with the weight and local energy of each of its configurations. */
export interface EnergySample {
  /** The sum of the weights is 1. */
  readonly weights: Float64Array
  readonly localEnergy: { readonly re: Float64Array; readonly im: Float64Array }
  readonly estimate: EnergyEstimate
  readonly requests: Requests
}

/** Tests whether the chains of a state already sample its wave function. */
export const settledAt = <P>(
  { start = 0 }: EnergyEstimator<P>,
  { step }: WalkerState<P>,
): boolean => step !== start

/** Returns the moments that samples and full sums have in common. */
const momentsOf = ({ mean, variance }: ComplexMoments, sites: number) => ({
  energy: mean.re,
  energyImag: mean.im,
  variance,
  vScore: vScore(mean.re, variance, sites),
})

/**
 * The configurations over which the energy is averaged, each once: from chains, or of a whole
 * sector.
 */
export type EnergyConfigurations = {
  readonly configurations: Int8Array
  readonly chains: Int8Array
} & (
  | { readonly kind: 'full'; readonly source: FullAverages }
  | ({ readonly kind: 'sampled'; readonly source: SampledAverages } & Distinct &
      Pick<Sampled, 'acceptance' | 'requested' | 'settled'>)
)

/** Returns log ψ at given parameters as a run uses it: see `cachedLogPsi`. */
const cachedAt =
  (representative: Representative, sites: number) =>
  <P>(evaluators: Evaluators<P>, params: P): CachedLogPsi => {
    const table = amplitudeTable(sites)
    const logPsi = cached(evaluators.logPsi(params), sites, representative, table)
    return table === undefined ? { logPsi } : { logPsi, table }
  }

const representativesOf = <P>({ sector: { sites }, symmetries = [] }: EnergyEstimator<P>) =>
  representatives(symmetries, sites)

/**
 * Returns log ψ at given parameters: each configuration is evaluated once, and zeros due to a
 * symmetry are exact.
 */
export const cachedLogPsi = <P>(estimator: EnergyEstimator<P>, params: P): CachedLogPsi =>
  cachedAt(representativesOf(estimator), estimator.sector.sites)(estimator.evaluators, params)

/** Returns the same as a plain function. */
export const logPsiOf = <P>(estimator: EnergyEstimator<P>, params: P): LogPsi =>
  cachedLogPsi(estimator, params).logPsi

/** Estimates the energy from samples of |ψ|^p, with its error. */
const overSamples = <P>(
  { sector, hamiltonian }: EnergyEstimator<P>,
  logPsi: LogPsi,
  {
    source,
    acceptance,
    requested,
    settled,
    ...unique
  }: Extract<EnergyConfigurations, { kind: 'sampled' }>,
): EnergySample => {
  const localEnergy = localEnergies(hamiltonian, logPsi, unique.configurations)
  const power = powerOf(source.plan)
  const { weights, ...weighted } =
    power === 2
      ? { weights: unique.multiplicity, ...complexMoments(localEnergy, unique.multiplicity) }
      : weightedSum(hamiltonian, logPsi, unique, localEnergy, power)
  const sample = { ...unique, weights, localEnergy, chains: source.chains }
  const { energy, ...errors } = uncertaintyOf(sample, weighted, sector.sites)
  const total = weights.reduce((sum, w) => sum + w, 0)
  return {
    requests: {
      proposals: requested,
      samples: unique.place.length,
      bonds: unique.place.length * hamiltonian.maxConnected,
    },
    weights: weights.map((w) => w / total),
    localEnergy,
    estimate: {
      ...momentsOf(weighted, sector.sites),
      ...errors,
      energyError: energy.standardError,
      reliable: energy.reliable && settled,
      acceptance,
      rHat: energy.rHat,
      rHatLimit: energy.rHatLimit,
      autocorrelationTime: energy.autocorrelationTime,
    },
  }
}

/** Computes the energy over a whole sector, exactly. */
const overSector = <P>(
  { sector, hamiltonian }: EnergyEstimator<P>,
  logPsi: LogPsi,
  { configurations, multiplicity }: FullAverages,
): EnergySample => {
  const sum = fullSum(hamiltonian, logPsi, configurations, multiplicity)
  const { weights, localEnergy } = sum
  const samples = multiplicity?.reduce((a, b) => a + b, 0) ?? weights.length
  return {
    requests: { proposals: 0, samples, bonds: samples * hamiltonian.maxConnected },
    weights,
    localEnergy,
    estimate: {
      ...momentsOf(sum, sector.sites),
      energyError: 0,
      reliable: true,
      varianceError: 0,
      vScoreError: 0,
      acceptance: null,
      rHat: null,
      rHatLimit: null,
      autocorrelationTime: null,
      effectiveSamples: null,
    },
  }
}

/**
 * The three parts of an energy estimate: log ψ at some parameters, the configurations, the
 * estimate.
 */
export interface EnergyParts<P> {
  readonly waveAt: (evaluators: Evaluators<P>, params: P) => CachedLogPsi
  readonly sample: (psi: CachedLogPsi, state: WalkerState<P>, key: Key) => EnergyConfigurations
  readonly estimate: (psi: CachedLogPsi, sample: EnergyConfigurations) => EnergySample
}

/** Returns the parts of energy estimates, which serve one estimate after the other. */
export const energyParts = <P>(estimator: EnergyEstimator<P>): EnergyParts<P> => {
  const { sector, average: source } = estimator
  // Representatives that were found serve one estimate after the other.
  const representative = representativesOf(estimator)
  return {
    // Equal configurations are evaluated once, in the sampling and again in the local energies.
    waveAt: cachedAt(representative, sector.sites),
    sample: (psi, state, key) => {
      if (source.kind === 'full') {
        const { configurations } = source
        return { kind: 'full', source, configurations, chains: new Int8Array(0) }
      }
      checkMove(source.plan.move, sector)
      const drawn = draw(source, settledAt(estimator, state))(psi, state.chains, key)
      const { chains, acceptance, requested, settled, configurations } = drawn
      const unique = orbits(representative, configurations, sector.sites)
      return { kind: 'sampled', source, ...unique, chains, acceptance, requested, settled }
    },
    estimate: ({ logPsi }, sample) =>
      sample.kind === 'sampled'
        ? overSamples(estimator, logPsi, sample)
        : overSector(estimator, logPsi, sample.source),
  }
}

/** Estimates the energy at the parameters of a state, from samples or full sums. */
export const estimateEnergy = <P>(estimator: EnergyEstimator<P>) => {
  const { waveAt, sample, estimate } = energyParts(estimator)
  return (state: WalkerState<P>, key: Key): EnergyEstimate => {
    const psi = waveAt(estimator.evaluators, state.params)
    return estimate(psi, sample(psi, state, key)).estimate
  }
}

/**
 * Returns the estimator for a measurement, with `rounds` times the samples. It samples the same
 * power of |ψ| as the run: near nodes of ψ, samples of |ψ|² miss rare configurations with large
 * local energies, and neither the energy nor its error tells.
 */
export const forMeasurement = <P>(
  estimator: EnergyEstimator<P>,
  rounds: number,
): EnergyEstimator<P> => {
  const { average: source } = estimator
  if (source.kind === 'full') return estimator
  const plan: SamplePlan = { ...source.plan, length: source.plan.length * rounds }
  return { ...estimator, average: { ...source, plan } }
}
