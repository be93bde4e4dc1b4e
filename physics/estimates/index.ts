export {
  type Absent,
  type Correlation,
  type DimerOrder,
  type Momentum,
  momenta,
  type Observables,
  observe,
  observeExactly,
  type Quantity,
  type Samples,
} from './correlations.ts'
export { type FullSum, fullSum, probabilities, weightedSum } from './fullSum.ts'
export { type LocalEnergies, localEnergies } from './localEnergy.ts'
export {
  dimerOrder,
  dimerProblem,
  measureOperator,
  staggeredMagnetisation,
  structureFactor,
} from './observables.ts'
export { effectiveSamples, uncertaintyOf } from './uncertainty.ts'
