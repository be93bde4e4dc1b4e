export { type DeviceRow, measureDevices } from './devices.ts'
export { type ExactGround, exactGround, keptGround } from './exactGround.ts'
export {
  type ExactLevel,
  type ExactPlan,
  type ExactResult,
  exactLevels,
  type LowestOfSector,
  planExact,
} from './exactLevels.ts'
export { unfitForms } from './formFits.ts'
export { knownEnergy } from './knownEnergies.ts'
export { type LatticeFacts, latticeFacts, type Patching, type Shell } from './latticeFacts.ts'
export { networkOf } from './networkOf.ts'
export { planTraining } from './planTraining.ts'
export { mean, spreadOf } from './spreads.ts'
export type { Suited } from './suited.ts'
export { type SuitedTo, suitedTo } from './suitedTo.ts'
export { geometricMean, median, minimum } from './timings.ts'
export type {
  AttentionMap,
  PlanTraining,
  StepRecord,
  Training,
  TrainState,
  Trust,
} from './training.ts'
