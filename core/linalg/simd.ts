import { engine as engineHere, type Engine as WholeEngine } from '../compiler/engine.ts'
import { tileModule } from './assembly.ts'
import { plainStrips, type Strips, TILE, TILE_LENGTH } from './tiles.ts'

// Strips in the memory of a WebAssembly module, multiplied there; in plain arrays where that fails.

/** What products need of WebAssembly. */
export type Engine = Pick<WholeEngine, 'Module' | 'Instance'>

interface TileModule {
  readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number }
  readonly tile: (a: number, b: number, end: number, out: number) => void
}

const FLOAT = 8
const PAGE = 65536
/** 256 MB: strips for a product of 131,000 rows, which itself takes 137 GB. */
const MAXIMUM_PAGES = 4096

/** Makes `count` strips of `depth` values of k. */
export type StripMaker = (count: number, depth: number) => Strips
/** undefined where there is no room for so many. */
type SimdMaker = (count: number, depth: number) => Strips | undefined

const makerOver = ({ memory, tile }: TileModule): SimdMaker => {
  // The memory holds the tile, then the strips.
  const first = FLOAT * TILE_LENGTH
  return (count, depth) => {
    const pitch = FLOAT * TILE * depth
    const missing = first + count * pitch - memory.buffer.byteLength
    try {
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
    } catch {
      return undefined
    }
    return {
      depth,
      data: new Float64Array(memory.buffer, first, TILE * depth * count),
      tile: new Float64Array(memory.buffer, 0, TILE_LENGTH),
      multiply: (I, J) => {
        const a = first + I * pitch
        tile(a, first + J * pitch, a + pitch, 0)
      },
    }
  }
}

/**
 * A maker of strips over one new instance of the module. Its strips all lie in the one memory of
 * the instance: only those made last are to be used.
 *
 * undefined without an engine and where it refuses: no SIMD, or a page whose content security
 * policy forbids WebAssembly.
 */
export const simdMaker = (engine: Engine | undefined): SimdMaker | undefined => {
  if (engine === undefined) return undefined
  try {
    const module = new engine.Module(tileModule(MAXIMUM_PAGES))
    return makerOver(new engine.Instance(module).exports as TileModule)
  } catch {
    return undefined
  }
}

/** SIMD where the engine has it and its memory has room, else plain loops: the same bits. */
export const stripMaker = (engine: Engine | undefined): StripMaker => {
  const simd = simdMaker(engine)
  return (count, depth) => simd?.(count, depth) ?? plainStrips(count, depth)
}

/** One for each thread, at its first product: an import compiles nothing. */
let ofThisThread: StripMaker | undefined

/** `count` strips of `depth` values of k, to be used before any others are made. */
export const makeStrips: StripMaker = (count, depth) => {
  ofThisThread ??= stripMaker(engineHere())
  return ofThisThread(count, depth)
}
