export { allConfigurations, type Basis, basisOf, configurationAt, stateIndex } from './basis.ts'
export { bitsOf, spinsOf } from './configurationIndex.ts'
export {
  type AmplitudeTable,
  amplitudeTable,
  cached,
  type Distinct,
  distinct,
  type LogAmplitudes,
  type LogPsi,
  type Representative,
  type Representatives,
} from './logPsi.ts'
export { orbits, patchTranslations, representatives, type SiteSymmetries } from './orbits.ts'
export { hasStates, sectorDimension } from './sectorDimension.ts'
export {
  checkConfiguration,
  dimension,
  fitsWithin,
  fullSpace,
  randomConfiguration,
  type Sector,
  showSector,
  szSector,
  upSector,
} from './szSector.ts'
