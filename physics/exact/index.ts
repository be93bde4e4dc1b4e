export {
  applyOperator,
  type DenseMatrix,
  expectation,
  innerProduct,
  type StateVector,
  toDense,
  toSparse,
} from './apply.ts'
export { charactersOf, sectorOf } from './characters.ts'
export { type ExactOptions, type ExactStates, exactStates } from './exact.ts'
