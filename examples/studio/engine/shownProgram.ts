import type { RuleWords, ValueSummary } from '../../../autodiff/index.ts'

// A program as the page draws it: every equation in words, with what it computed. Plain data.

/** The logarithm of the wave function, or the gradient of its real part. */
export type ProgramOf = 'value' | 'gradient'

/**
 * The program as traced; with custom pullbacks replaced by their equations; with that, and every
 * value computed once.
 */
export type Pass = 'traced' | 'inlined' | 'simplified'

/** A formula in pieces: text, or a variable, which stands for the equation that makes it. */
export type Piece = string | { readonly variable: string }

export interface ShownVariable {
  readonly name: string
  readonly shape: readonly number[]
  readonly value: ValueSummary
  /** Some entries, evenly spaced: all of a small tensor. */
  readonly strip: readonly number[]
  /** Absent where no cotangent arrives. */
  readonly cotangent?: ValueSummary
}

export interface ShownInput extends ShownVariable {
  /** The place among the parameters; the configuration is σ. */
  readonly path: string
}

export interface ShownEquation extends ShownVariable {
  readonly primitive: string
  readonly formula: readonly Piece[]
  readonly rule: RuleWords
  /** The layers around it, the outermost first. */
  readonly layers: readonly string[]
  /** The variables that it reads; constants stand in the formula. */
  readonly operands: readonly string[]
  readonly flops: number
  /** What the next pass makes of it; absent where it stays. */
  readonly fate?: string
  /** What it is of the result, where it is returned. */
  readonly result?: string
}

export interface ShownProgram {
  readonly of: ProgramOf
  readonly pass: Pass
  /** Where it was evaluated, in words. */
  readonly at: string
  readonly inputs: readonly ShownInput[]
  /** Equations in program order, without constants. */
  readonly equations: readonly ShownEquation[]
  /** The number of constants, which stand in the formulas. */
  readonly constants: number
  /** The number of equations after each pass, constants among them. */
  readonly counts: Readonly<Record<Pass, number>>
  readonly flops: number
  /** The compiled program as text, where it was asked for: its loops, and their memory. */
  readonly compiled?: readonly string[]
}
