/** psigrad/physics: what to do with log psi: lattices, operators, exact, sampling, SR, the step. */
export {
  type Distinct,
  distinct,
  type LogAmplitudes,
  type LogPsi,
  type Representative,
  remembered,
  type Standing,
} from './amplitudes.ts'
export {
  applyOperator,
  type DenseMatrix,
  expectation,
  innerProduct,
  type StateVector,
  toDense,
  toSparse,
} from './apply.ts'
export { type AutocorrelationTime, autocorrelationTime, blockingErrors } from './autocorrelation.ts'
export { allConfigurations, type Basis, basisOf, configurationAt, stateIndex } from './basis.ts'
export { type Bond, bonds, displacement, distance, shellDistances, sublattice } from './bonds.ts'
export {
  type Centred,
  centred,
  centredPieces,
  type DerivativeSource,
  type LogDerivatives,
  type Room,
} from './centred.ts'
export { type Chains, chainsOf, mean, variance } from './chains.ts'
export { type CompiledOperator, compileOperator } from './compiled.ts'
export { type ConnectedBatch, type Connection, connected, connectedBatch } from './connected.ts'
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
export { dimers, singletProduct } from './dimers.ts'
export { addEvaluations, askedOf, type Evaluations } from './evaluations.ts'
export { type Evaluators, evaluatorsOf, logDerivative, ravel } from './evaluators.ts'
export { type ExactOptions, type ExactStates, exactStates } from './exact.ts'
export { type FullSum, fullSum, probabilities } from './fullSum.ts'
export * from './hamiltonians.ts'
export { honeycomb, kagome, triangular } from './hexagonal.ts'
export { invariance } from './invariance.ts'
export { angleOf, determinant, type Isometry, isometries } from './isometries.ts'
export {
  type Boundary,
  chain,
  type Lattice,
  lattice,
  square,
  translation,
  translations,
} from './lattice.ts'
export { type LocalEnergies, localEnergies } from './localEnergy.ts'
export { type EnergyEstimate, logPsiOf } from './measuring.ts'
export {
  leastMemory,
  memoryForAll,
  memoryProblem,
  roomFor,
  showBytes,
  type UpdateSizes,
} from './memory.ts'
export {
  metropolis,
  powerOf,
  randomChains,
  type Sampled,
  type SamplePlan,
  transitionMatrix,
} from './metropolis.ts'
export { bondExchange, checkMove, type Move, spinFlip } from './moves.ts'
export {
  dimerOrder,
  dimerProblem,
  measureOperator,
  staggeredMagnetisation,
  structureFactor,
} from './observables.ts'
export * from './operator.ts'
export {
  type AdamOptions,
  adam,
  type Optimizer,
  sgd,
  stochasticReconfiguration,
} from './optimizers.ts'
export {
  orbits,
  patchTranslations,
  representatives,
  type SiteSymmetries,
} from './orbits.ts'
export { applyUpdate } from './parameters.ts'
export { reachesAll } from './reach.ts'
export type { PiecewiseRows, Rows } from './rows.ts'
export { samplesOf } from './sampling.ts'
export { type Schedule, type ScheduleName, schedules } from './schedule.ts'
export {
  checkConfiguration,
  dimension,
  fitsWithin,
  fullSpace,
  randomConfiguration,
  type Sector,
  showSector,
  szSector,
  upSector,
} from './sector.ts'
export { hasStates, sectorDimension } from './sectorDimension.ts'
export { charactersOf, sectorOf } from './sectorOf.ts'
export {
  type Characters,
  type Extent,
  type Generators,
  generatorsOf,
  marshallSigned,
  symmetriesOf,
} from './sectors.ts'
export type { Source } from './source.ts'
export {
  force,
  neuralTangentKernel,
  quantumGeometricTensor,
  type SolveSpace,
  type SrOptions,
  srUpdate,
} from './sr.ts'
export {
  type ComplexMoments,
  type ComplexSamples,
  complexMoments,
  type Estimate,
  estimate,
  splitRHat,
  standardError,
  vScore,
} from './statistics.ts'
export {
  initialState,
  measureEnergy,
  run,
  type Stepped,
  updateSizes,
  type Vmc,
  type VmcState,
  vmcStep,
} from './vmc.ts'
