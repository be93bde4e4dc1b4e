import {
  bind,
  type Concrete,
  fail,
  sameShape,
  shapeOf,
  showShape,
  type Tensor,
  type TensorLike,
  Traced,
  toTensor,
  trace,
} from '../../core/index.ts'

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

/**
 * Makes a function whose pullback the user supplies. Its jvp still follows `forward`, so that
 * checkGradient sees when the two disagree. Both parts are traced into programs: they compose
 * with every transformation, to any order.
 *
 * Errors  ShapeError when a cotangent's shape is not its operand's; TraceError when a part uses a
 *         traced value that is not among its operands.
 */
export const customVjp =
  ({ forward, pullback, name = 'unnamed', onValue }: CustomVjp) =>
  (...xs: readonly TensorLike[]): Tensor => {
    const operands = xs.map(toTensor)
    const shapes = operands.map(shapeOf)
    const f = trace((inputs) => [forward(...inputs)], shapes)
    const out = f.program.outputs[0]!.shape
    const n = operands.length
    const b = trace(
      (inputs) => pullback(inputs.slice(0, n), inputs[n]!, inputs[n + 1]!),
      [...shapes, out, out],
    )
    const bars = b.program.outputs.map((v) => v.shape)
    const wrong = shapes.findIndex((s, i) => !sameShape(s, bars[i] ?? [-1]))
    if (wrong >= 0 || bars.length !== n)
      return fail(
        'ShapeError',
        `customVjp '${name}': pullback`,
        `returned ${bars.map(showShape).join(', ')} for operands ${shapes.map(showShape).join(', ')}.`,
        { fix: 'return one cotangent per operand, of the shape of that operand.' },
      )
    if ([...f.captures, ...b.captures].some((x) => x instanceof Traced))
      return fail(
        'TraceError',
        `customVjp '${name}'`,
        'its forward or pullback uses a traced value that is not an operand.',
        { fix: 'pass that value as an operand.' },
      )
    const programs = { forward: f.program, pullback: b.program }
    return bind('customVjp', { name, ...programs, onValue }, operands)
  }
