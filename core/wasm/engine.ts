import { code, constantVector, drop, laneInstruction, wasmModule } from './encode.ts'

// What is used of WebAssembly, and what it can do here.

/** TypeScript declares WebAssembly only along with the DOM. */
export interface Engine {
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer }
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports?: object) => { readonly exports: object }
  readonly validate: (bytes: Uint8Array<ArrayBuffer>) => boolean
}

/** Gives the engine that runs this, if it has WebAssembly. */
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
 * Does the engine have products and sums in one instruction (relaxed SIMD)? Node 20 has them
 * behind a flag, which can be set as long as nothing is compiled; later ones have them at once,
 * and complain about the flag.
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
 * Has V8 join pairs of neighbouring vectors to 256 bits in all modules compiled from now on, where
 * it can; this is an experiment of V8's. Processors without AVX2 go on with single vectors.
 */
export const joinVectors = (): boolean => {
  const node = nodeProcess()
  const version = Number.parseInt(node?.versions?.v8 ?? '0', 10)
  if (version < JOINING_V8 || node?.getBuiltinModule === undefined) return false
  node.getBuiltinModule('v8').setFlagsFromString('--experimental-wasm-revectorize')
  return true
}
