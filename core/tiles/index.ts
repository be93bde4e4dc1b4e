export {
  type BackendName,
  fromRows,
  type ProgramSpec,
  type Source,
  type TileRunner,
  type TileSpec,
  toRows,
} from './job.ts'
export { referenceTiles, referenceWidth } from './reference.ts'
export { type AddRows, addRows, summedTiles, sumOfRows } from './sums.ts'
export { memoryOf, singleThread, type Task, type Team } from './team.ts'
