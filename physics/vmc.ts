import { function as F } from 'fp-ts'
import {
  type Concrete,
  dataOf,
  fail,
  type Key,
  keyFrom,
  leavesOf,
  mapTree,
  nextKey,
  precisionOf,
  showPath,
  sizeOf,
  split,
  type Tensor,
  type Tree,
  tensor,
} from '../core/index.ts'
import type { Team } from '../core/threads/team.ts'
import { type LogPsi, remembered } from './amplitudes.ts'
import { chainsOf } from './chains.ts'
import type { CompiledOperator } from './compiled.ts'
import type { Evaluators } from './evaluators.ts'
import { localEnergies, probabilities } from './localEnergy.ts'
import { metropolis, randomChains, type SamplePlan } from './metropolis.ts'
import { checkMove } from './moves.ts'
import type { Optimizer } from './optimizers.ts'
import { orbits, type Representative, representatives, type SiteSymmetries } from './orbits.ts'
import type { Schedule } from './schedule.ts'
import type { Sector } from './sector.ts'
import { centred } from './sr.ts'
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
  /** What neither the model nor H tells apart is evaluated once; default nothing. */
  readonly symmetries?: SiteSymmetries
  readonly evaluators: Evaluators<P>
  readonly source: Source
  readonly optimizer: Optimizer
  readonly learningRate: number
  /** Default: every step takes the whole learning rate. */
  readonly schedule?: Schedule
  /** Whose memory the centred samples lie in; default: the calling thread's. */
  readonly team?: Team
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
}

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null)

const sampled = <P>(
  vmc: Vmc<P>,
  source: Extract<Source, { kind: 'sampled' }>,
  representative: Representative,
  logPsi: LogPsi,
  start: Int8Array,
  key: Key,
  burnIn: number,
): Measured => {
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
  const { mean, variance } = complexMoments(localEnergy, unique.multiplicity)
  const series = new Float64Array(unique.place.length)
  for (let s = 0; s < series.length; s += 1) series[s] = localEnergy.re[unique.place[s]!]!
  const statistics = estimate(chainsOf(series, source.chains))
  return {
    configurations: unique.configurations,
    weights: unique.multiplicity.map((count) => count / unique.place.length),
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
): Measured => {
  const weights = probabilities(logPsi(configurations).re, multiplicity)
  const localEnergy = localEnergies(vmc.hamiltonian, logPsi, configurations)
  const { mean, variance } = complexMoments(localEnergy, weights)
  return {
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

/** Samples (or sums) and estimates the energy at a state's parameters. */
const measuring = <P>(vmc: Vmc<P>) => {
  const { sector, source, evaluators } = vmc
  const representative = representatives(vmc.symmetries ?? [], sector.sites)
  return (state: VmcState<P>, key: Key): Measured => {
    // Equal configurations are evaluated once: within sampling, and again in the local energies.
    const logPsi = remembered(evaluators.logPsi(state.params), sector.sites, representative)
    if (source.kind === 'full') return summed(vmc, source, logPsi)
    const burnIn = state.step === 0 ? source.burnIn : 0
    return sampled(vmc, source, representative, logPsi, state.chains, key, burnIn)
  }
}

const countOf = (params: unknown): number =>
  leavesOf(params as Tree<Tensor>).reduce((n, leaf) => n + sizeOf(leaf.shape), 0)

/**
 * θ ← θ − η δ, leaf by leaf.
 *
 * Errors  ShapeError unless δ has one entry per parameter; NonFinite naming the first parameter
 *         that is no number.
 */
export const applyUpdate = <P>(params: P, delta: Float64Array, learningRate: number): P => {
  const count = countOf(params)
  if (delta.length !== count)
    return fail({
      kind: 'ShapeError',
      where: 'applyUpdate',
      what: `the update has ${delta.length} entries for ${count} parameters.`,
    })
  let next = 0
  return mapTree(params as Tree<Tensor>, (leaf, path) => {
    const old = leaf as Concrete
    const moved = dataOf(old).map((x, i) => x - learningRate * delta[next + i]!)
    next += moved.length
    if (moved.some((x) => !Number.isFinite(x)))
      fail({
        kind: 'NonFinite',
        where: 'applyUpdate',
        what: `parameter ${showPath(path)} is not finite after the step.`,
        fix: 'a smaller learning rate or a larger diagShift.',
        data: { path: showPath(path) },
      })
    return tensor(moved, old.shape, precisionOf(old))
  }) as P
}

/**
 * One step: sample → local energies → log-derivatives → solve → apply.
 *
 * Errors  NonFinite and NotPositiveDefinite from any part; the given state stays what it was.
 */
export const vmcStep = <P>(vmc: Vmc<P>) => {
  const measure = measuring(vmc)
  const share = vmc.schedule ?? (() => 1)
  return (
    state: VmcState<P>,
  ): { readonly state: VmcState<P>; readonly estimate: EnergyEstimate } => {
    const [use, key] = nextKey(state.key)
    return F.pipe(
      measure(state, use),
      (measured) => ({
        ...measured,
        o: vmc.evaluators.logDerivatives(state.params, measured.configurations),
      }),
      (m) => ({ ...m, samples: centred(m.o, m.localEnergy, m.weights, vmc.team) }),
      (m) => ({ ...m, ...vmc.optimizer.update(m.samples, state.optimizer) }),
      ({ chains, delta, memory, estimate }) => ({
        state: {
          step: state.step + 1,
          params: applyUpdate(state.params, delta, vmc.learningRate * share(state.step)),
          chains,
          optimizer: memory,
          key,
        },
        estimate,
      }),
    )
  }
}

/**
 * The energy at a state's parameters, which do not move: `rounds` times the samples of a step.
 */
export const measureEnergy = <P>(vmc: Vmc<P>, rounds: number) => {
  const { source } = vmc
  const longer = (plan: SamplePlan): SamplePlan => ({ ...plan, length: plan.length * rounds })
  const measure = measuring(
    source.kind === 'full' ? vmc : { ...vmc, source: { ...source, plan: longer(source.plan) } },
  )
  return (state: VmcState<P>): EnergyEstimate => measure(state, nextKey(state.key)[0]).estimate
}

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
export function* run<P>(
  vmc: Vmc<P>,
  from: VmcState<P>,
  steps: number,
): Generator<{ readonly state: VmcState<P>; readonly estimate: EnergyEstimate }> {
  const step = vmcStep(vmc)
  let state = from
  while (state.step < steps) {
    const next = step(state)
    state = next.state
    yield next
  }
}
