export {
  type GroundOptions,
  groundLevels,
  type SectorLevel,
  type Stage,
  type SymmetricGround,
} from './groundLevels.ts'
export { orbitThreads } from './orbitTeam.ts'
