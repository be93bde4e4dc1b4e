import type { either as E } from 'fp-ts'
import { atSiteOf, type Scope, type Site } from '../messages/index.ts'
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

/** Elementwise primitives have no parameters; only `power` has one, its exponent. */
type ElementwiseParams = {
  readonly [P in ElementwiseName]: P extends 'power' ? { readonly exponent: number } : None
}

/** The closed set of primitives, with the static parameters of each. */
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
  customVjp: CustomVjpParams
}

/** Each axis has a label: `left, right -> out`; every label of an operand is shared or kept. */
export interface ContractParams {
  readonly left: readonly string[]
  readonly right: readonly string[]
  readonly out: readonly string[]
}

export interface CustomVjpParams {
  readonly name: string
  readonly forward: Program
  readonly pullback: Program
  /** It is called with the value wherever this is computed equation by equation. */
  readonly onValue?: ((y: Concrete) => void) | undefined
}

export type PrimitiveName = keyof PrimitiveParams

type Of<N, T> = N extends 1 ? readonly [T] : N extends 2 ? readonly [T, T] : readonly [T, T, T]

/** This list holds one T for each operand of a primitive; two primitives take any number. */
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
  /** The part of a model that wrote the equation; see `scoped`. */
  readonly scope?: Scope
  /** The line of the user's code, if the trace was asked for it. */
  readonly site?: Site
}
export type Equation = { [P in PrimitiveName]: EquationOf<P> }[PrimitiveName]

/**
 * A program lists its equations. Variables are numbered densely in the order of definition: inputs
 * first, then one output per equation, so that the values of a run are a plain array.
 */
export interface Program {
  readonly inputs: readonly Variable[]
  readonly equations: readonly Equation[]
  readonly outputs: readonly Variable[]
}

/** Returns the program itself. Errors: TypeError for a value that is not a program. */
export const programIn = (where: string, program: Program): Program =>
  Array.isArray(program?.equations)
    ? program
    : fail('TypeError', where, `${describe(program)} is no program.`, {
        fix: 'programOf(f)(...) is the program of f.',
      })

type Compute<P extends PrimitiveName, Out extends readonly Concrete[], Result> = (
  inputs: Operands<P, Concrete>,
  params: PrimitiveParams[P],
  ...out: Out
) => Result

/** An evaluation says how a primitive is computed on ndarrays. */
export type Evaluation<P extends PrimitiveName> =
  /** The view reads the same memory differently; nothing is copied where strides allow it. */
  | { readonly view: Compute<P, readonly [], Concrete> }
  /** The function fills `out`: row-major memory of the output's shape, holding anything before. */
  | { readonly write: Compute<P, readonly [out: Concrete], void> }
  /** The primitive stands for another program, and may show its value to a function. */
  | {
      readonly inline: (params: PrimitiveParams[P]) => Program
      readonly show: (params: PrimitiveParams[P], y: Concrete) => void
    }

/** A definition tells everything about a primitive that is not a derivative. */
export interface Definition<P extends PrimitiveName> {
  /** The equation, as a textbook writes it. */
  readonly equation: string
  /** The shape of the output or, where the operands do not fit, the problem. */
  readonly shape: (inputs: Operands<P, Shape>, params: PrimitiveParams[P]) => Shape | string
  /** What messages call an application of the primitive; its name unless given. */
  readonly where?: (params: PrimitiveParams[P]) => string
  readonly evaluate: Evaluation<P>
  /**
   * The parameters for operands that have one more, last axis of `size` samples; a primitive
   * without this field works on any rank. `batched` tells which operands have the axis (only those
   * of `contract` may differ).
   */
  readonly batch?: (
    params: PrimitiveParams[P],
    size: number,
    batched: readonly boolean[],
  ) => PrimitiveParams[P]
  /** The values operands may take in tests; from −3 to 3 unless given. */
  readonly domain?: Domain
  /** Floating-point operations, of which an elementary function counts as one; 0 unless given. */
  readonly flops?: (inputs: Operands<P, Shape>, output: Shape, params: PrimitiveParams[P]) => number
}

/** A primitive is its completed definition; its shape rule also takes operands that do not fit. */
export interface Primitive<P extends PrimitiveName> extends Omit<Definition<P>, 'shape'> {
  readonly name: P
  readonly shape: (inputs: readonly Shape[], params: PrimitiveParams[P]) => ShapeResult
  readonly domain: Domain
  readonly flops: (inputs: readonly Shape[], output: Shape, params: PrimitiveParams[P]) => number
}

export type Primitives = { readonly [P in PrimitiveName]: Primitive<P> }
export type Checked<A> = E.Either<Problem, A>

/**
 * Goes through the equations of a program in their order: `step` makes the value of each from the
 * values of its operands. The result holds the values of all variables, by their ids.
 */
export const runEquations = <T>(
  program: Pick<Program, 'inputs' | 'equations'>,
  inputs: readonly T[],
  step: (eq: Equation, operands: readonly T[]) => T,
): T[] => {
  const values: T[] = []
  program.inputs.forEach((v, i) => {
    values[v.id] = inputs[i]!
  })
  for (const eq of program.equations) {
    const operands = eq.inputs.map((v) => values[v.id]!)
    values[eq.output.id] = atSiteOf(eq, () => step(eq, operands))
  }
  return values
}

/** Writes an equation down, and returns the variable of its value. */
export type Emit = (eq: Equation) => Variable

/**
 * Rewrites a program equation by equation: `step` emits the equations that compute the value of
 * one equation, whose operands are already those of the new program, and returns the variable of
 * that value.
 */
export const rewritten = (
  program: Program,
  step: (eq: Equation, emit: Emit) => Variable,
): Program => {
  const inputs = program.inputs.map(({ shape }, id) => ({ id, shape }))
  const equations: Equation[] = []
  const emit: Emit = (eq) => {
    const output = { id: inputs.length + equations.length, shape: eq.output.shape }
    equations.push({ ...eq, output })
    return output
  }
  const values = runEquations<Variable>(program, inputs, (eq, operands) =>
    step({ ...eq, inputs: operands }, emit),
  )
  return { inputs, equations, outputs: program.outputs.map((v) => values[v.id]!) }
}

/** Returns the same program without equations that no output needs, renumbered densely. */
export const prune = (program: Program): Program => {
  const needed = new Set(program.outputs.map((v) => v.id))
  for (const eq of program.equations.toReversed())
    if (needed.has(eq.output.id)) for (const v of eq.inputs) needed.add(v.id)
  return rewritten(program, (eq, emit) => (needed.has(eq.output.id) ? emit(eq) : eq.output))
}
