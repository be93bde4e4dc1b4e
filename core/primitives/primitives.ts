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
import type { Definition, Equation, Operands, PrimitiveName, Primitives } from './program.ts'
import * as structure from './structure.ts'

type AnyElementwise = Elementwise<1 | 2 | 3, Equation['params']>

/** Elementwise primitives take operands of one shape; broadcasting is done before. */
const elementwiseDefinition = ({ arity, equation, domain, write }: AnyElementwise) => ({
  equation,
  domain,
  shape: (inputs: readonly Shape[]) =>
    inputs.length === arity && inputs.every((s) => sameShape(s, inputs[0]!))
      ? inputs[0]!
      : `needs ${arity} operand(s) of one shape.`,
  evaluate: {
    write: (inputs: readonly Concrete[], params: Equation['params'], out: Concrete) =>
      write(params)(out, ...inputs),
  },
  flops: (_: readonly Shape[], output: Shape) => sizeOf(output),
})

/** Returns one element of an elementwise equation's output as lane code. */
export const laneOf = ({ primitive, params }: Equation): PlainFunction =>
  (elementwise[primitive as ElementwiseName] as AnyElementwise).lane(params)

const constant: Definition<'constant'> = {
  equation: 'fixed values',
  shape: (_, { data, shape }) =>
    data.length === sizeOf(shape)
      ? shape
      : `${data.length} values do not fill ${showShape(shape)}.`,
  evaluate: { write: (_, { data, shape }, out) => assign(out, wrap(data, shape)) },
}

const stopGradient: Definition<'stopGradient'> = {
  equation: 'x, with derivative zero',
  shape: (inputs) => (inputs.length === 1 ? inputs[0] : 'needs 1 operand.'),
  evaluate: { view: ([x]) => x },
}

const customVjp: Definition<'customVjp'> = {
  equation: 'forward(x…), whose pullback the user gave',
  shape: (inputs, { forward }) =>
    inputs.length === forward.inputs.length &&
    inputs.every((s, i) => sameShape(s, forward.inputs[i]!.shape))
      ? forward.outputs[0]!.shape
      : 'the operands changed shape.',
  evaluate: { inline: ({ forward }) => forward, show: ({ onValue }, y) => onValue?.(y) },
}

const complete = <P extends PrimitiveName>(name: P, definition: Definition<P>) => ({
  domain: { low: -3, high: 3 },
  flops: () => 0,
  ...definition,
  name,
  shape: (inputs: readonly Shape[], params: Equation['params']) => {
    const made = definition.shape(inputs as Operands<P, Shape>, params as never)
    if (typeof made !== 'string') return E.right(made)
    const where = definition.where?.(params as never) ?? name
    return shapeError(
      where,
      made,
      inputs.map((s, k) => `${'xyz'[k] ?? `operand ${k + 1}`} ${showShape(s)}`),
    )
  },
})

/** Every primitive has one record. Derivatives are in `autodiff/derivatives`, in two tables. */
export const primitives = Object.fromEntries([
  ...Object.entries(elementwise).map(([name, record]) => [
    name,
    complete(name as ElementwiseName, elementwiseDefinition(record as AnyElementwise)),
  ]),
  ...Object.entries({ ...structure, contract, constant, stopGradient, customVjp }).map(
    ([name, definition]) => [
      name,
      complete(name as PrimitiveName, definition as Definition<PrimitiveName>),
    ],
  ),
]) as Primitives
