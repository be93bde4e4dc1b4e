import { code, constantVector, drop, laneInstruction, wasmModule } from './encode.ts'

// The part of WebAssembly that is used, and the features of this engine.

/** TypeScript declares WebAssembly only along with the DOM. */
export interface Engine {
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer }
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports?: object) => { readonly exports: object }
  readonly validate: (bytes: Uint8Array<ArrayBuffer>) => boolean
}

/** Returns this engine's WebAssembly, if it has it. */
export const engine = (): Engine | undefined =>
  (globalThis as { readonly WebAssembly?: Engine }).WebAssembly

const zero = constantVector('f64', 0n)
const fusedProbe = wasmModule(
  [],
  [{ locals: [], body: code(zero, zero, zero, laneInstruction('f64', 'addProduct'), drop) }],
  {},
  1,
)

interface NodeProcess {
  readonly versions?: { readonly v8?: string }
  readonly getBuiltinModule?: (name: 'v8') => { setFlagsFromString: (flag: string) => void }
}
const nodeProcess = (): NodeProcess | undefined =>
  (globalThis as { readonly process?: NodeProcess }).process

/**
 * Tells whether the engine has products and sums in one instruction (relaxed SIMD). Node 20 has
 * them behind a flag, which can be set as long as nothing is compiled; later versions have them
 * without the flag, and warn about it.
 */
export const fusedMultiplyAdd = (): boolean => {
  const WebAssembly = engine()
  if (WebAssembly === undefined) return false
  if (WebAssembly.validate(fusedProbe)) return true
  nodeProcess()?.getBuiltinModule?.('v8').setFlagsFromString('--experimental-wasm-relaxed-simd')
  return WebAssembly.validate(fusedProbe)
}

/** V8's joining of vectors is known to work here from this version on (Node 24). */
const JOINING_V8 = 13

/**
 * Makes V8 join pairs of neighbouring vectors to 256 bits, in all modules that are compiled later.
 * This is an experiment of V8. Processors without AVX2 continue with single vectors.
 */
export const joinVectors = (): boolean => {
  const node = nodeProcess()
  const version = Number.parseInt(node?.versions?.v8 ?? '0', 10)
  if (version < JOINING_V8 || node?.getBuiltinModule === undefined) return false
  node.getBuiltinModule('v8').setFlagsFromString('--experimental-wasm-revectorize')
  return true
}
