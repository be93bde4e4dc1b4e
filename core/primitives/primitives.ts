import { either as E } from 'fp-ts'
import { assign, sameShape, shapeError, showShape, sizeOf, wrap } from '../values/index.ts'
import { contract } from './contraction.ts'
import { elementwisePrimitives } from './elementwise.ts'
import type { Primitive, Primitives } from './program.ts'
import * as structure from './structure.ts'

const constant: Primitive<'constant'> = {
  name: 'constant',
  equation: 'fixed values',
  shape: (_, { data, shape }) =>
    data.length === sizeOf(shape)
      ? E.right(shape)
      : shapeError('constant', `${data.length} values do not fill ${showShape(shape)}.`),
  evaluate: { write: (_, { data, shape }, out) => assign(out, wrap(data, shape)) },
  domain: { low: -3, high: 3 },
  flops: () => 0,
}

const stopGradient: Primitive<'stopGradient'> = {
  name: 'stopGradient',
  equation: 'x, with derivative zero',
  shape: (inputs) =>
    inputs.length === 1
      ? E.right(inputs[0]!)
      : shapeError('stopGradient', 'needs 1 operand.', inputs.map(showShape)),
  evaluate: { view: ([x]) => x! },
  domain: { low: -3, high: 3 },
  flops: () => 0,
}

const customVjp: Primitive<'customVjp'> = {
  name: 'customVjp',
  equation: 'forward(x…), whose pullback the user gave',
  shape: (inputs, { forward }) =>
    inputs.length === forward.inputs.length &&
    inputs.every((s, i) => sameShape(s, forward.inputs[i]!.shape))
      ? E.right(forward.outputs[0]!.shape)
      : shapeError('customVjp', 'the operands changed shape.', inputs.map(showShape)),
  evaluate: { inline: ({ forward }) => forward },
  domain: { low: -3, high: 3 },
  flops: (_, output) => sizeOf(output),
}

/** Every primitive, one record each. Derivatives are in `autodiff/vjpRules` and `jvpRules`. */
export const primitives: Primitives = {
  ...elementwisePrimitives,
  ...structure,
  contract,
  constant,
  stopGradient,
  customVjp,
}
