import type { either as E } from 'fp-ts'
import type { Problem, Tensor, Tree } from '../../core/index.ts'
import type { Key } from '../../core/values/index.ts'
import type { Observables } from '../../physics/estimates/index.ts'
import type { Evaluations } from '../../physics/index.ts'
import type { Symmetry, TrainConfig } from '../settings/index.ts'

// This interface is what the command line needs of a training run; physics supplies the parts.

/**
 * The state holds everything that a run needs to continue: a resumed run repeats the interrupted
 * one exactly.
 */
export interface TrainState {
  readonly step: number
  readonly params: Tree<Tensor>
  /** The configurations of the chains, ±1, row by row; empty with sum 'full'. */
  readonly chains: Int8Array
  /** The memory of the optimiser; {} for sgd, and for sr without momentum. */
  readonly optimizer: Tree<Tensor>
  readonly key: Key
  /** What a run that takes steps back needs to judge its last update; absent in other runs. */
  readonly trust?: Trust
}

/** The memory of a run that takes steps back. */
export interface Trust {
  /** The share of the learning rate that the next update takes, 0 < share <= 1. */
  readonly share: number
  /** The number of updates that were taken back. */
  readonly refusals: number
  /** The start of the last update; absent where there is none to judge. */
  readonly start?: UpdateStart
}

/** The point at which an update started, and the energy there. */
export interface UpdateStart {
  readonly params: Tree<Tensor>
  readonly chains: Int8Array
  readonly energy: number
  readonly energyError: number
}

export interface StepRecord {
  /** The number of completed steps, from 1. */
  readonly step: number
  /** The mean local energy of the whole system, real part. */
  readonly energy: number
  /** The imaginary part of the mean: zero up to noise for a Hermitian Hamiltonian. */
  readonly energyImag: number
  /** The standard error of the energy (0 with sum 'full'). */
  readonly energyError: number
  /** Tells whether that error can be trusted; null in old logs, as all that they do not have. */
  readonly reliable: boolean | null
  /** The variance of the local energy of the whole system. */
  readonly variance: number
  readonly varianceError: number | null
  readonly vScore: number
  readonly vScoreError: number | null
  /** null with sum 'full', as all of the chains */
  readonly acceptance: number | null
  /** Infinity where the chains are too short, or stand still, each elsewhere. */
  readonly rHat: number | null
  /** Stationary chains of this number and length exceed this R-hat in one of a hundred cases. */
  readonly rHatLimit: number | null
  readonly autocorrelationTime: number | null
  /** (Σ w)² / Σ w² of the weights of samples of |ψ|^p. */
  readonly effectiveSamples: number | null
  /** The symmetry over which the wave function of this step was summed. */
  readonly symmetry: Symmetry
  /** The number of steps taken back so far; null in runs that take none back, and in old logs. */
  readonly refusals: number | null
  /** null where they were not counted: in the last measurement, and in old logs. */
  readonly evaluations: Evaluations | null
  /**
   * The seconds of training when the step was done, over all sessions; null where no time was
   * taken.
   */
  readonly seconds: number | null
}

/** alpha_ij of one head over the configurations of a state, as n x n rows over the patches. */
export interface AttentionMap {
  readonly layer: number
  readonly head: number
  /** The means over the configurations. */
  readonly weights: readonly (readonly number[])[]
  /**
   * The standard deviations over the configurations; 0 where the weights do not depend on these.
   */
  readonly deviations: readonly (readonly number[])[]
  /** The fraction of the variance of the weights that the configurations cause, from 0 to 1. */
  readonly inputDriven: number
}

export interface Training {
  readonly sites: number
  /** The number of real parameters. */
  readonly parameters: number
  /** The floating-point operations for log ψ of one configuration among many. */
  readonly flops: number
  /** The seconds for log ψ of one configuration among many, measured now. */
  readonly evaluationSeconds: () => number
  /**
   * The cost of a step, in words; none where it is short. A long step is timed by an evaluation.
   */
  readonly cost?: () => readonly string[]
  /** The patches per side, [1, n] for a chain. */
  readonly patchGrid: readonly [number, number]
  readonly initial: () => TrainState
  /**
   * Returns why a state cannot be one of this run although its shapes fit; undefined when it can.
   */
  readonly unfit?: (state: TrainState) => string | undefined
  /**
   * Performs one optimisation step. Throws TensorError (NonFinite, NotPositiveDefinite, …) on
   * failure.
   */
  readonly step: (state: TrainState) => { readonly state: TrainState; readonly record: StepRecord }
  /**
   * Returns the state that stands at the end: it judges the last update, and takes it back when
   * the energy rose.
   */
  readonly settled?: (state: TrainState) => TrainState
  /** Measures the energy of a state more precisely than one step does; parameters stay fixed. */
  readonly measure: (state: TrainState) => StepRecord
  /**
   * Returns attention weights of every layer and head, over the samples of a state after step 0.
   */
  readonly attention: (state: TrainState) => readonly AttentionMap[]
  /** Returns the observables of the state, from `rounds` times the samples of a step. */
  readonly observe: (state: TrainState, rounds: number) => Observables
  /** The same of the exact ground state, an average where it is degenerate; null when the sector
   * is too large. */
  readonly observeExactly: () => Observables | null
  /**
   * Returns the exact ground-state energy of the whole system, or null when it is not available.
   */
  readonly exact: () => number | null
  /** Messages to the user before the first step, such as the device on which it runs. */
  readonly notes?: readonly string[]
  /** Ends worker threads. */
  readonly dispose: () => void
}

/** Plans a run from its configuration; Left when lattice, patches, heads … do not fit together. */
export type PlanTraining = (config: TrainConfig) => E.Either<Problem, Training>
