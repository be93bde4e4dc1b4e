import { engine, fusedMultiplyAdd, type Engine as WholeEngine } from '../compiler/engine.ts'
import { denseModule } from './assembly.ts'
import { plainKernel } from './plain.ts'

// The inner loops of dense linear algebra and the memory they work in: WebAssembly where it
// runs, plain loops elsewhere. One for each thread; nothing in it outlives the call that uses it.

/** Rows of a block: a power of two, at least 16. */
export const BLOCK = 256
/** The most k in a strip, 8 kB: two strips live in the first-level cache. */
export const DEPTH = 256
/** Rows (or columns) in a strip. */
export const TILE = 4
/** Runs of numbers that are copied in before they are packed. */
export const LINES = 32
/** Right sides that `substitute` takes together. */
export const WIDE = 16

/** Rows of a block of sums stand a little further apart than a power of two, for the cache. */
export const GAP = 8

const panel = BLOCK * DEPTH
/** Where things stand in the memory of a kernel, in numbers. */
export const places = {
  plus: 0,
  minus: 2,
  left: WIDE,
  right: WIDE + panel,
  block: WIDE + 2 * panel,
  lines: WIDE + 2 * panel + BLOCK * (BLOCK + GAP),
  end: WIDE + 2 * panel + BLOCK * (BLOCK + GAP) + LINES * BLOCK,
} as const

/** Addresses and lengths count numbers, not bytes. */
export interface Kernel {
  readonly numbers: Float64Array
  /**
   * c[4I + i, j] += sign · Σ_k a_I[k, i] b[k, j] for the strips I from a to aEnd, i, j < 4. A strip
   * holds `strip` numbers, k-major; rows of c are `pitch` apart; sign is an address.
   */
  readonly column: (
    a: number,
    aEnd: number,
    b: number,
    c: number,
    strip: number,
    pitch: number,
    sign: number,
  ) => void
  /** to[4k + i] = x[i·rowStep + k·depthStep] for i < 4, as far as end. */
  readonly pack: (x: number, rowStep: number, depthStep: number, to: number, end: number) => void
  /**
   * x_j ← (x_j − Σ_{k<j} l_jk x_k) / l_jj for sixteen x side by side, j-major from x to xEnd. Rows
   * of l are `pitch` apart. Before x stand sixteen zeros, before each row of l one.
   */
  readonly substitute: (x: number, xEnd: number, l: number, pitch: number) => void
}

/** What linear algebra needs of WebAssembly. */
export type Engine = Pick<WholeEngine, 'Module' | 'Instance'>

interface DenseModule {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly column: Kernel['column']
  readonly pack: Kernel['pack']
  readonly substitute: Kernel['substitute']
}

const FLOAT = 8
const PAGE = 65536

const withSigns = (kernel: Kernel): Kernel => {
  kernel.numbers.fill(1, places.plus, places.plus + 2)
  kernel.numbers.fill(-1, places.minus, places.minus + 2)
  return kernel
}

/** Plain loops in ordinary memory. */
export const plain = (): Kernel => withSigns(plainKernel(new Float64Array(places.end)))

/** undefined without an engine, or where it refuses: no SIMD, or a page's security policy. */
export const simdKernel = (engine: Engine | undefined, fused: boolean): Kernel | undefined => {
  if (engine === undefined) return undefined
  try {
    const pages = Math.ceil((FLOAT * places.end) / PAGE)
    const module = new engine.Module(denseModule(pages, fused))
    const { memory, column, pack, substitute } = new engine.Instance(module).exports as DenseModule
    return withSigns({
      numbers: new Float64Array(memory.buffer, 0, places.end),
      column: (a, aEnd, b, c, strip, pitch, sign) =>
        column(8 * a, 8 * aEnd, 8 * b, 8 * c, 8 * strip, 8 * pitch, 8 * sign),
      pack: (x, rowStep, depthStep, to, end) =>
        pack(8 * x, 8 * rowStep, 8 * depthStep, 8 * to, 8 * end),
      substitute: (x, xEnd, l, pitch) => substitute(8 * x, 8 * xEnd, 8 * l, 8 * pitch),
    })
  } catch {
    return undefined
  }
}

/** One for each thread, at its first product: an import compiles nothing. */
let ofThisThread: Kernel | undefined

/** The quickest kernel of this thread. */
export const kernel = (): Kernel => {
  ofThisThread ??= simdKernel(engine(), fusedMultiplyAdd()) ?? plain()
  return ofThisThread
}
