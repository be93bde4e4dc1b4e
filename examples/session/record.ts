import type * as physics from '../../physics/index.ts'
import type { Symmetry } from '../settings/index.ts'
import type { StepRecord } from './training.ts'

/** Returns the record of a step, or of a measurement. */
export const recordOf = (
  step: number,
  symmetry: Symmetry,
  e: physics.EnergyEstimate,
  evaluations: physics.Evaluations | null = null,
): StepRecord => ({
  step,
  symmetry,
  energy: e.energy,
  energyImag: e.energyImag,
  energyError: e.energyError,
  reliable: e.reliable,
  variance: e.variance,
  varianceError: e.varianceError,
  vScore: e.vScore,
  vScoreError: e.vScoreError,
  acceptance: e.acceptance,
  rHat: e.rHat,
  rHatLimit: e.rHatLimit,
  autocorrelationTime: e.autocorrelationTime,
  refusals: null,
  effectiveSamples: e.effectiveSamples,
  evaluations,
  seconds: null,
})
