import { wasmAvailable, wasmTiles, wasmWidth } from '../compiler/wasm.ts'
import type { BackendName, TileRunner, TileSpec } from './tile.ts'
import { referenceTiles, referenceWidth } from './tiles.ts'

// The ways to run a program on many samples.

interface Backend {
  /** How many samples run together best. */
  readonly width: (spec: Omit<TileSpec, 'tile'>) => number
  readonly tiles: (spec: TileSpec) => TileRunner
}

const backends: { readonly [B in BackendName]: Backend } = {
  reference: { width: () => referenceWidth, tiles: referenceTiles },
  wasm: { width: wasmWidth, tiles: wasmTiles },
}

export const widthOf = (spec: Omit<TileSpec, 'tile'>): number => backends[spec.backend].width(spec)
export const tilesOf = (spec: TileSpec): TileRunner => backends[spec.backend].tiles(spec)

/** The quickest that this engine can run. */
export const bestBackend = (): BackendName => (wasmAvailable() ? 'wasm' : 'reference')
