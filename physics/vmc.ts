import { function as F } from 'fp-ts'
import { type Key, keyFrom, nextKey, split, type Tensor, type Tree } from '../core/index.ts'
import type { Team } from '../core/threads/team.ts'
import { type LogPsi, type Representative, remembered } from './amplitudes.ts'
import { centredPieces } from './centred.ts'
import { chainsOf } from './chains.ts'
import type { CompiledOperator } from './compiled.ts'
import { countedLogPsi, countedSource, type Evaluations } from './evaluations.ts'
import { derivativesOf, type Evaluators } from './evaluators.ts'
import { importanceWeights, linearised } from './importance.ts'
import { localEnergies, probabilities } from './localEnergy.ts'
import { roomFor, type UpdateSizes } from './memory.ts'
import { metropolis, powerOf, randomChains, type SamplePlan } from './metropolis.ts'
import { checkMove } from './moves.ts'
import type { Optimizer } from './optimizers.ts'
import { orbits, representatives, type SiteSymmetries } from './orbits.ts'
import { applyUpdate, countOf } from './parameters.ts'
import type { Schedule } from './schedule.ts'
import type { Sector } from './sector.ts'
import { complexMoments, estimate, vScore } from './statistics.ts'

// The variational Monte Carlo step as one visible pipeline; a run is its unfolding.

/** Everything a run needs to go on. Equal states go on equally, to the last bit. */
export interface VmcState<P> {
  readonly step: number
  readonly params: P
  /** [chains, sites], flat; empty in full summation */
  readonly chains: Int8Array
  readonly optimizer: Tree<Tensor>
  readonly key: Key
}

/** Where expectation values come from: Markov chains, or the whole sector (the exact twin). */
export type Source =
  | {
      readonly kind: 'sampled'
      readonly plan: SamplePlan
      readonly chains: number
      readonly burnIn: number
      /** Configurations to evaluate together before sampling: a small sector, mostly visited. */
      readonly prefetch?: Int8Array
    }
  | {
      readonly kind: 'full'
      readonly configurations: Int8Array
      /** How many configurations of the sector each one stands for; default one. */
      readonly multiplicity?: Float64Array
    }

export interface Vmc<P> {
  readonly hamiltonian: CompiledOperator
  readonly sector: Sector
  /** What the model tells apart by a phase alone, and H not at all, is evaluated once. */
  readonly symmetries?: SiteSymmetries
  readonly evaluators: Evaluators<P>
  readonly source: Source
  readonly optimizer: Optimizer
  readonly learningRate: number
  /** Default: every step takes the whole learning rate. */
  readonly schedule?: Schedule
  /** Whose memory the centred samples lie in; default: the calling thread's. */
  readonly team?: Team
  /** The step whose chains do not sample this wave function yet; default 0. */
  readonly start?: number
  /** Bytes for derivatives and solve; default: any. Fewer compute some again, to equal bits. */
  readonly memory?: number
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
interface Measured {
  readonly configurations: Int8Array
  readonly weights: Float64Array
  readonly localEnergy: { readonly re: Float64Array; readonly im: Float64Array }
  readonly chains: Int8Array
  readonly estimate: EnergyEstimate
  readonly evaluations: Omit<Evaluations, 'derivatives'>
}

/** What estimators ask for, before anything is saved. */
type Asked = Pick<Evaluations, 'proposals' | 'samples' | 'bonds'>

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null)

const sampled = <P>(
  vmc: Vmc<P>,
  source: Extract<Source, { kind: 'sampled' }>,
  representative: Representative,
  logPsi: LogPsi,
  start: Int8Array,
  key: Key,
  burnIn: number,
): Omit<Measured, 'evaluations'> & { readonly asked: Asked } => {
  checkMove(source.plan.move, vmc.sector)
  if (source.prefetch !== undefined) logPsi(source.prefetch)
  const { configurations, chains, acceptance } = metropolis({ ...source.plan, burnIn })(
    logPsi,
    start,
    key,
  )
  const { sites } = vmc.sector
  const unique = orbits(representative, configurations, sites)
  const localEnergy = localEnergies(vmc.hamiltonian, logPsi, unique.configurations)
  const { length, proposals } = source.plan
  const power = powerOf(source.plan)
  const weights =
    power === 2
      ? unique.multiplicity
      : importanceWeights(logPsi(unique.configurations).re, unique.multiplicity, power)
  const { mean, variance } = complexMoments(localEnergy, weights)
  const series = linearised(unique, weights, localEnergy.re, mean.re)
  const total = weights.reduce((sum, w) => sum + w, 0)
  const statistics = estimate(chainsOf(series, source.chains))
  return {
    asked: {
      proposals: source.chains * (1 + burnIn + length * proposals),
      samples: series.length,
      bonds: series.length * vmc.hamiltonian.maxConnected,
    },
    configurations: unique.configurations,
    weights: weights.map((w) => w / total),
    localEnergy,
    chains,
    estimate: {
      energy: mean.re,
      energyImag: mean.im,
      energyError: finite(statistics.standardError),
      variance,
      vScore: vScore(mean.re, variance, sites),
      acceptance,
      rHat: finite(statistics.rHat),
      autocorrelationTime: finite(statistics.autocorrelationTime),
    },
  }
}

