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
  Pass,
  Piece,
  ProgramOf,
  ShownEquation,
  ShownProgram,
  ShownVariable,
} from './shownProgram.ts'
