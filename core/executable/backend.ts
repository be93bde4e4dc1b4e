import {
  type BackendName,
  type ProgramSpec,
  referenceTiles,
  referenceWidth,
  summedTiles,
  type TileRunner,
  type TileSpec,
} from '../tiles/index.ts'
import { fail } from '../values/index.ts'
import { wasmAvailable, wasmPrepared, wasmTiles } from '../wasm/index.ts'

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

/**
 * Prepares a program before the first call, once for all threads.
 *
 * Errors  TypeError for an unknown backend.
 */
export const prepared = (spec: ProgramSpec): TileSpec => {
  const { backend } = spec
  if (!Object.hasOwn(backends, backend))
    return fail('TypeError', 'compile', `there is no backend '${backend}'.`, {
      fix: `${Object.keys(backends)
        .map((name) => `'${name}'`)
        .join(' or ')}, or none for the best.`,
    })
  return backends[backend].prepared(spec)
}
export const tilesOf = (spec: TileSpec): TileRunner => backends[spec.backend].tiles(spec)

/** Returns the name of the quickest backend that this engine can run. */
export const bestBackend = (): BackendName => (wasmAvailable() ? 'wasm' : 'reference')
