import type { Problem } from '../../core/index.ts'
import { solves, type TrainConfig } from '../settings/index.ts'
import type { Caller } from './caller.ts'

// After a numerical failure, this file names the setting that caused it and what to try.

/** Above this, the couplings themselves are too large; every gradient is proportional to them. */
const LARGE_COUPLING = 10

/** Tests for the sign of too large a step: numbers that overflowed. */
const grown = ({ kind, where }: Problem): boolean =>
  kind === 'NonFinite' || (kind === 'DomainError' && where.endsWith('train'))

interface Attempt {
  readonly now: string
  readonly flags: string
}

const attemptAt = (problem: Problem, config: TrainConfig): Attempt | undefined => {
  const { lr, diagShift, j1, j2, optimizer } = config
  const scale = Math.max(Math.abs(j1), Math.abs(j2))
  if (problem.kind === 'NotPositiveDefinite')
    return {
      now: `now --diag-shift ${diagShift}`,
      flags: `--diag-shift ${Math.max(diagShift * 10, 1e-4)}`,
    }
  if (!grown(problem)) return undefined
  if (scale > LARGE_COUPLING)
    return {
      now: `now --j1 ${j1} --j2 ${j2}; energies are in units of J, and steps grow with it`,
      flags: `--j1 ${j1 / scale} --j2 ${j2 / scale}`,
    }
  return {
    now: `now --lr ${lr}${solves(optimizer) ? ` --diag-shift ${diagShift}` : ''}`,
    flags: `--lr ${Math.max(lr / 10, Number.MIN_VALUE)}`,
  }
}

/** Returns what to try, with a command; empty where no setting of the run is the cause. */
export const advice = (
  problem: Problem,
  config: TrainConfig,
  file: string,
  caller: Caller,
): readonly string[] => {
  const attempt = attemptAt(problem, config)
  return attempt === undefined ? [] : [`Try (${attempt.now})${caller.retry(file, attempt.flags)}`]
}
