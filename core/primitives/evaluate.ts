import {
  allocate,
  type Concrete,
  fail,
  type Precision,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
  toPrecision,
  wrap,
} from '../values/index.ts'
import { primitives } from './primitives.ts'
import {
  type Evaluation,
  type PrimitiveName,
  type PrimitiveParams,
  type Program,
  programIn,
} from './program.ts'

// The interpreter in plain sight: equation after equation on ndarray views. It is the oracle.

/** One primitive on concrete operands; fresh memory unless it is a view. */
export const evaluatePrimitive = <P extends PrimitiveName>(
  name: P,
  params: PrimitiveParams[P],
  inputs: readonly Concrete[],
  shape: Shape,
  precision: Precision,
): Concrete => {
  const evaluation: Evaluation<P> = primitives[name].evaluate
  if ('view' in evaluation) return evaluation.view(inputs, params)
  if ('inline' in evaluation) return evaluate(evaluation.inline(params), inputs)[0]!
  const out = wrap(allocate(sizeOf(shape), precision), [...shape])
  evaluation.write(inputs, params, out)
  return out
}

/** The precision of a program's run: that of its inputs; constants follow. */
export const runPrecision = (inputs: readonly unknown[]): Precision =>
  inputs.some((x) => (x as Concrete).data instanceof Float32Array) ? 'float32' : 'float64'

/** Runs a program on concrete inputs. */
export const evaluate = (program: Program, inputs: readonly Concrete[]): Concrete[] => {
  const bad = programIn('evaluate', program).inputs.findIndex(
    (v, i) => !sameShape(v.shape, inputs[i]?.shape ?? [-1]),
  )
  if (bad >= 0 || inputs.length !== program.inputs.length)
    return fail({
      kind: 'ShapeError',
      where: 'evaluate',
      what: 'the inputs do not fit the program.',
      operands: [
        `program ${program.inputs.map((v) => showShape(v.shape)).join(', ')}`,
        `inputs ${inputs.map((x) => showShape(x.shape)).join(', ')}`,
      ],
    })
  const precision = runPrecision(inputs)
  const env: Concrete[] = inputs.map((x) => toPrecision(x, precision))
  for (const { primitive, params, inputs: operands, output } of program.equations) {
    const xs = operands.map((v) => env[v.id]!)
    env[output.id] = evaluatePrimitive(primitive, params, xs, output.shape, precision)
  }
  return program.outputs.map((v) => env[v.id]!)
}
