import {
  type AnyFunction,
  add,
  type EquationOf,
  fitted,
  interpret,
  type Path,
  type PrimitiveName,
  type Program,
  precisionAmong,
  type Shape,
  showPath,
  type Tensor,
  type TensorTree,
  traceFunction,
  zerosLike,
} from '../core/index.ts'
import { type Pull, vjpRules } from './vjpRules.ts'

// Reverse mode: run the program forward, then walk its equations backward once.

type AnyRule<R> = readonly R[] | { readonly operand: (k: number) => R }

const pullOf = <P extends PrimitiveName>(equation: EquationOf<P>, k: number): Pull<P> => {
  const rule = vjpRules[equation.primitive] as unknown as AnyRule<Pull<P>>
  return 'operand' in rule ? rule.operand(k) : rule[k]!
}

/** Which variables depend on the first `count` inputs: only these need cotangents. */
const dependsOn = (program: Program, count: number): boolean[] => {
  const active = program.inputs.map((_, i) => i < count)
  for (const eq of program.equations)
    active[eq.output.id] = eq.inputs.some((v) => active[v.id] === true)
  return active
}

/**
 * Cotangents of the first `count` inputs of a program, given all its values and the cotangents of
 * its outputs. Each equation adds to the cotangents of its operands:  x̄ ← x̄ + ȳ · ∂y/∂x
 */
export const backward = (
  program: Program,
  values: readonly Tensor[],
  outputBars: readonly (Tensor | null)[],
  count: number,
): (Tensor | null)[] => {
  const active = dependsOn(program, count)
  const bars: (Tensor | null)[] = new Array(values.length).fill(null)
  const accumulate = (id: number, bar: Tensor | null): void => {
    const old = bars[id] ?? null
    bars[id] = bar === null || old === null ? (bar ?? old) : add(old, bar)
  }
  program.outputs.forEach((v, i) => {
    accumulate(v.id, outputBars[i] ?? null)
  })
  for (const equation of [...program.equations].reverse()) {
    const yBar = bars[equation.output.id] ?? null
    if (yBar === null || active[equation.output.id] !== true) continue
    const xs = equation.inputs.map((v) => values[v.id]!)
    const y = values[equation.output.id]!
    equation.inputs.forEach((v, k) => {
      if (active[v.id] !== true) return
      const pull = pullOf(equation as EquationOf<PrimitiveName>, k)
      accumulate(v.id, pull(yBar, xs as never, y, equation.params))
    })
  }
  return bars.slice(0, count)
}

/** f's value, and the map from a cotangent of the value to the cotangents of all arguments. */
export interface Vjp<Args extends readonly unknown[], Out> {
  readonly value: Out
  readonly pullback: (cotangent: Out) => Args
}

/**
 * Vector-Jacobian product: `vjp(f)(x, …)` gives f's value and its pullback
 *
 *   ȳ ↦ (Jₓᵀ ȳ, …)
 *
 * Shapes  cotangents have the shapes of what they belong to; trees keep their structure.
 * Errors  ShapeError or TypeError when the cotangent does not fit the value; records pair by keys.
 * Cost    one run of f, then one walk back: a small multiple of f.
 */
export const vjp =
  <Args extends readonly unknown[], Out>(f: (...args: Args) => Out) =>
  (...args: Args): Vjp<Args, Out> => {
    const traced = traceFunction(f as AnyFunction, args as unknown as TensorTree[])
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
