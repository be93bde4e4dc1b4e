import {
  bind,
  type Concrete,
  dataOf,
  type Equation,
  interpret,
  isConcrete,
  type Problem,
  showShape,
  type TensorLike,
  type TensorTree,
  traceFunction,
} from '../../core/index.ts'
import { probe, slopesAt, type TreeFunction } from './slopes.ts'

// Which rule made a gradient wrong? Test every equation of the program alone, where it stands.

/** Larger disagreements than this, relative, cannot come from the central difference. */
const WRONG = 1e-5

/** Compares both rules of an equation, as a function of its operands, with central differences. */
const testEquation = (
  { primitive, params }: Equation,
  xs: readonly Concrete[],
  line: number,
): Problem | undefined => {
  const apply = (operands: TensorTree) => bind(primitive, params, operands as TensorLike[])
  const { numeric, pulled, pushed } = slopesAt(apply, xs)
  const rule = primitive === 'customVjp' ? `customVjp '${params.name}'` : primitive
  for (const [k, x] of xs.entries()) {
    const along = probe(x.size, k + 1)
    const { value, error } = numeric(k, along, 0.01)
    const found = { vjp: pulled(k, along), jvp: pushed(k, along) }
    for (const table of ['vjp', 'jvp'] as const) {
      const slope = found[table]
      if (Math.abs(slope - value) <= WRONG * (Math.abs(value) + 1) + 20 * error) continue
      const first = Array.from(dataOf(x).slice(0, 3), (v) => v.toPrecision(4))
      return {
        kind: 'GradientError',
        where: `${rule}.${table}, operand ${k + 1}`,
        what: `${table} gives ${slope.toPrecision(6)}, the central difference ${value.toPrecision(6)}, ratio ${(slope / value).toPrecision(4)}.`,
        operands: [
          `equation ${line}: ${rule} on ${xs.map((o) => showShape(o.shape)).join(', ')}`,
          `operand ${k + 1} starts ${first.join(', ')}`,
        ],
        data: { primitive, table, operand: k, equation: line },
      }
    }
  }
  return undefined
}

/** Finds the first equation of f's program at x whose rule disagrees with central differences. */
export const blame = (f: TreeFunction, x: TensorTree): Problem | undefined => {
  const { program, inputs } = traceFunction(f, [x])
  const values = interpret(program, inputs)
  if (!values.every(isConcrete)) return undefined
  for (const [line, equation] of program.equations.entries()) {
    if (equation.primitive === 'stopGradient' || equation.inputs.length === 0) continue
    const xs = equation.inputs.map((v) => values[v.id] as Concrete)
    const problem = testEquation(equation, xs, line + 1)
    if (problem !== undefined) return problem
  }
  return undefined
}
