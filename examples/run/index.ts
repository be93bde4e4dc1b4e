export { callerOfMany, type Failure, unusable } from './caller.ts'
export {
  type Checkpoint,
  decodeCheckpoint,
  decodeParameters,
  encodeCheckpoint,
  encodeParameters,
} from './checkpoint.ts'
export { type FolderProblem, files, isThere, load, save, showFolderProblem } from './folder.ts'
export { between, interruptibly, type Signals } from './interrupt.ts'
export { loadJson, parseJson, toJson } from './json.ts'
export { loadObserved, type Observed, saveObserved, showAbsent, sideOf } from './observed.ts'
export { observedRows } from './observedRows.ts'
export { loadProgress, saveProgress, settledProgress } from './progress.ts'
export { loadResult, relativeErrorOf, resultOf, type TrainResult } from './result.ts'
export { headlineOf, type Row, resultRows } from './resultRows.ts'
export { resumable } from './resumable.ts'
export { type RunSources, runSettings } from './runSettings.ts'
export { decode, type Entry, encode } from './safetensors.ts'
export { openRun, type SavedRun } from './savedRun.ts'
export { shownRun, showRun } from './shownRun.ts'
export { asStarted, originOf } from './start.ts'
export { readLog, stepsIn } from './stepLog.ts'
export { sweepTemporaries } from './temporaries.ts'
export { type Finished, type Screen, type Trained, type TrainRequest, train } from './train.ts'
export { type Progress, problemOf, type StopSignal } from './unfold.ts'
