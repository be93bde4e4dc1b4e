import type { Problem } from '../../core/index.ts'
import { flagOf, solves, type TrainConfig } from '../settings/index.ts'
import type { Caller } from './caller.ts'

// After a numerical failure, this file names the setting that caused it and what to try.

/** Above this, the couplings themselves are too large; every gradient is proportional to them. */
const LARGE_COUPLING = 10

/** Tests for the sign of too large a step: numbers that overflowed. */
const grown = ({ kind, where }: Problem): boolean =>
  kind === 'NonFinite' || (kind === 'DomainError' && where.endsWith('train'))

/** Other values of some settings, which may avoid a problem. */
export interface Attempt {
  readonly now: string
  readonly settings: readonly (readonly [keyof TrainConfig, string])[]
  readonly flags: string
}

const attempt = (now: string, ...settings: Attempt['settings']): Attempt => ({
  now,
  settings,
  flags: settings.map(([key, value]) => `${flagOf(key)} ${value}`).join(' '),
})

/** Returns what to try after a problem; undefined where no setting of the run is the cause. */
export const attemptAfter = (problem: Problem, config: TrainConfig): Attempt | undefined => {
  const { lr, diagShift, j1, j2, optimizer } = config
  const scale = Math.max(Math.abs(j1), Math.abs(j2))
  if (problem.kind === 'NotPositiveDefinite')
    return attempt(`now --diag-shift ${diagShift}`, [
      'diagShift',
      String(Math.max(diagShift * 10, 1e-4)),
    ])
  if (!grown(problem)) return undefined
  if (scale > LARGE_COUPLING)
    return attempt(
      `now --j1 ${j1} --j2 ${j2}; energies are in units of J, and steps grow with it`,
      ['j1', String(j1 / scale)],
      ['j2', String(j2 / scale)],
    )
  return attempt(`now --lr ${lr}${solves(optimizer) ? ` --diag-shift ${diagShift}` : ''}`, [
    'lr',
    String(Math.max(lr / 10, Number.MIN_VALUE)),
  ])
}

/** Returns what to try, with a command; empty where no setting of the run is the cause. */
export const advice = (
  problem: Problem,
  config: TrainConfig,
  file: string,
  caller: Caller,
): readonly string[] => {
  const found = attemptAfter(problem, config)
  return found === undefined ? [] : [`Try (${found.now})${caller.retry(file, found.flags)}`]
}
