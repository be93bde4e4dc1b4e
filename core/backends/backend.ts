import { wasmAvailable, wasmPrepared, wasmTiles } from '../compiler/wasm.ts'
import { summedTiles } from './sums.ts'
import type { BackendName, ProgramSpec, TileRunner, TileSpec } from './tile.ts'
import { referenceTiles, referenceWidth } from './tiles.ts'

// The ways to run a program on many samples.

interface Backend {
  readonly prepared: (spec: ProgramSpec) => TileSpec
  readonly tiles: (spec: TileSpec) => TileRunner
}

const backends: { readonly [B in BackendName]: Backend } = {
  reference: {
    prepared: (spec) => ({ ...spec, tile: referenceWidth }),
    tiles: (spec) => (spec.summed ? summedTiles(spec, referenceTiles(spec)) : referenceTiles(spec)),
  },
  wasm: { prepared: wasmPrepared, tiles: wasmTiles },
}

/** Whatever can be done before the first call, once for all threads. */
export const prepared = (spec: ProgramSpec): TileSpec => backends[spec.backend].prepared(spec)
export const tilesOf = (spec: TileSpec): TileRunner => backends[spec.backend].tiles(spec)

/** The quickest that this engine can run. */
export const bestBackend = (): BackendName => (wasmAvailable() ? 'wasm' : 'reference')
