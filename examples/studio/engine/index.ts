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
