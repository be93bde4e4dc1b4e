/** psigrad/core: what a tensor and a program are, and the ways to run a program. */

export { evaluate } from './backends/reference.ts'
export type { BackendName, TileSpec } from './backends/tile.ts'
export { type Batched, batchProgram, interpretBatched, spread } from './batch.ts'
export { explain } from './compiler/explain.ts'
export * from './complex.ts'
export * from './create.ts'
export * from './derived.ts'
export { dot, einsum, parseEinsum } from './einsum.ts'
export * from './errors.ts'
export {
  type CompileOptions,
  compile,
  type Executable,
  type Job,
  keptMemory,
  type Mark,
  type ResultMemory,
  type Runner,
  serialRunner,
} from './executable.ts'
export {
  type AnyFunction,
  argumentName,
  fitted,
  interpret,
  precisionAmong,
  programOf,
  runProgram,
  type TensorTree,
  type TracedFunction,
  traceFunction,
} from './function.ts'
export {
  compileOnDevice,
  type DeviceExecutable,
  type DeviceOptions,
} from './gpu/compileOnDevice.ts'
export type { Device, DeviceFault, GpuMode, WantedDevice } from './gpu/device.ts'
export { type DeviceKind, type FoundMode, findModes, openDevice } from './gpu/find.ts'
export * from './ops.ts'
export { primitives } from './primitives/index.ts'
export { flopsOf, showProgram, toMermaid } from './print.ts'
export * from './program.ts'
export {
  draw,
  fillUniforms,
  foldIn,
  integerAt,
  integers,
  type Key,
  keyFrom,
  nextKey,
  normals,
  permutation,
  split,
  threefry2x32,
  uniformAt,
  uniforms,
} from './random.ts'
export {
  axesOf,
  broadcastShapes,
  otherAxes,
  parseShape,
  type Shape,
  type ShapeResult,
  sameShape,
  showShape,
  sizeOf,
} from './shape.ts'
export { erf as erfOf } from './special.ts'
export {
  asConcrete,
  at,
  type Concrete,
  contiguous,
  copy,
  type Data,
  dataOf,
  equalTensors,
  isConcrete,
  type Nested,
  type Precision,
  precisionOf,
  tensor,
  toPrecision,
  zeros,
} from './tensor.ts'
export type { WorkerLike } from './threads/host.ts'
export { type PoolOptions, type ThreadPool, threadPool } from './threads/pool.ts'
export { alone, type Task, type Team } from './threads/team.ts'
export * from './trace.ts'
export * from './tree.ts'
