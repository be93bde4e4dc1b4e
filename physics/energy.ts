import type { Key } from '../core/index.ts'
import {
  amplitudeTable,
  cached,
  type Distinct,
  type LogPsi,
  orbits,
  representatives,
  type Sector,
  type SiteSymmetries,
} from './configurations/index.ts'
import { fullSum, linearised, localEnergies, weightedSum } from './estimates/index.ts'
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
import {
  type ComplexMoments,
  chainsOf,
  complexMoments,
  estimate,
  vScore,
} from './statistics/index.ts'
import type { Evaluators } from './update/index.ts'

// The energy at one set of parameters, with all that an update needs of what it was taken over.

/** What is measured, and over what. */
export interface EnergyEstimator<P> {
  readonly hamiltonian: CompiledOperator
  readonly sector: Sector
  /** What the model tells apart by a phase alone, and H not at all, is evaluated once. */
  readonly symmetries?: SiteSymmetries
  readonly evaluators: Evaluators<P>
  readonly average: Averages
  /** The step whose chains do not sample this wave function yet; default 0. */
  readonly start?: number
}

/** Where it is measured. */
export interface WalkerState<P> {
  readonly step: number
  readonly params: P
  /** [chains, sites], flat; empty in full summation */
  readonly chains: Int8Array
}

/** The energy of the whole lattice at one set of parameters, and how well it is known. */
export interface EnergyEstimate {
  readonly energy: number
  /** Imaginary part of the mean: zero up to noise for a Hermitian H. */
  readonly energyImag: number
  /** 0 in full summation; null when a single sample tells nothing. */
  readonly energyError: number | null
  /** ⟨|E_loc − E|²⟩ */
  readonly variance: number
  readonly vScore: number
  readonly acceptance: number | null
  readonly rHat: number | null
  readonly autocorrelationTime: number | null
}

/** What estimators ask for, before anything is saved. */
export type Requests = Pick<Evaluations, 'proposals' | 'samples' | 'bonds'>

/** The energy of a sample, and what each of its configurations has to do with it. */
export interface EnergySample {
  /** They sum to 1. */
  readonly weights: Float64Array
  readonly localEnergy: { readonly re: Float64Array; readonly im: Float64Array }
  readonly estimate: EnergyEstimate
  readonly requests: Requests
}

/** Do a state's chains sample its wave function already? */
export const settledAt = <P>(
  { start = 0 }: EnergyEstimator<P>,
  { step }: WalkerState<P>,
): boolean => step !== start

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null)

/** What samples and sums have in common. */
const momentsOf = ({ mean, variance }: ComplexMoments, sites: number) => ({
  energy: mean.re,
  energyImag: mean.im,
  variance,
  vScore: vScore(mean.re, variance, sites),
})

/** Configurations that the energy is taken over, each once: from chains, or a whole sector. */
export type EnergyConfigurations = {
  readonly configurations: Int8Array
  readonly chains: Int8Array
} & (
  | { readonly kind: 'full'; readonly source: FullAverages }
  | ({ readonly kind: 'sampled'; readonly source: SampledAverages } & Distinct &
      Pick<Sampled, 'acceptance' | 'asked'>)
)

/** log ψ at some parameters as a run wants it: see `cachedLogPsi`. */
const cachedAt = <P>({ sector: { sites }, symmetries = [] }: EnergyEstimator<P>) => {
  const representative = representatives(symmetries, sites)
  return (evaluators: Evaluators<P>, params: P): CachedLogPsi => {
    const table = amplitudeTable(sites)
    const logPsi = cached(evaluators.logPsi(params), sites, representative, table)
    return table === undefined ? { logPsi } : { logPsi, table }
  }
}

/**
 * log ψ of a run at some parameters: each configuration evaluated once, and zeros that a symmetry
 * makes are exact.
 */
export const cachedLogPsi = <P>(what: EnergyEstimator<P>, params: P): CachedLogPsi =>
  cachedAt(what)(what.evaluators, params)

/** The same as a plain function. */
export const logPsiOf = <P>(what: EnergyEstimator<P>, params: P): LogPsi =>
  cachedLogPsi(what, params).logPsi

