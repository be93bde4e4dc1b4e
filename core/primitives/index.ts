export {
  atSiteOf,
  type Scope,
  type Site,
  scoped,
  scopeHere,
  scopePath,
  siteHere,
  withSites,
} from '../messages/index.ts'
export {
  type Domain,
  type Elementwise,
  type ElementwiseName,
  elementwise,
  isElementwise,
} from './elementwise.ts'
export { evaluate, evaluatePrimitive } from './evaluate.ts'
export { laneOf, primitives } from './primitives.ts'
export {
  type Checked,
  type ContractParams,
  type Definition,
  type Emit,
  type Equation,
  type EquationOf,
  type Evaluation,
  type Operands,
  type Primitive,
  type PrimitiveName,
  type PrimitiveParams,
  type Primitives,
  type Program,
  programIn,
  prune,
  rewritten,
  runEquations,
  type Variable,
} from './program.ts'
