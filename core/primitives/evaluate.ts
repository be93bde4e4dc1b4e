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
  type Operands,
  type PrimitiveName,
  type PrimitiveParams,
  type Program,
  programIn,
  runEquations,
} from './program.ts'

// The interpreter in plain sight: equation after equation on ndarray views. It is the oracle.

/** Computes one primitive on concrete operands; the result has fresh memory unless it is a view. */
export const evaluatePrimitive = <P extends PrimitiveName>(
  name: P,
  params: PrimitiveParams[P],
  operands: readonly Concrete[],
  shape: Shape,
  precision: Precision,
): Concrete => {
  const evaluation: Evaluation<P> = primitives[name].evaluate
  const inputs = operands as Operands<P, Concrete>
  if ('view' in evaluation) return evaluation.view(inputs, params)
  if ('inline' in evaluation) {
    const y = evaluate(evaluation.inline(params), operands)[0]!
    evaluation.show(params, y)
    return y
  }
  const out = wrap(allocate(sizeOf(shape), precision), [...shape])
  evaluation.write(inputs, params, out)
  return out
}

/** Runs a program on concrete inputs, in float32 where one of them is; constants follow. */
export const evaluate = (program: Program, inputs: readonly Concrete[]): Concrete[] => {
  const wanted = programIn('evaluate', program).inputs.map((v) => v.shape)
  const fits = wanted.every((shape, i) => sameShape(shape, inputs[i]?.shape ?? [-1]))
  if (!fits || inputs.length !== wanted.length)
    return fail('ShapeError', 'evaluate', 'the inputs do not fit the program.', {
      operands: [
        `program ${wanted.map(showShape).join(', ')}`,
        `inputs ${inputs.map((x) => showShape(x.shape)).join(', ')}`,
      ],
    })
  const single = inputs.some((x) => x.data instanceof Float32Array)
  const precision = single ? 'float32' : 'float64'
  const values = runEquations(
    program,
    inputs.map((x) => toPrecision(x, precision)),
    ({ primitive, params, output }, xs) =>
      evaluatePrimitive(primitive, params, xs, output.shape, precision),
  )
  return program.outputs.map((v) => values[v.id]!)
}
