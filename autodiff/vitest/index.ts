/** psigrad/vitest: a matcher for tests of gradients. */
export { type MatcherResult, toHaveCorrectGradient } from './toHaveCorrectGradient.ts'
