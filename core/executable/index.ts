export { tilesOf } from './backend.ts'
export {
  type CompileOptions,
  compile,
  type Executable,
  type Job,
  keptMemory,
  type Mark,
  marked,
  type ResultMemory,
  type Runner,
  runSerially,
  serialRunner,
} from './executable.ts'
