import type { either as E } from 'fp-ts'
import type { Problem, Tensor, Tree } from '../../core/index.ts'
import type { Key } from '../../core/values/index.ts'
import type { Observables } from '../../physics/estimates/index.ts'
import type { Evaluations } from '../../physics/index.ts'
import type { Symmetry, TrainConfig } from '../settings/index.ts'

// What the command line needs of a training run; physics supplies the parts.

/** Everything a run needs to go on: a resumed run repeats the interrupted one exactly. */
export interface TrainState {
  readonly step: number
  readonly params: Tree<Tensor>
  /** The chains' configurations, ±1, row by row; empty with sum 'full'. */
  readonly chains: Int8Array
  /** The optimiser's memory; {} for sgd, and for sr without momentum. */
  readonly optimizer: Tree<Tensor>
  readonly key: Key
}

export interface StepRecord {
  /** Steps completed, from 1. */
  readonly step: number
  /** Mean local energy of the whole system, real part. */
  readonly energy: number
  /** Imaginary part of the mean: zero up to noise for a Hermitian Hamiltonian. */
  readonly energyImag: number
  /** Its standard error (0 with sum 'full'). */
  readonly energyError: number
  /** Variance of the local energy of the whole system. */
  readonly variance: number
  readonly vScore: number
  /** null with sum 'full' */
  readonly acceptance: number | null
  readonly rHat: number | null
  readonly autocorrelationTime: number | null
  /** What the wave function of this step was summed over. */
  readonly symmetry: Symmetry
  /** null where nobody counted: in the last measurement, and in logs of old. */
  readonly evaluations: Evaluations | null
  /** Of training when the step was done, over all sessions; null where nobody looked at a clock. */
  readonly seconds: number | null
}

/** alpha_ij of one head over the configurations of a state, as n x n rows over the patches. */
export interface AttentionMap {
  readonly layer: number
  readonly head: number
  /** Means over the configurations. */
  readonly weights: readonly (readonly number[])[]
  /** Standard deviations over the configurations; 0 where these do not matter. */
  readonly deviations: readonly (readonly number[])[]
  /** Share of the variance of the weights that the configurations cause, from 0 to 1. */
  readonly inputDriven: number
}

export interface Training {
  readonly sites: number
  /** Number of real parameters. */
  readonly parameters: number
  /** Floating-point operations for log ψ of one configuration among many. */
  readonly flops: number
  /** Seconds for log ψ of one configuration among many, measured now. */
  readonly evaluationSeconds: () => number
  /** What a step costs, in words; none where it is short. Times an evaluation where it is not. */
  readonly cost?: () => readonly string[]
  /** Patches per side, [1, n] for a chain. */
  readonly patchGrid: readonly [number, number]
  readonly initial: () => TrainState
  /** What keeps a state from being one of this run, beyond shapes; undefined when nothing does. */
  readonly unfit?: (state: TrainState) => string | undefined
  /** One optimisation step. Throws TensorError (NonFinite, NotPositiveDefinite, …) on failure. */
  readonly step: (state: TrainState) => { readonly state: TrainState; readonly record: StepRecord }
  /** The energy of a state, measured more precisely than in one step; parameters do not move. */
  readonly measure: (state: TrainState) => StepRecord
  /** Attention weights of every layer and head, over the samples of a state after step 0. */
  readonly attention: (state: TrainState) => readonly AttentionMap[]
  /** What the state is like, from `rounds` times the samples of a step. */
  readonly observe: (state: TrainState, rounds: number) => Observables
  /** The same of the exact ground state, an average where it is degenerate; null when the sector
   * is too large. */
  readonly observeExactly: () => Observables | null
  /** Exact ground-state energy of the whole system, or null when nobody knows it. */
  readonly exact: () => number | null
  /** What the user should know before the first step, such as the device it runs on. */
  readonly notes?: readonly string[]
  /** Ends worker threads. */
  readonly dispose: () => void
}

/** Builds a run from its configuration; Left when lattice, patches, heads … do not fit together. */
export type PlanTraining = (config: TrainConfig) => E.Either<Problem, Training>
