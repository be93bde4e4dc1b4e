import type { either as E } from 'fp-ts'
import {
  type Concrete,
  type Data,
  describe,
  fail,
  type Problem,
  type Shape,
  type ShapeResult,
} from '../values/index.ts'
import type { Domain, ElementwiseName, elementwise } from './elementwise.ts'

// A program is a value: a list of equations over a closed set of primitives.

type None = Readonly<Record<never, never>>

/** Those that work element by element have no parameters but one. */
type ElementwiseParams = {
  readonly [P in ElementwiseName]: P extends 'power' ? { readonly exponent: number } : None
}

/** The closed set of primitives and the static parameters of each. */
export interface PrimitiveParams extends ElementwiseParams {
  sum: { readonly axes: readonly number[] }
  max: { readonly axes: readonly number[] }
  contract: ContractParams
  reshape: { readonly shape: Shape }
  transpose: { readonly axes: readonly number[] }
  broadcast: { readonly shape: Shape; readonly axes: readonly number[] }
  slice: { readonly start: readonly number[]; readonly stop: readonly number[] }
  pad: { readonly low: readonly number[]; readonly high: readonly number[] }
  concatenate: { readonly axis: number }
  gather: { readonly axis: number; readonly indices: readonly number[] }
  scatterAdd: { readonly axis: number; readonly indices: readonly number[]; readonly size: number }
  constant: { readonly data: Data; readonly shape: Shape }
  stopGradient: None
  customVjp: { readonly name: string; readonly forward: Program; readonly pullback: Program }
}

/** One label per axis: `left, right -> out`; every label of an operand is shared or kept. */
export interface ContractParams {
  readonly left: readonly string[]
  readonly right: readonly string[]
  readonly out: readonly string[]
}

export type PrimitiveName = keyof PrimitiveParams

type Of<N, T> = N extends 1 ? readonly [T] : N extends 2 ? readonly [T, T] : readonly [T, T, T]

/** One T for each operand of a primitive: most have one, two of them any number. */
export type Operands<P extends PrimitiveName, T> = P extends ElementwiseName
  ? Of<(typeof elementwise)[P]['arity'], T>
  : P extends 'constant'
    ? readonly []
    : P extends 'contract'
      ? readonly [T, T]
      : P extends 'concatenate' | 'customVjp'
        ? readonly T[]
        : readonly [T]

export interface Variable {
  readonly id: number
  readonly shape: Shape
}

export interface EquationOf<P extends PrimitiveName> {
  readonly primitive: P
  readonly params: PrimitiveParams[P]
  readonly inputs: readonly Variable[]
  readonly output: Variable
}
export type Equation = { [P in PrimitiveName]: EquationOf<P> }[PrimitiveName]

/**
 * Variables are numbered densely in the order of definition: inputs first, then one output per
 * equation, so that an environment is a plain array.
 */
export interface Program {
  readonly inputs: readonly Variable[]
  readonly equations: readonly Equation[]
  readonly outputs: readonly Variable[]
}

/** The program itself. Errors: TypeError for what is none. */
export const programIn = (where: string, program: Program): Program =>
  Array.isArray(program?.equations)
    ? program
    : fail({
        kind: 'TypeError',
        where,
        what: `${describe(program)} is no program.`,
        fix: 'programOf(f)(...) is the program of f.',
      })

/** How a primitive is evaluated on ndarrays. */
export type Evaluation<P extends PrimitiveName> =
  /** Reads the same memory differently; no copy where strides allow. */
  | { readonly view: (inputs: readonly Concrete[], params: PrimitiveParams[P]) => Concrete }
  /** Fills `out`: row-major memory of the output's shape, holding anything. */
  | {
      readonly write: (
        inputs: readonly Concrete[],
        params: PrimitiveParams[P],
        out: Concrete,
      ) => void
    }
  /** Means another program. */
  | { readonly inline: (params: PrimitiveParams[P]) => Program }

/** Everything about a primitive that is not a derivative. */
export interface Primitive<P extends PrimitiveName> {
  readonly name: P
  /** What it computes, in a textbook's words. */
  readonly equation: string
  readonly shape: (inputs: readonly Shape[], params: PrimitiveParams[P]) => ShapeResult
  readonly evaluate: Evaluation<P>
  /**
   * The parameters for operands that carry one more, last axis of `size` samples; a primitive with
   * none works on any rank. `batched` tells which operands carry it (only `contract` mixes).
   */
  readonly batch?: (
    params: PrimitiveParams[P],
    size: number,
    inputs: readonly Shape[],
    batched: readonly boolean[],
  ) => PrimitiveParams[P]
  readonly domain: Domain
  /** Floating-point operations; an elementary function counts as one. */
  readonly flops: (inputs: readonly Shape[], output: Shape, params: PrimitiveParams[P]) => number
}

export type Primitives = { readonly [P in PrimitiveName]: Primitive<P> }
export type Checked<A> = E.Either<Problem, A>

/** Writes an equation down, and gives the variable of its value. */
export type Emit = (eq: Equation) => Variable

/**
 * The program that `step` makes of another one, equation by equation: it emits what computes the
 * value of an equation, whose operands are those of the new program, and gives its variable.
 */
export const rewritten = (
  program: Program,
  step: (eq: Equation, emit: Emit) => Variable,
): Program => {
  const inputs = program.inputs.map(({ shape }, id) => ({ id, shape }))
  const equations: Equation[] = []
  const place = new Map(program.inputs.map((v, id) => [v.id, inputs[id]!]))
  const at = (v: Variable): Variable => place.get(v.id)!
  const emit: Emit = (eq) => {
    const output = { id: inputs.length + equations.length, shape: eq.output.shape }
    equations.push({ ...eq, output })
    return output
  }
  for (const eq of program.equations)
    place.set(eq.output.id, step({ ...eq, inputs: eq.inputs.map(at) }, emit))
  return { inputs, equations, outputs: program.outputs.map(at) }
}

/** The same program without the equations that no output needs, renumbered densely. */
export const prune = (program: Program): Program => {
  const needed = new Set(program.outputs.map((v) => v.id))
  for (const eq of program.equations.toReversed())
    if (needed.has(eq.output.id)) for (const v of eq.inputs) needed.add(v.id)
  return rewritten(program, (eq, emit) => (needed.has(eq.output.id) ? emit(eq) : eq.output))
}
