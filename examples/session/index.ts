export { knownEnergy } from './knownEnergies.ts'
export { mean, spreadOf } from './spreads.ts'
export { geometricMean, median, minimum } from './timings.ts'
export type { AttentionMap, PlanTraining, StepRecord, Training, TrainState } from './training.ts'
