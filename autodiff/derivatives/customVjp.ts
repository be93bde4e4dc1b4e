import {
  bind,
  type Concrete,
  fail,
  isConcrete,
  named,
  type Shape,
  sameShape,
  shapeOf,
  showShape,
  type Tensor,
  type TensorLike,
  Traced,
  type TracedProgram,
  toTensor,
  trace,
} from '../../core/index.ts'
import { siteHere } from '../../core/primitives/index.ts'
import { placed } from '../../core/values/index.ts'

/** A custom vjp is a function of tensors with one tensor as its value, and the user's pullback. */
export interface CustomVjp {
  readonly forward: (...x: Tensor[]) => Tensor
  /** From (operands, value, cotangent of the value) to one cotangent per operand. */
  readonly pullback: (x: Tensor[], y: Tensor, yBar: Tensor) => readonly TensorLike[]
  readonly name?: string
  /**
   * It is called with each value that is computed equation by equation, as `grad` and `vmap` do on
   * numbers; what is compiled refuses it.
   */
  readonly onValue?: (y: Concrete) => void
}

/** Tells whether a cotangent still has the length that an axis of length 1 was repeated to. */
const isStretched = (operand: Shape, bar: Shape): boolean =>
  operand.length === bar.length && operand.some((d, a) => d === 1 && bar[a] !== 1)

/** A function made by `customVjp` carries the rule that it was made of. */
export interface CustomFunction {
  (...xs: readonly TensorLike[]): Tensor
  readonly rule: CustomVjp
}

/**
 * Makes a function whose pullback the user supplies. Its jvp still follows `forward`, so that
 * checkGradient sees when the two disagree. Both parts are traced into programs: they compose
 * with every transformation, to any order.
 *
 * Errors  TypeError for a part that returns no tensors; ShapeError when a cotangent's shape is not
 *         its operand's; TraceError when a part uses a traced value that is not among its operands.
 */
export const customVjp = (rule: CustomVjp): CustomFunction => {
  const { forward, pullback, name = 'unnamed', onValue } = rule
  const part = (what: string): string => `customVjp '${name}': ${what}`
  const traced = (
    what: string,
    f: (inputs: readonly Tensor[]) => readonly TensorLike[],
    shapes: readonly Shape[],
  ): TracedProgram =>
    trace((inputs) => placed(part(what), () => f(inputs)), shapes, { name: part(what) })
  const apply = named(name, (...xs: readonly TensorLike[]): Tensor => {
    const operands = xs.map(toTensor)
    const shapes = operands.map(shapeOf)
    const f = traced('forward', (inputs) => [forward(...inputs)], shapes)
    const out = f.program.outputs[0]!.shape
    const n = operands.length
    const b = traced(
      'pullback',
      (inputs) => pullback(inputs.slice(0, n), inputs[n]!, inputs[n + 1]!),
      [...shapes, out, out],
    )
    const bars = b.program.outputs.map((v) => v.shape)
    const wrong = shapes.findIndex((s, i) => !sameShape(s, bars[i] ?? [-1]))
    const programs = { forward: f.program, pullback: b.program }
    // With numbers, a check of gradients can say which mistake it is.
    const evidence = operands.every(isConcrete) ? { ...programs, operands, site: siteHere() } : {}
    if (wrong >= 0 || bars.length !== n)
      return fail(
        'ShapeError',
        part('pullback'),
        `returned ${bars.map(showShape).join(', ')} for operands ${shapes.map(showShape).join(', ')}.`,
        {
          fix: shapes.some((s, i) => isStretched(s, bars[i] ?? []))
            ? 'sum over the axes of length 1, along which forward repeats that operand.'
            : 'return one cotangent per operand, of the shape of that operand.',
          data: { customVjp: name, wanted: shapes, returned: bars, ...evidence },
        },
      )
    if ([...f.captures, ...b.captures].some((x) => x instanceof Traced))
      return fail(
        'TraceError',
        `customVjp '${name}'`,
        'its forward or pullback uses a traced value that is not an operand.',
        { fix: 'pass that value as an operand.' },
      )
    return bind('customVjp', { name, ...programs, onValue }, operands)
  })
  return Object.assign(apply, { rule })
}
