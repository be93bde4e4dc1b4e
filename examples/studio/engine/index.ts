export type {
  Described,
  Drawing,
  Report,
  Request,
  SettingProblem,
  Typed,
  View,
} from './messages.ts'
