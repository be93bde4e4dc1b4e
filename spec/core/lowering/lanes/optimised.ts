import { setFlagsFromString } from 'node:v8'
import { fusedMultiplyAdd, joinVectors } from '../../../../core/wasm/engine.ts'

/**
 * From now on this process compiles as a long run does: with V8's optimising compiler at once, not
 * only after a while, and with vectors joined where V8 can. Without it short trials would see none
 * of the code that does the work.
 */
export const optimisedFromNowOn = (): void => {
  fusedMultiplyAdd()
  joinVectors()
  // Inlining wants what the first compiler notes: without it V8 14 ends the process.
  setFlagsFromString('--no-wasm-inlining')
  setFlagsFromString('--no-liftoff')
}
