import {
  type Emit,
  type Equation,
  type Program,
  prune,
  rewritten,
  type Variable,
} from '../primitives/index.ts'
import { sameShape } from '../values/index.ts'

/** Writes −0, infinities and NaN as themselves, where JSON would write 0 and null. */
const exactly = (x: unknown): unknown =>
  typeof x === 'number' && (!Number.isFinite(x) || Object.is(x, -0))
    ? `number ${Object.is(x, -0) ? '-0' : x}`
    : x

/** The places where equations were written do not change what they compute. */
const origins: readonly string[] = ['site', 'scope']

/** Equations with equal texts and equal operands compute equal values; −0 and 0 differ. */
export const operationText = ({ primitive, params }: Equation): string =>
  `${primitive} ${
    primitive === 'constant'
      ? `${params.shape}: ${Array.from(params.data, exactly)}`
      : JSON.stringify(params, (key, x) => (origins.includes(key) ? undefined : exactly(x)))
  }`

/** Tells whether the equation only returns its operand. */
export const handsOn = (eq: Equation): boolean =>
  (eq.primitive === 'reshape' && sameShape(eq.params.shape, eq.inputs[0]!.shape)) ||
  (eq.primitive === 'transpose' && eq.params.axes.every((axis, i) => axis === i))

/**
 * Returns the same program with every value computed once: equal equations become one, and views
 * that change nothing vanish. The pullbacks of log ψ, one for its real and one for its imaginary
 * part, share much this way.
 *
 * Laws  computes what `program` computes, bit for bit; doing it twice changes nothing.
 */
export const simplified = (program: Program): Program => {
  const seen = new Map<string, Variable>()
  const step = (eq: Equation, emit: Emit): Variable => {
    if (handsOn(eq)) return eq.inputs[0]!
    const key = `${eq.inputs.map((v) => v.id)} ${operationText(eq)}`
    const value = seen.get(key) ?? emit(eq)
    seen.set(key, value)
    return value
  }
  return prune(rewritten(program, step))
}
