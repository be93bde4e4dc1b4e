import { either as E } from 'fp-ts'
import { type AnyFunction, type Checked, raise } from '../../core/index.ts'
import { type CheckOptions, checkGradient } from './check.ts'
import { checkPullback, type PullbackCheck } from './checkPullback.ts'
import type { Numeric } from './numbers.ts'
import type { GradientReport } from './verdict.ts'

// A check that throws, for the tests of any runner.

/** A function of tensors; or functions of plain numbers, of which one is the pullback. */
export type Differentiable = AnyFunction | Omit<PullbackCheck<readonly Numeric[], Numeric>, 'at'>

/** Checks a function at its argument, or a rule of plain numbers at the list of its operands. */
export const checkedAt = (
  subject: Differentiable,
  at: unknown,
  options: CheckOptions = {},
): Checked<GradientReport> =>
  typeof subject === 'function'
    ? checkGradient(subject, options)(at)
    : checkPullback({ ...subject, at: at as readonly Numeric[] }, options)

/**
 * Throws unless the gradient of a function is right at its argument, or the pullback of a rule of
 * plain numbers at the list of its operands. It returns the report, and works in any test runner.
 *
 * Errors  GradientError, a TensorError whose `problem.data` is the report.
 * @example assertGradient((x: Tensor) => sum(square(x)), tensor([1, 2])).verdict // → 'right'
 */
export const assertGradient = (
  subject: Differentiable,
  at: unknown,
  options: CheckOptions = {},
): GradientReport => {
  const found = checkedAt(subject, at, options)
  return E.isRight(found) ? found.right : raise(found.left)
}