const summed = <P>(
  vmc: Vmc<P>,
  { configurations, multiplicity }: Extract<Source, { kind: 'full' }>,
  logPsi: LogPsi,
): ReturnType<typeof sampled> => {
  const weights = probabilities(logPsi(configurations).re, multiplicity)
  const localEnergy = localEnergies(vmc.hamiltonian, logPsi, configurations)
  const { mean, variance } = complexMoments(localEnergy, weights)
  const samples = multiplicity?.reduce((a, b) => a + b, 0) ?? weights.length
  return {
    asked: { proposals: 0, samples, bonds: samples * vmc.hamiltonian.maxConnected },
    configurations,
    weights,
    localEnergy,
    chains: new Int8Array(0),
    estimate: {
      energy: mean.re,
      energyImag: mean.im,
      energyError: 0,
      variance,
      vScore: vScore(mean.re, variance, vmc.sector.sites),
      acceptance: null,
      rHat: null,
      autocorrelationTime: null,
    },
  }
}

/**
 * A run as a measurement after some step takes it: `rounds` times its samples, of |ψ|² itself.
 * Chains of another power do not sample that yet.
 */
export const forMeasurement = <P>(vmc: Vmc<P>, rounds: number, step: number): Vmc<P> => {
  const { source } = vmc
  if (source.kind === 'full') return vmc
  const plan: SamplePlan = { ...source.plan, length: source.plan.length * rounds, power: 2 }
  const settled = powerOf(source.plan) === 2
  return { ...vmc, source: { ...source, plan }, ...(settled ? {} : { start: step }) }
}

/** Samples (or sums) and estimates the energy at a state's parameters. */
const measuring = <P>(vmc: Vmc<P>) => {
  const { sector, source, evaluators, start = 0 } = vmc
  const representative = representatives(vmc.symmetries ?? [], sector.sites)
  return (state: VmcState<P>, key: Key): Measured => {
    const burnIn = state.step === start && source.kind === 'sampled' ? source.burnIn : 0
    const counted = countedLogPsi(evaluators.logPsi(state.params), sector.sites)
    // Equal configurations are evaluated once: within sampling, and again in the local energies.
    const logPsi = remembered(counted.logPsi, sector.sites, representative)
    const { asked, ...measured } =
      source.kind === 'full'
        ? summed(vmc, source, logPsi)
        : sampled(vmc, source, representative, logPsi, state.chains, key, burnIn)
    return { ...measured, evaluations: { ...asked, made: counted.count() } }
  }
}

/** What an update of so many samples keeps in memory. */
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

/** A step's outcome: where it leads, what it saw, and what that took. */
export interface Stepped<P> {
  readonly state: VmcState<P>
  readonly estimate: EnergyEstimate
  readonly evaluations: Evaluations
}

/**
 * One step: sample → local energies → log-derivatives → solve → apply.
 *
 * Errors  NonFinite and NotPositiveDefinite from any part; DomainError when the budget is too
 *         small; the given state stays what it was.
 */
export const vmcStep = <P>(vmc: Vmc<P>) => {
  const measure = measuring(vmc)
  const { memory: budget = Number.POSITIVE_INFINITY, schedule = () => 1 } = vmc
  return (state: VmcState<P>): Stepped<P> => {
    const [use, key] = nextKey(state.key)
    return F.pipe(
      measure(state, use),
      (m) => ({ ...m, o: countedSource(derivativesOf(vmc, state.params, m.configurations)) }),
      (m) => {
        const { samples, params } = m.o.source
        const room = roomFor(updateSizes(vmc, samples, params), budget)
        return {
          ...m,
          samples: centredPieces(m.o.source, m.localEnergy, m.weights, room, vmc.team),
        }
      },
      (m) => ({ ...m, ...vmc.optimizer.update(m.samples, state.optimizer) }),
      ({ chains, delta, memory, estimate, evaluations, o }) => ({
        state: {
          step: state.step + 1,
          params: applyUpdate(state.params, delta, vmc.learningRate * schedule(state.step)),
          chains,
          optimizer: memory,
          key,
        },
        estimate,
        evaluations: { ...evaluations, derivatives: o.count() },
      }),
    )
  }
}

/** The energy at a state's parameters, which do not move: `rounds` times the samples of a step. */
export const measureEnergy =
  <P>(vmc: Vmc<P>, rounds: number) =>
  (state: VmcState<P>): EnergyEstimate =>
    measuring(forMeasurement(vmc, rounds, state.step))(state, nextKey(state.key)[0]).estimate

/** The state before the first step. */
export const initialState = <P>(vmc: Vmc<P>, params: P, seed: number): VmcState<P> => {
  const [chainKey, key] = split(keyFrom(seed), 3).slice(1) as [Key, Key]
  return {
    step: 0,
    params,
    chains:
      vmc.source.kind === 'sampled'
        ? randomChains(vmc.sector, vmc.source.chains, chainKey)
        : new Int8Array(0),
    optimizer: vmc.optimizer.init(countOf(params)),
    key,
  }
}

/** A run is the unfolding of its step: every state with its estimate, as they come. */
export function* run<P>(vmc: Vmc<P>, from: VmcState<P>, steps: number): Generator<Stepped<P>> {
  const step = vmcStep(vmc)
  let state = from
  while (state.step < steps) {
    const next = step(state)
    state = next.state
    yield next
  }
}
