import type { Key } from '../core/index.ts'
import {
  type LogPsi,
  orbits,
  type Representative,
  remembered,
  representatives,
  type Sector,
  type SiteSymmetries,
} from './configurations/index.ts'
import { fullSum, linearised, localEnergies, weightedSum } from './estimates/index.ts'
import { countedLogPsi, type Evaluations } from './evaluations.ts'
import type { CompiledOperator } from './operators/index.ts'
import {
  checkMove,
  draw,
  type FullSource,
  powerOf,
  type Sampled,
  type SampledSource,
  type SamplePlan,
  type Source,
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
export interface Measuring<P> {
  readonly hamiltonian: CompiledOperator
  readonly sector: Sector
  /** What the model tells apart by a phase alone, and H not at all, is evaluated once. */
  readonly symmetries?: SiteSymmetries
  readonly evaluators: Evaluators<P>
  readonly source: Source
  /** The step whose chains do not sample this wave function yet; default 0. */
  readonly start?: number
}

/** Where it is measured. */
export interface Measurable<P> {
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

/** Distinct configurations with their weights, which sum to 1, and local energies. */
export interface Measured {
  readonly configurations: Int8Array
  readonly weights: Float64Array
  readonly localEnergy: { readonly re: Float64Array; readonly im: Float64Array }
  readonly chains: Int8Array
  readonly estimate: EnergyEstimate
  readonly evaluations: Omit<Evaluations, 'derivatives'>
}

/** What estimators ask for, before anything is saved. */
type Asked = Pick<Evaluations, 'proposals' | 'samples' | 'bonds'>

/** Do a state's chains sample its wave function already? */
export const settledAt = <P>({ start = 0 }: Measuring<P>, { step }: Measurable<P>): boolean =>
  step !== start

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null)

/** What samples and sums have in common. */
const momentsOf = ({ mean, variance }: ComplexMoments, sites: number) => ({
  energy: mean.re,
  energyImag: mean.im,
  variance,
  vScore: vScore(mean.re, variance, sites),
})

type Taken = Omit<Measured, 'evaluations'> & { readonly asked: Asked }

const sampled = <P>(
  { sector, hamiltonian }: Measuring<P>,
  source: SampledSource,
  representative: Representative,
  logPsi: LogPsi,
  { configurations, chains, acceptance, asked }: Sampled,
): Taken => {
  const { sites } = sector
  const unique = orbits(representative, configurations, sites)
  const localEnergy = localEnergies(hamiltonian, logPsi, unique.configurations)
  const power = powerOf(source.plan)
  const { weights, ...weighted } =
    power === 2
      ? { weights: unique.multiplicity, ...complexMoments(localEnergy, unique.multiplicity) }
      : weightedSum(hamiltonian, logPsi, unique, localEnergy, power)
  const moments = momentsOf(weighted, sites)
  const series = linearised(unique, weights, localEnergy.re, moments.energy)
  const total = weights.reduce((sum, w) => sum + w, 0)
  const statistics = estimate(chainsOf(series, source.chains))
  return {
    asked: {
      proposals: asked,
      samples: series.length,
      bonds: series.length * hamiltonian.maxConnected,
    },
    configurations: unique.configurations,
    weights: weights.map((w) => w / total),
    localEnergy,
    chains,
    estimate: {
      ...moments,
      energyError: finite(statistics.standardError),
      acceptance,
      rHat: finite(statistics.rHat),
      autocorrelationTime: finite(statistics.autocorrelationTime),
    },
  }
}

const summed = <P>(
  { sector, hamiltonian }: Measuring<P>,
  { configurations, multiplicity }: FullSource,
  logPsi: LogPsi,
): Taken => {
  const sum = fullSum(hamiltonian, logPsi, configurations, multiplicity)
  const { weights, localEnergy } = sum
  const samples = multiplicity?.reduce((a, b) => a + b, 0) ?? weights.length
  return {
    asked: { proposals: 0, samples, bonds: samples * hamiltonian.maxConnected },
    configurations,
    weights,
    localEnergy,
    chains: new Int8Array(0),
    estimate: {
      ...momentsOf(sum, sector.sites),
      energyError: 0,
      acceptance: null,
      rHat: null,
      autocorrelationTime: null,
    },
  }
}

/**
 * log ψ of a run at some parameters: each configuration evaluated once, and zeros that a symmetry
 * makes are exact.
 */
export const logPsiOf = <P>(
  { evaluators, sector: { sites }, symmetries = [] }: Measuring<P>,
  params: P,
): LogPsi => remembered(evaluators.logPsi(params), sites, representatives(symmetries, sites))

/** Samples (or sums) and estimates the energy at a state's parameters. */
export const measuring = <P>(what: Measuring<P>) => {
  const { sector, source, evaluators, symmetries = [] } = what
  const representative = representatives(symmetries, sector.sites)
  return (state: Measurable<P>, key: Key): Measured => {
    const counted = countedLogPsi(evaluators.logPsi(state.params), sector.sites)
    // Equal configurations are evaluated once: within sampling, and again in the local energies.
    const logPsi = remembered(counted.logPsi, sector.sites, representative)
    const take = (): Taken => {
      if (source.kind === 'full') return summed(what, source, logPsi)
      checkMove(source.plan.move, sector)
      const drawn = draw(source, settledAt(what, state))(logPsi, state.chains, key)
      return sampled(what, source, representative, logPsi, drawn)
    }
    const { asked, ...measured } = take()
    return { ...measured, evaluations: { ...asked, made: counted.count() } }
  }
}

/**
 * A run as a measurement after some step takes it: `rounds` times its samples, of |ψ|² itself.
 * Chains of another power do not sample that yet.
 */
export const forMeasurement = <P>(
  what: Measuring<P>,
  rounds: number,
  step: number,
): Measuring<P> => {
  const { source } = what
  if (source.kind === 'full') return what
  const plan: SamplePlan = { ...source.plan, length: source.plan.length * rounds, power: 2 }
  const settled = powerOf(source.plan) === 2
  return { ...what, source: { ...source, plan }, ...(settled ? {} : { start: step }) }
}
