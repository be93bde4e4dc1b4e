export {
  type Averages,
  type CachedLogPsi,
  draw,
  type FullAverages,
  fullAverages,
  type SampledAverages,
  sampledAverages,
} from './averages.ts'
export {
  metropolis,
  powerOf,
  randomChains,
  type Sampled,
  type SamplePlan,
  transitionMatrix,
} from './metropolis.ts'
export { bondExchange, checkMove, type Move, moveAlong, spinFlip } from './moves.ts'
export { reachesAll } from './reach.ts'
export { failVanishing } from './support.ts'
