/** psigrad/vitest: a matcher for tests of gradients. */
import type { CheckOptions } from '../verify/index.ts'

export { type MatcherResult, toHaveCorrectGradient } from './toHaveCorrectGradient.ts'

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: Vitest declares its type parameter so
  interface Matchers<T = any> {
    /** Passes if the gradient is right at this argument, or at these operands of a rule. */
    toHaveCorrectGradient(at: unknown, options?: CheckOptions): T
  }
}
