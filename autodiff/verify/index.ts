/** The verification of derivatives: numerical witnesses, the verdict, and the rule to blame. */
export { assertGradient, checkedAt, type Differentiable } from './assertGradient.ts'
export { type CheckOptions, checkGradient, gradientReport } from './check.ts'
export {
  checkPullback,
  type PullbackCheck,
  type PullbackOptions,
  pullbackReport,
} from './checkPullback.ts'
export { problemOf } from './describe.ts'
export { derivativeAtZero } from './differences.ts'
export type { Numeric } from './numbers.ts'
export type { Evidence, MistakeKind, RuleRun } from './evidence.ts'
export { type Mistake, nameMistake } from './mistakes.ts'
export type {
  Agreement,
  Blamed,
  Comparison,
  FirstNonFinite,
  GradientReport,
  Mode,
  NamedMistake,
  Replay,
  Verdict,
} from './verdict.ts'
