import {
  type AnyFunction,
  add,
  argumentName,
  type EquationOf,
  fitted,
  interpret,
  type Operands,
  type PrimitiveName,
  type PrimitiveParams,
  type Program,
  precisionAmong,
  type Tensor,
  type TensorTree,
  traceFunction,
  zerosLike,
} from '../core/index.ts'
import { jvpRules, type Push } from './jvpRules.ts'

// Forward mode: every value travels with its tangent.

/** Tangents of all values of a program; null stands for zero. */
export const forward = (
  program: Program,
  values: readonly Tensor[],
  inputTangents: readonly (Tensor | null)[],
): (Tensor | null)[] => {
  const tangents: (Tensor | null)[] = [...inputTangents]
  for (const equation of program.equations) {
    const xs = equation.inputs.map((v) => values[v.id]!)
    const dxs = equation.inputs.map((v) => tangents[v.id] ?? null)
    tangents[equation.output.id] = dxs.every((dx) => dx === null)
      ? null
      : push(equation as EquationOf<PrimitiveName>, xs, dxs, values[equation.output.id]!)
  }
  return tangents
}

type AnyRule<P extends PrimitiveName> =
  | readonly Push<P>[]
  | { readonly operand: (k: number) => Push<P> }
  | { readonly program: (params: PrimitiveParams[P]) => Program }

/** dy = Σₖ ∂y/∂xₖ · dxₖ over the operands that move. */
const push = <P extends PrimitiveName>(
  { primitive, params }: EquationOf<P>,
  xs: readonly Tensor[],
  dxs: readonly (Tensor | null)[],
  y: Tensor,
): Tensor | null => {
  const rule = jvpRules[primitive] as unknown as AnyRule<P>
  if ('program' in rule) {
    const inner = rule.program(params)
    const tangents = forward(inner, interpret(inner, xs), dxs)
    return tangents[inner.outputs[0]!.id] ?? null
  }
  return dxs.reduce<Tensor | null>((total, dx, k) => {
    if (dx === null) return total
    const pushOne: Push<P> = 'operand' in rule ? rule.operand(k) : rule[k]!
    const share = pushOne(dx, xs as unknown as Operands<P, Tensor>, y, params)
    return share === null || total === null ? (share ?? total) : add(total, share)
  }, null)
}

/**
 * Jacobian-vector product: f's value and its directional derivative J·dx, in one forward run.
 *
 * Shapes  tangents like the arguments; the tangent of the value like the value.
 * Errors  ShapeError or TypeError when the tangents do not fit the arguments.
 */
export const jvp =
  <Args extends readonly unknown[], Out>(f: (...args: Args) => Out) =>
  (primals: Args, tangents: Args): { readonly value: Out; readonly tangent: Out } => {
    const traced = traceFunction(f as AnyFunction, primals as unknown as TensorTree[])
    const { program, inputs } = traced
    const where = `jvp of ${f.name || 'function'}`
    const given = fitted(
      primals as unknown as TensorTree,
      tangents as unknown as TensorTree,
      where,
      argumentName('tangent'),
      (k) => inputs[k]!.shape,
      precisionAmong(inputs),
    )
    const values = interpret(program, inputs)
    const moving = inputs.map((_, i) => given[i] ?? null)
    const pushed = forward(program, values, moving)
    const outputs = program.outputs.map((v) => values[v.id]!)
    return {
      value: traced.toOutput(outputs) as Out,
      tangent: traced.toOutput(
        program.outputs.map((v, i) => pushed[v.id] ?? zerosLike(outputs[i]!)),
      ) as Out,
    }
  }
