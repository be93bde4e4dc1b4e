export { coefficients } from './coefficients.ts'
export { functions, type LaneFunction, type PlainFunction, power } from './functions.ts'
export { hostFunctions } from './hostFunctions.ts'
export { asinh, cosh, sinh } from './hyperbolic.ts'
export {
  argsOf,
  type CalledFunction,
  type Code,
  type Format,
  type Lane,
  type LaneBuilder,
  type LaneCode,
  type LaneOp,
  laneCode,
  type Node,
  type PlainCode,
  type PlainNode,
  type PlainOp,
  plainCode,
  prunedCode,
  type ShiftOp,
  WIDTH,
} from './lanes.ts'
export { LAYOUT, plainNotation } from './notation.ts'
export { select, sign } from './sign.ts'
