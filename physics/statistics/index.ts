export { type AutocorrelationTime, autocorrelationTime, blockingErrors } from './autocorrelation.ts'
export { type Chains, chainsOf, mean, variance } from './chains.ts'
export { rHatLimit } from './rHatLimit.ts'
export {
  type ComplexMoments,
  type ComplexSamples,
  complexMoments,
  type Estimate,
  estimate,
  splitRHat,
  standardError,
  vScore,
} from './statistics.ts'
