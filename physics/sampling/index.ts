export {
  type Averages,
  type CachedLogPsi,
  draw,
  type FullAverages,
  type SampledAverages,
} from './averages.ts'
export {
  metropolis,
  powerOf,
  randomChains,
  type Sampled,
  type SamplePlan,
  transitionMatrix,
} from './metropolis.ts'
export { bondExchange, checkMove, type Move, spinFlip } from './moves.ts'
export { reachesAll } from './reach.ts'
export { failVanishing } from './support.ts'
