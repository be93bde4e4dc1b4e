import type { GradientReport } from '../../autodiff/index.ts'

// What a check of a file finds, as data: the terminal, JSON and JUnit show the same.

/** A candidate is what a file exports and a check can judge. */
export type Kind = 'function' | 'layer' | 'rule' | 'claim'

/**
 * An outcome is the verdict of the gradient check, or why there is none: it was `refused` (it
 * throws, never ends, or ends the process) or `left out` (it is nothing to differentiate).
 */
export type Outcome = GradientReport['verdict'] | 'refused' | 'left out'

/** A finding is what a check says about one export of a file. */
export interface Finding {
  readonly name: string
  readonly kind: Kind
  readonly outcome: Outcome
  /** A few words for a table. */
  readonly brief: string
  /** One sentence: what was checked, or what is wrong. */
  readonly says: string
  /** The lines below a failure: numbers, the rule to blame, what would be right. */
  readonly block: readonly string[]
  /** The number of slopes that were compared. */
  readonly compared: number
  readonly seconds: number
  /** The reports of the gradient check, one for each point, as plain data. */
  readonly reports: readonly unknown[]
}

/** A checked file has findings, or a problem that kept it from being read. */
export interface CheckedFile {
  readonly path: string
  readonly findings: readonly Finding[]
  readonly problem?: string
}

/** Tells whether a finding makes the check fail. */
export const isFailure = ({ outcome }: Finding): boolean =>
  outcome === 'wrong' || outcome === 'refused'

/** Exit codes of `psigrad check`. */
export const checkCodes = { right: 0, wrong: 1, unreadable: 2 } as const

/** Returns the exit code: 2 if a file could not be read, else 1 if something is wrong, else 0. */
export const checkCode = (files: readonly CheckedFile[]): number =>
  files.some(({ problem }) => problem !== undefined)
    ? checkCodes.unreadable
    : files.some(({ findings }) => findings.some(isFailure))
      ? checkCodes.wrong
      : checkCodes.right