/** The energy over samples of |ψ|^p, and how well chains know it. */
const overSamples = <P>(
  { sector, hamiltonian }: EnergyEstimator<P>,
  logPsi: LogPsi,
  { source, acceptance, asked, ...unique }: Extract<EnergyConfigurations, { kind: 'sampled' }>,
): EnergySample => {
  const localEnergy = localEnergies(hamiltonian, logPsi, unique.configurations)
  const power = powerOf(source.plan)
  const { weights, ...weighted } =
    power === 2
      ? { weights: unique.multiplicity, ...complexMoments(localEnergy, unique.multiplicity) }
      : weightedSum(hamiltonian, logPsi, unique, localEnergy, power)
  const moments = momentsOf(weighted, sector.sites)
  const series = linearised(unique, weights, localEnergy.re, moments.energy)
  const total = weights.reduce((sum, w) => sum + w, 0)
  const statistics = estimate(chainsOf(series, source.chains))
  return {
    requests: {
      proposals: asked,
      samples: series.length,
      bonds: series.length * hamiltonian.maxConnected,
    },
    weights: weights.map((w) => w / total),
    localEnergy,
    estimate: {
      ...moments,
      energyError: finite(statistics.standardError),
      acceptance,
      rHat: finite(statistics.rHat),
      autocorrelationTime: finite(statistics.autocorrelationTime),
    },
  }
}

/** The energy over a whole sector: exact. */
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
      acceptance: null,
      rHat: null,
      autocorrelationTime: null,
    },
  }
}

/** How a run takes its energy: ψ at some parameters, what to sum over, and the estimate. */
export interface EnergyParts<P> {
  readonly waveAt: (evaluators: Evaluators<P>, params: P) => CachedLogPsi
  readonly sample: (psi: CachedLogPsi, state: WalkerState<P>, key: Key) => EnergyConfigurations
  readonly estimate: (psi: CachedLogPsi, sample: EnergyConfigurations) => EnergySample
}

/** The parts that one energy after the other is taken with. */
export const energyParts = <P>(what: EnergyEstimator<P>): EnergyParts<P> => {
  const { sector, average: source, symmetries = [] } = what
  const representative = representatives(symmetries, sector.sites)
  return {
    // Equal configurations are evaluated once: within sampling, and again in the local energies.
    waveAt: cachedAt(what),
    sample: (psi, state, key) => {
      if (source.kind === 'full') {
        const { configurations } = source
        return { kind: 'full', source, configurations, chains: new Int8Array(0) }
      }
      checkMove(source.plan.move, sector)
      const drawn = draw(source, settledAt(what, state))(psi, state.chains, key)
      const { chains, acceptance, asked, configurations } = drawn
      const unique = orbits(representative, configurations, sector.sites)
      return { kind: 'sampled', source, ...unique, chains, acceptance, asked }
    },
    estimate: ({ logPsi }, sample) =>
      sample.kind === 'sampled'
        ? overSamples(what, logPsi, sample)
        : overSector(what, logPsi, sample.source),
  }
}

/** Samples (or sums) and estimates the energy at a state's parameters. */
export const estimateEnergy = <P>(what: EnergyEstimator<P>) => {
  const { waveAt, sample, estimate } = energyParts(what)
  return (state: WalkerState<P>, key: Key): EnergyEstimate => {
    const psi = waveAt(what.evaluators, state.params)
    return estimate(psi, sample(psi, state, key)).estimate
  }
}

/**
 * A run as a measurement after some step takes it: `rounds` times its samples, of |ψ|² itself.
 * Chains of another power do not sample that yet.
 */
export const forMeasurement = <P>(
  what: EnergyEstimator<P>,
  rounds: number,
  step: number,
): EnergyEstimator<P> => {
  const { average: source } = what
  if (source.kind === 'full') return what
  const plan: SamplePlan = { ...source.plan, length: source.plan.length * rounds, power: 2 }
  const settled = powerOf(source.plan) === 2
  return { ...what, average: { ...source, plan }, ...(settled ? {} : { start: step }) }
}
