import type { Observables } from '../../../physics/estimates/index.ts'
import type { TrainResult } from '../../run/index.ts'
import type { AttentionMap, StepRecord } from '../../session/index.ts'
import type { ConfigProblem, TrainConfig } from '../../settings/index.ts'
import type { Pass, ProgramOf, ShownProgram } from './shownProgram.ts'

// The page asks, the engine's thread answers. All messages are plain data.

/** Settings as a person typed them, by their names in config.json; the rest has its defaults. */
export type Typed = Readonly<Partial<Record<keyof TrainConfig, string>>>

/** The files of a run folder by their names. */
export type Files = readonly (readonly [name: string, bytes: Uint8Array])[]

/** A run as its folder has it. */
export interface OpenedRun {
  readonly name: string
  readonly described: Described
  readonly records: readonly StepRecord[]
  readonly view: View
  readonly seconds: number
  /** The last measurement; absent where the run is not finished. */
  readonly result?: TrainResult
}

/** Requests of the page. `run` numbers the run that the answers belong to. */
export type Request =
  /** Resolves the settings, and draws the problem that they name. */
  | { readonly kind: 'describe'; readonly run: number; readonly settings: Typed }
  /** Finds the exact ground-state energy of the same problem. */
  | { readonly kind: 'exact'; readonly run: number; readonly settings: Typed }
  /** Starts a run; `steps` at most are taken at once, as many as the settings say by default. */
  | { readonly kind: 'start'; readonly run: number; readonly settings: Typed }
  | { readonly kind: 'pause' }
  | { readonly kind: 'go' }
  | { readonly kind: 'step' }
  /** Continues with another learning rate, from the state that stands. */
  | { readonly kind: 'rate'; readonly lr: number }
  /** Ends the run where it stands, and measures. */
  | { readonly kind: 'finish' }
  /** Reads the folder of a run. */
  | { readonly kind: 'open'; readonly run: number; readonly name: string; readonly files: Files }
  /** Takes up a run that was read, at its last state, and waits. */
  | { readonly kind: 'take'; readonly run: number }
  /**
   * Writes the folder of the run that the engine holds. The page may know the exact energy already;
   * null: out of reach.
   */
  | { readonly kind: 'save'; readonly exact: number | null | undefined }
  /** Traces the program of the settings, at the state of the run if that has the same network. */
  | {
      readonly kind: 'program'
      readonly run: number
      readonly settings: Typed
      readonly of: ProgramOf
      readonly pass: Pass
      /** Shall it be compiled, too? That takes as long as the rest. */
      readonly compiled: boolean
    }

/** A problem names the setting where it is known, and the place in a formula. */
export interface SettingProblem extends ConfigProblem {
  readonly key?: keyof TrainConfig
  /** The index of the first wrong character, in a formula. */
  readonly at?: number
}

/** A problem, drawn: sites at their positions, and bonds by their strength. */
export interface Drawing {
  readonly sites: readonly (readonly number[])[]
  readonly bonds: readonly { readonly from: number; readonly to: number; readonly shell: 1 | 2 }[]
  /** The patch of every site. */
  readonly patchOf: readonly number[]
}

/** The settings give this before anything is computed. */
export interface Described {
  readonly config: TrainConfig
  /** Sentences about settings that follow from the problem. */
  readonly notes: readonly string[]
  readonly drawing: Drawing
  readonly parameters: number
  /** Floating-point operations of one log ψ. */
  readonly flops: number
  readonly patchGrid: readonly [number, number]
  /** The same run on the command line. */
  readonly command: string
}

/** A view shows a state: its weights, and some of its configurations. */
export interface View {
  readonly step: number
  readonly maps: readonly AttentionMap[]
  /** Some configurations of the chains, ±1, one after another; empty with full sums. */
  readonly spins: readonly (readonly number[])[]
}

/** Answers of the engine. */
export type Report =
  | { readonly kind: 'described'; readonly run: number; readonly described: Described }
  | {
      readonly kind: 'unusable'
      readonly run: number
      readonly problems: readonly SettingProblem[]
    }
  /** The exact energy of the whole system; null where it is out of reach. */
  | { readonly kind: 'exact'; readonly run: number; readonly energy: number | null }
  | { readonly kind: 'started'; readonly run: number; readonly threads: number }
  /** Steps that were taken since the last of these messages. */
  | { readonly kind: 'steps'; readonly run: number; readonly records: readonly StepRecord[] }
  | { readonly kind: 'view'; readonly run: number; readonly view: View }
  | { readonly kind: 'measuring'; readonly run: number }
  | {
      readonly kind: 'finished'
      readonly run: number
      readonly record: StepRecord
      readonly view: View
      readonly observables: Observables
      readonly evaluationsPerSecond: number
      /** Seconds of training, without the last measurement. */
      readonly seconds: number
    }
  | { readonly kind: 'opened'; readonly run: number; readonly opened: OpenedRun }
  | { readonly kind: 'taken'; readonly run: number; readonly threads: number }
  | { readonly kind: 'saved'; readonly run: number; readonly files: Files }
  | { readonly kind: 'program'; readonly run: number; readonly program: ShownProgram }
  | { readonly kind: 'failed'; readonly run: number; readonly message: string }
