export {
  type Centred,
  centred,
  centredPieces,
  type DerivativeSource,
  type LogDerivatives,
  type Room,
} from './centred.ts'
export { derivativesOf, type Evaluators, evaluatorsOf, logDerivative, ravel } from './evaluators.ts'
export {
  type AdamOptions,
  adam,
  type Optimizer,
  sgd,
  stochasticReconfiguration,
} from './optimizers.ts'
export { applyUpdate, countOf } from './parameters.ts'
export {
  leastMemory,
  memoryForAll,
  memoryProblem,
  roomFor,
  showBytes,
  type UpdateSizes,
} from './rowBudget.ts'
export type { PiecewiseRows, Rows } from './rows.ts'
export { type Schedule, type ScheduleName, schedules } from './schedule.ts'
export {
  force,
  neuralTangentKernel,
  quantumGeometricTensor,
  type SolveSpace,
  type SrOptions,
  srUpdate,
} from './sr.ts'
