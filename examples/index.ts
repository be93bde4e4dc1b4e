/** psigrad/run: everything the command line does, for programs. It needs Node: runs are folders. */

export {
  type CheckedFile,
  type CheckSettings,
  checkCode,
  checkFile,
  checkText,
  type Finding,
  junitOf,
} from './check/index.ts'
export {
  type Analysis,
  type Compared,
  comparisonPage,
  type FormSummary,
  type HeadInput,
} from './compare/index.ts'
export {
  askClaims,
  type Course,
  courseFolder,
  courseIn,
  type FoundClaim,
  lessonAsRun,
} from './lessons/index.ts'
export {
  attention,
  type CompareAsked,
  type Comparison,
  compare,
  configOf,
  exact,
  observe,
  type TrainAsked,
  train,
} from './library.ts'
export {
  type Checkpoint,
  decodeCheckpoint,
  decodeParameters,
  encodeCheckpoint,
  encodeParameters,
  type Failure,
  interruptibly,
  type Observed,
  openRun,
  type Progress,
  type SavedRun,
  type Signals,
  type StopSignal,
  type Trained,
  type TrainResult,
} from './run/index.ts'
export {
  type AttentionMap,
  type DeviceRow,
  type ExactLevel,
  type ExactResult,
  type LatticeFacts,
  latticeFacts,
  measureDevices,
  type PlanTraining,
  planTraining,
  type StepRecord,
  type Training,
  type TrainState,
} from './session/index.ts'
export {
  type ConfigProblem,
  defaults,
  type Model,
  modelOf,
  type SpinModel,
  showConfigProblems,
  type TrainConfig,
} from './settings/index.ts'
export {
  type Block,
  cellsOfPlan,
  chosen,
  dimerChecks,
  quickStudy,
  runStudy,
  type StudyCell,
  type StudyRequest,
  study,
  writePages,
} from './study/index.ts'
