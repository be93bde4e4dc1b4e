export type {
  Described,
  Drawing,
  Files,
  OpenedRun,
  Report,
  Request,
  SettingProblem,
  Typed,
  View,
} from './messages.ts'
export type {
  CellProblem,
  CodeReport,
  CodeTask,
  ExerciseText,
  LessonText,
  RanCells,
} from './runnerMessages.ts'
export type {
  Pass,
  Piece,
  ProgramOf,
  ShownEquation,
  ShownProgram,
  ShownVariable,
} from './shownProgram.ts'
