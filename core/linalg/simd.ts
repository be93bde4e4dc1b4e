import { engine, fusedMultiplyAdd, joinVectors, type Engine as WholeEngine } from '../wasm/index.ts'
import { type DenseMachine, denseModule } from './assembly.ts'
import { type Kernel, places, together, withSigns } from './kernel.ts'
import { plainKernel } from './plain.ts'

// The kernel of a thread: WebAssembly where it runs, plain loops elsewhere.

/** Linear algebra needs this much of WebAssembly. */
export type Engine = Pick<WholeEngine, 'Module' | 'Instance'>

interface DenseModule {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly column: Kernel['column']
  readonly pack: Kernel['pack']
  readonly columnSingle: Kernel['column']
  readonly packSingle: Kernel['pack']
  readonly substitute: Kernel['substitute']
}

const FLOAT = 8
const PAGE = 65536

/** Makes plain loops in ordinary memory. */
export const plain = (): Kernel => withSigns(plainKernel(new Float64Array(places.end)))

/**
 * Makes a kernel by WebAssembly. There is none without an engine, or where it refuses: no SIMD, or
 * a page's security policy.
 */
export const simdKernel = (
  engine: Engine | undefined,
  machine: DenseMachine,
): Kernel | undefined => {
  if (engine === undefined) return undefined
  try {
    const pages = Math.ceil((FLOAT * places.end) / PAGE)
    const module = new engine.Module(denseModule(pages, machine))
    const loops = new engine.Instance(module).exports as DenseModule
    const { memory, column, pack, columnSingle, packSingle, substitute } = loops
    return withSigns({
      numbers: new Float64Array(memory.buffer, 0, places.end),
      singles: new Float32Array(memory.buffer, 0, 2 * places.end),
      strips: together(machine.wide),
      column: (a, aEnd, b, c, strip, pitch, sign) =>
        column(8 * a, 8 * aEnd, 8 * b, 8 * c, 8 * strip, 8 * pitch, 8 * sign),
      pack: (x, rowStep, depthStep, to, end) =>
        pack(8 * x, 8 * rowStep, 8 * depthStep, 8 * to, 8 * end),
      columnSingle: (a, aEnd, b, c, strip, pitch, sign) =>
        columnSingle(4 * a, 4 * aEnd, 4 * b, 8 * c, 4 * strip, 8 * pitch, 8 * sign),
      packSingle: (x, rowStep, depthStep, to, end) =>
        packSingle(4 * x, 4 * rowStep, 4 * depthStep, 4 * to, 4 * end),
      substitute: (x, xEnd, l, pitch) => substitute(8 * x, 8 * xEnd, 8 * l, 8 * pitch),
    })
  } catch {
    return undefined
  }
}

/** Each thread has its own, made at its first product: an import compiles nothing. */
const ofThisThread: { single?: Kernel; wide?: Kernel } = {}

/**
 * Gives the quickest kernel of this thread; with `wide`, which is for the whole process, it works
 * on pairs of vectors where the engine joins them.
 */
export const kernel = (wide = false): Kernel => {
  const made = (joined: boolean): Kernel =>
    simdKernel(engine(), { fused: fusedMultiplyAdd(), wide: joined }) ?? plain()
  if (wide && joinVectors()) {
    ofThisThread.wide ??= made(true)
    return ofThisThread.wide
  }
  ofThisThread.single ??= made(false)
  return ofThisThread.single
}
