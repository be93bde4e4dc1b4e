export { tilesOf } from './backend.ts'
export {
  type CompileOptions,
  compile,
  type Executable,
  type Job,
  keptMemory,
  type Mark,
  type ResultMemory,
  type Runner,
  runSerially,
  serialRunner,
  traceForSamples,
} from './executable.ts'
