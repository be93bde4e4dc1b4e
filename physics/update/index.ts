export {
  type Centred,
  centred,
  centredBlocks,
  centredWithin,
  type DerivativeSource,
  type LogDerivatives,
  type RowLimits,
} from './centred.ts'
export { derivativesOf, type Evaluators, evaluatorsOf, logDerivative, ravel } from './evaluators.ts'
export * from './optimizers.ts'
export { applyUpdate, countOf } from './parameters.ts'
export {
  leastMemory,
  memoryForAll,
  memoryProblem,
  planRows,
  type RowBudget,
  type SolveSpace,
  showBytes,
  type UpdateSizes,
} from './rowBudget.ts'
export type { BlockedRows, Rows } from './rows.ts'
export { type Schedule, type ScheduleName, schedules } from './schedule.ts'
export {
  force,
  neuralTangentKernel,
  quantumGeometricTensor,
  type SrOptions,
  srUpdate,
} from './sr.ts'
