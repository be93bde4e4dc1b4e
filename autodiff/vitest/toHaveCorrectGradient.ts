import { either as E } from 'fp-ts'
import { showProblem } from '../../core/index.ts'
import { type CheckOptions, checkedAt, type Differentiable } from '../verify/index.ts'

// A matcher for Vitest, and for Jest, whose matchers have the same form.

/** What a matcher tells its runner. */
export interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
}

/**
 * Passes if the gradient of a function is right at its argument, or the pullback of a rule of plain
 * numbers at the list of its operands: `expect(f).toHaveCorrectGradient(x)`. Register it once by
 * `expect.extend({ toHaveCorrectGradient })`.
 */
export const toHaveCorrectGradient = (
  received: Differentiable,
  at: unknown,
  options: CheckOptions = {},
): MatcherResult => {
  const found = checkedAt(received, at, options)
  return {
    pass: E.isRight(found),
    message: () =>
      E.isLeft(found)
        ? showProblem(found.left)
        : `expected the gradient of ${found.right.name} not to be right, but it is.`,
  }
}
