export { exactBytes } from './bytes.ts'
export { psigrad, shellWord, spoken, studyCalled } from './command.ts'
export {
  type ConfigFile,
  type ConfigProblem,
  type Configured,
  readConfigFile,
  resolveConfig,
  resolveLeniently,
  resolveModel,
  type Sources,
  showConfigProblem,
  showConfigProblems,
} from './config.ts'
export { beforeTheyExisted, defaults, defaultsOf } from './defaults.ts'
export { exitCodes } from './exitCodes.ts'
export type { Model } from './fit.ts'
export { fittedSettings } from './given.ts'
export { groupsOf, ownSymmetries } from './groups.ts'
export { sitesOf } from './lattices.ts'
export { modelOf, type SpinModel } from './model.ts'
export {
  showCount,
  showDecade,
  showDecimals,
  showDensity,
  showEnergy,
  showFixed,
  showModel,
  showSmall,
  showTime,
  sizesOf,
} from './numbers.ts'
export { type OptimizerName, solves } from './optimizerKinds.ts'
export {
  asFlags,
  commandOf,
  type Flag,
  flagOf,
  flags,
  flagsOf,
  showSetting,
  showTerms,
} from './options.ts'
export type { Backend, TrainConfig } from './settings.ts'
export {
  parseSector,
  parseStages,
  type Stage,
  type Symmetry,
  showSector,
  stageAfter,
  symmetries,
} from './stages.ts'
export { countOf, everyNamed, named, scriptOf, usageExitCode, wholeNumber } from './usage.ts'
export { type Effort, efforts, readWish, type Wish, type WishTexts } from './wish.ts'
