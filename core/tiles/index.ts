export {
  type BackendName,
  fromRows,
  type Job,
  type ProgramSpec,
  type Runner,
  runSerially,
  type Source,
  type TileRunner,
  type TileSpec,
  toRows,
} from './job.ts'
export { referenceTiles, referenceWidth } from './reference.ts'
export { freshMemory, keptMemory, type ResultMemory } from './results.ts'
export { type AddRows, addRows, summedTiles, sumOfRows } from './sums.ts'
export { memoryOf, singleThread, type Task, type Team } from './team.ts'
