export { functions, type LaneFunction, power } from './functions.ts'
export { hostFunctions } from './hostFunctions.ts'
export { asinh, cosh, sinh } from './hyperbolic.ts'
export {
  argsOf,
  type CalledFunction,
  type Format,
  type Lane,
  type LaneBuilder,
  type LaneCode,
  type LaneOp,
  laneCode,
  type Node,
  type ShiftOp,
  WIDTH,
} from './lanes.ts'
export { LAYOUT, notation } from './notation.ts'
export { select, sign } from './sign.ts'
