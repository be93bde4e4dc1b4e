export { type Batched, batchProgram, interpretBatched, spread } from './batch.ts'
export {
  type Complex,
  type ComplexLike,
  complexAdd,
  complexLogMean,
  complexMul,
  complexSum,
  logCosh,
} from './complex.ts'
export { arange, eye, ones } from './create.ts'
export { argmax, clip, cumsum, min, relu, sigmoid, type TopK, topK, variance } from './derived.ts'
export { dot, einsum, parseEinsum } from './einsum.ts'
export {
  type AnyFunction,
  argumentName,
  calledAs,
  fitted,
  interpret,
  named,
  precisionAmong,
  programOf,
  runProgram,
  type TensorTree,
  type TracedFunction,
  traceFunction,
} from './function.ts'
export { inlined } from './inline.ts'
export * from './ops.ts'
export { flopsOf, nameOf, showEquation, showParams, showProgram, toMermaid } from './print.ts'
export { type Showable, show, shown } from './show.ts'
export { handsOn, operationText, simplified } from './simplify.ts'
export {
  bind,
  isTensor,
  requirePairs,
  requireTensors,
  scalar,
  shapeOf,
  type Tensor,
  type TensorLike,
  Traced,
  type TracedProgram,
  type TraceOptions,
  trace,
} from './trace.ts'
