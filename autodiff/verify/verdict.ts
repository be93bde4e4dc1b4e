import type { Concrete, Path, PrimitiveName, Site } from '../../core/index.ts'

// What the check of a gradient answers, as data.

/** The answer of a check is one of these. */
export type Verdict =
  /** The derivative agrees with its witnesses within the tolerance. */
  | 'right'
  /** It disagrees by more than all errors together. */
  | 'wrong'
  /** The witness is less certain than the tolerance asks. */
  | 'cannot tell'
  /** The function has a kink or a jump at the point, or too near to it. */
  | 'not differentiable'
  /** A value or a derivative is NaN or infinite. */
  | 'not finite'
  /** Two calls with the same argument give different values. */
  | 'not deterministic'
  /** The function never uses an argument, or a leaf of it. */
  | 'no dependence'

export type Mode = 'reverse' | 'forward'

/** A comparison ends in one of these. */
export type Agreement = 'agree' | 'disagree' | 'unsure' | 'kink' | 'not finite'

/** A comparison holds one slope ⟨u, ∂f⟩ as claimed by a rule, and the same by a witness. */
export interface Comparison {
  readonly order: 1 | 2
  readonly mode: Mode
  /** The leaf of the argument that moves. */
  readonly path: Path
  /** The entry of the leaf that moves; none where the leaf moves along a direction. */
  readonly index?: readonly number[]
  /** The direction in which the leaf moves, where it is no single entry. */
  readonly direction?: Concrete
  readonly claimed: number
  /** The rounding error that the claimed slope may have. */
  readonly claimedError: number
  readonly reference: number
  /** The error that the reference may have: of rounding and of truncation. */
  readonly referenceError: number
  readonly witness: 'differences' | 'jvp' | 'vjp'
  /** The step at which the differences were most certain; 0 for an exact witness. */
  readonly step: number
  /** The size of the slope that errors are relative to. */
  readonly scale: number
  readonly agrees: Agreement
}

/** A mistake that is known by name; see `nameMistake`. */
export interface NamedMistake {
  readonly kind: string
  /** One sentence for the reader. */
  readonly words: string
  readonly factor?: number
}

/** A rule that is wrong where it was used, with what it should have given. */
export interface Blamed {
  /** The number of the equation in the program, from 1. */
  readonly equation: number
  /** The numbers of the equations that hold the program of a customVjp, outermost first. */
  readonly within?: readonly number[]
  readonly primitive: PrimitiveName
  /** The name of a customVjp. */
  readonly name?: string
  readonly rule: 'vjp' | 'jvp'
  /** The number of the operand, from 0. */
  readonly operand: number
  readonly site?: Site
  /** The whole cotangent (or tangent) by the witness, and by the rule. */
  readonly expected: Concrete
  readonly obtained: Concrete
  readonly mistake?: NamedMistake
}

/** The operation that made the first number that is not finite. */
export interface FirstNonFinite {
  readonly pass: 'forward' | 'backward'
  readonly equation: number
  readonly primitive: PrimitiveName
  readonly site?: Site
  /** What it made: NaN or an infinity. */
  readonly value: number
  /** Where in its result, and the operands there. */
  readonly index: readonly number[]
  readonly operands: readonly number[]
}

/** A check that is given these runs the same again. */
export interface Replay {
  readonly seed: number
  readonly path: string
}

/** The report of a check. */
export interface GradientReport {
  /** The name of the function. */
  readonly name: string
  readonly verdict: Verdict
  /** One sentence that says why. */
  readonly reason: string
  readonly order: 1 | 2
  readonly mode: Mode | 'both'
  /** The number of slopes that were compared. */
  readonly compared: number
  /** The largest disagreement, relative to its scale; at most the tolerance where right. */
  readonly maxError: number
  readonly tolerance: number
  /** The comparison that decided, or the worst of those that agree. */
  readonly worst?: Comparison
  /** All comparisons that do not agree. */
  readonly failed: readonly Comparison[]
  readonly blamed: readonly Blamed[]
  readonly nonFinite?: FirstNonFinite
  /** Paths of the leaves that the function never uses. */
  readonly unused: readonly Path[]
  /** The point at which the function was checked. */
  readonly at: unknown
  readonly replay: Replay
}
