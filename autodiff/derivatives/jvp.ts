import {
  type AnyFunction,
  argumentName,
  fitted,
  interpret,
  type Program,
  precisionAmong,
  runEquations,
  type Shape,
  type Tensor,
  traceFunction,
  zerosLike,
} from '../../core/index.ts'
import { jvpRules, type Push } from './jvpRules.ts'
import { plus, type Rules, ruleOf } from './vjp.ts'

// Forward mode: every value travels with its tangent.

/** Returns the tangents of all values of a program, of which null is zero. */
export const forward = (
  program: Program,
  values: readonly Tensor[],
  inputTangents: readonly (Tensor | null)[],
): (Tensor | null)[] =>
  runEquations<Tensor | null>(
    program,
    inputTangents,
    ({ primitive, params, inputs, output }, dxs) => {
      if (dxs.every((dx) => dx === null)) return null
      const rules = jvpRules[primitive]
      const xs = inputs.map((v) => values[v.id]!)
      if ('program' in rules) {
        const inner = rules.program(params as never)
        return forward(inner, interpret(inner, xs), dxs)[inner.outputs[0]!.id]!
      }
      // dy = Σₖ ∂y/∂xₖ · dxₖ over the operands that move.
      return dxs.reduce((dy, dx, k) => {
        if (dx === null) return dy
        const push = ruleOf(rules as Rules<Push<typeof primitive>>, k)
        return plus(dy, push(dx, xs as never, values[output.id]!, params as never))
      }, null)
    },
  )

/**
 * Returns the Jacobian-vector product: f's value and its derivative J·dx, in one forward run.
 *
 * Shapes  tangents like the arguments; the tangent of the value like the value.
 * Errors  ShapeError or TypeError when the tangents do not fit the arguments.
 */
export const jvp =
  <Args extends readonly unknown[], Out>(f: (...args: Args) => Out) =>
  (primals: Args, tangents: Args): { readonly value: Out; readonly tangent: Out } => {
    const traced = traceFunction(f as AnyFunction, primals)
    const { program, inputs } = traced
    const where = `jvp of ${f.name || 'function'}`
    const shape = (k: number): Shape => inputs[k]!.shape
    const precision = precisionAmong(inputs)
    const given = fitted(primals, tangents, where, argumentName('tangent'), shape, precision)
    const values = interpret(program, inputs)
    const pushed = forward(
      program,
      values,
      inputs.map((_, i) => given[i] ?? null),
    )
    const at = <T>(all: readonly T[]): T[] => program.outputs.map((v) => all[v.id]!)
    const tangent = at(values).map((y, i) => at(pushed)[i] ?? zerosLike(y))
    return { value: traced.toOutput(at(values)) as Out, tangent: traced.toOutput(tangent) as Out }
  }
