import { either as E } from 'fp-ts'
import type { PlainFunction } from '../lowering/lanes/index.ts'
import {
  assign,
  type Concrete,
  type Shape,
  sameShape,
  shapeError,
  showShape,
  sizeOf,
  wrap,
} from '../values/index.ts'
import { contract } from './contraction.ts'
import { type Elementwise, type ElementwiseName, elementwise } from './elementwise.ts'
import type { Equation, Primitive, Primitives } from './program.ts'
import * as structure from './structure.ts'

/** Elementwise primitives take operands of one shape; users' broadcasting happens before. */
const primitiveOf = (name: string, record: Elementwise<1 | 2 | 3, never>) => ({
  name,
  equation: record.equation,
  domain: record.domain,
  shape: (inputs: readonly Shape[]) =>
    inputs.length === record.arity && inputs.every((s) => sameShape(s, inputs[0]!))
      ? E.right(inputs[0]!)
      : shapeError(name, `needs ${record.arity} operand(s) of one shape.`, inputs.map(showShape)),
  evaluate: {
    write: (inputs: readonly Concrete[], params: never, out: Concrete) =>
      record.write(params)(out, ...inputs),
  },
  flops: (_: readonly Shape[], output: Shape) => sizeOf(output),
})

const elementwisePrimitives = Object.fromEntries(
  Object.entries(elementwise).map(([name, record]) => [name, primitiveOf(name, record)]),
) as unknown as Pick<Primitives, ElementwiseName>

/** What one element of an elementwise equation's output is, as plain code. */
export const laneOf = ({ primitive, params }: Equation): PlainFunction =>
  (elementwise[primitive as ElementwiseName] as Elementwise<1, Equation['params']>).lane(params)

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
