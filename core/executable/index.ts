export { tilesOf } from './backend.ts'
export {
  type CompileOptions,
  compile,
  type Executable,
  type Mark,
  serialRunner,
  traceForSamples,
} from './executable.ts'
