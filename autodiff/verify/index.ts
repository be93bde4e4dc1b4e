/** The verification of derivatives: numerical witnesses, the verdict, and the rule to blame. */
export { type CheckOptions, checkGradient, type GradientReport } from './check.ts'
export { derivativeAtZero } from './differences.ts'
export type {
  Agreement,
  Blamed,
  Comparison,
  FirstNonFinite,
  Mode,
  NamedMistake,
  Replay,
  Verdict,
} from './verdict.ts'
