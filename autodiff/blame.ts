import {
  bind,
  type Concrete,
  dataOf,
  type Equation,
  interpret,
  isConcrete,
  mul,
  type Problem,
  shapeOf,
  showShape,
  sizeOf,
  sum,
  type Tensor,
  type TensorLike,
  type Tree,
  tensor,
  toNumber,
  traceFunction,
} from '../core/index.ts'
import { derivativeAtZero } from './differences.ts'
import { forward } from './jvp.ts'
import { backward } from './vjp.ts'

// Which rule made a gradient wrong? Test every equation of the program alone, where it stands.

const wave = (x: Tensor, phase: number): Concrete =>
  tensor(
    Float64Array.from({ length: sizeOf(shapeOf(x)) }, (_, i) => Math.cos(2.3 * i + phase) + 0.1),
    shapeOf(x),
  )

/** Larger disagreements than this, relative, cannot come from the central difference. */
const WRONG = 1e-5

const inner = (a: Tensor, b: Tensor): number => toNumber(sum(mul(a, b)))

/** One equation as a program of its own. */
const alone = (equation: Equation): Parameters<typeof backward>[0] => {
  const inputs = equation.inputs.map((v, id) => ({ id, shape: v.shape }))
  const output = { id: inputs.length, shape: equation.output.shape }
  return { inputs, equations: [{ ...equation, inputs, output }], outputs: [output] }
}

const testEquation = (
  equation: Equation,
  xs: readonly Concrete[],
  line: number,
): Problem | undefined => {
  const program = alone(equation)
  const values = [...xs, bind(equation.primitive, equation.params, xs)]
  const y = values.at(-1)!
  const yBar = wave(y, 0.4)
  const bars = backward(program, values, [yBar], xs.length)
  for (const [k, x] of xs.entries()) {
    const dx = wave(x, 1.1)
    const moved = (t: number): number => {
      const shifted = tensor(
        dataOf(x).map((v, i) => v + t * dx.data[i]!),
        x.shape,
      )
      const operands = xs.map((other, i) => (i === k ? shifted : other))
      return inner(yBar, bind(equation.primitive, equation.params, operands))
    }
    const numeric = derivativeAtZero(moved, 0.01)
    const bar = bars[k] ?? null
    const pulled = bar === null ? 0 : inner(bar, dx)
    const tangents = forward(
      program,
      values,
      xs.map((_, i) => (i === k ? dx : null)),
    )
    const tangent = tangents[xs.length] ?? null
    const pushed = tangent === null ? 0 : inner(yBar, tangent)
    const allowed = WRONG * (Math.abs(numeric.value) + 1) + 20 * numeric.error
    const rule =
      equation.primitive === 'customVjp'
        ? `customVjp '${equation.params.name}'`
        : equation.primitive
    for (const [table, found] of [
      ['vjp', pulled],
      ['jvp', pushed],
    ] as const) {
      if (Math.abs(found - numeric.value) <= allowed) continue
      return {
        kind: 'GradientError',
        where: `${rule}.${table}, operand ${k + 1}`,
        what: `${table} gives ${found.toPrecision(6)}, the central difference ${numeric.value.toPrecision(6)}, ratio ${(found / numeric.value).toPrecision(4)}.`,
        operands: [
          `equation ${line}: ${rule} on ${xs.map((o) => showShape(o.shape)).join(', ')}`,
          `operand ${k + 1} starts ${Array.from(dataOf(x))
            .slice(0, 3)
            .map((v) => v.toPrecision(4))
            .join(', ')}`,
        ],
        data: { primitive: equation.primitive, table, operand: k, equation: line },
      }
    }
  }
  return undefined
}

/** The first equation of f's program at x whose own rule disagrees with its central difference. */
export const blame = (
  f: (x: Tree<TensorLike>) => unknown,
  x: Tree<TensorLike>,
): Problem | undefined => {
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
