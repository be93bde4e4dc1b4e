import {
  type AnyFunction,
  add,
  atSiteOf,
  type Equation,
  fitted,
  interpret,
  type Path,
  type Program,
  precisionAmong,
  runEquations,
  type Shape,
  showPath,
  type Tensor,
  type TensorTree,
  traceFunction,
  type Variable,
  zerosLike,
} from '../../core/index.ts'
import { type Pull, vjpRules } from './vjpRules.ts'

// Reverse mode: run the program forward, then walk its equations backward once.

/** The rules of a primitive are a list, or, for any number of operands, a function. */
export type Rules<R> = readonly R[] | { readonly operand: (k: number) => R }

/** Finds the rule of operand k, in either table. */
export const ruleOf = <R>(rules: Rules<R>, k: number): R =>
  'operand' in rules ? rules.operand(k) : rules[k]!

/** Adds two derivatives, of which null is zero. */
export const plus = (a: Tensor | null, b: Tensor | null): Tensor | null =>
  a === null || b === null ? (a ?? b) : add(a, b)

/**
 * Returns the cotangents of all variables of a program that depend on its first `count` inputs,
 * from all its values and the cotangents of its outputs; null is zero. Each equation adds to those
 * of its operands:  x̄ ← x̄ + ȳ · ∂y/∂x
 */
export const cotangents = (
  program: Program,
  values: readonly Tensor[],
  outputBars: readonly (Tensor | null)[],
  count: number,
): (Tensor | null)[] => {
  // Only variables that depend on these inputs need cotangents.
  const wanted = program.inputs.map((_, i) => i < count)
  const active = runEquations(program, wanted, (_, operands) => operands.includes(true))
  const bars: (Tensor | null)[] = new Array(values.length).fill(null)
  const accumulate = (v: Variable, bar: Tensor | null): void => {
    bars[v.id] = plus(bars[v.id]!, bar)
  }
  program.outputs.forEach((v, i) => {
    accumulate(v, outputBars[i]!)
  })
  const goBack = ({ primitive, params, inputs, output }: Equation): void => {
    const yBar = bars[output.id]!
    if (yBar === null || !active[output.id]) return
    const xs = inputs.map((v) => values[v.id]!)
    inputs.forEach((v, k) => {
      if (!active[v.id]) return
      const pull = ruleOf(vjpRules[primitive] as Rules<Pull<typeof primitive>>, k)
      accumulate(v, pull(yBar, xs as never, values[output.id]!, params as never))
    })
  }
  for (const equation of program.equations.toReversed()) atSiteOf(equation, () => goBack(equation))
  return bars
}

/** Returns the cotangents of the first `count` inputs. */
export const backward = (...[program, values, bars, count]: Parameters<typeof cotangents>) =>
  cotangents(program, values, bars, count).slice(0, count)

/** A Vjp holds f's value, and the map from its cotangent to the cotangents of all arguments. */
export interface Vjp<Args extends readonly unknown[], Out> {
  readonly value: Out
  readonly pullback: (cotangent: Out) => Args
}

/**
 * The vector-Jacobian product: `vjp(f)(x, …)` returns f's value and its pullback
 *
 *   ȳ ↦ (Jₓᵀ ȳ, …)
 *
 * Shapes  cotangents have the shapes of what they belong to; trees keep their structure.
 * Errors  ShapeError or TypeError when the cotangent does not fit the value; records match by keys.
 * Cost    one run of f, then one walk back: a small multiple of f.
 */
export const vjp =
  <Args extends readonly unknown[], Out>(f: (...args: Args) => Out) =>
  (...args: Args): Vjp<Args, Out> => {
    const traced = traceFunction(f as AnyFunction, args)
    const { program, inputs } = traced
    const values = interpret(program, inputs)
    const outputs = program.outputs.map((v) => values[v.id]!)
    const value = traced.toOutput(outputs) as TensorTree
    const count = traced.counts.reduce((a, b) => a + b, 0)
    const pullback = (cotangent: Out): Args => {
      const where = `pullback of ${f.name || 'function'}`
      const named = (path: Path): string => `cotangent ${showPath(path)}`
      const shape = (k: number): Shape => outputs[k]!.shape
      const own = precisionAmong(outputs)
      const seeds = fitted(value, cotangent as TensorTree, where, named, shape, own)
      const bars = backward(program, values, seeds, count)
      const full = bars.map((bar, i) => bar ?? zerosLike(inputs[i]!))
      return traced.toArguments(full) as unknown as Args
    }
    return { value: value as Out, pullback }
  }
