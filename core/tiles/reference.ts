import { type Batched, interpretBatched } from '../programs/index.ts'
import { allocate, type Concrete, sizeOf, toPrecision, wrap } from '../values/index.ts'
import { fromRows, type TileRunner, type TileSpec, toRows } from './job.ts'

// The reference backend for many samples: a tile of samples that lie side by side in memory goes
// through the program of one sample, equation by equation.

/** The samples of a tile: enough to fill inner loops, few enough to stay in cache. */
export const referenceWidth = 32

/** Runs the program on tiles, through the reference primitives. */
export const referenceTiles = ({ program, perSample, precision, tile }: TileSpec): TileRunner => {
  let shared: readonly Concrete[] = []
  return {
    load: (given) => {
      shared = given.map((x) => toPrecision(x, precision))
    },
    run: (rows, start, count, out) => {
      const [own, all] = [rows.values(), shared.values()]
      const inputs = program.inputs.map(({ shape }, i): Batched => {
        if (!perSample[i]) return { x: all.next().value!, batched: false }
        const samples = allocate(sizeOf(shape) * tile, precision)
        fromRows(samples, own.next().value!, start, count, tile)
        return { x: wrap(samples, [...shape, tile]), batched: true }
      })
      interpretBatched(program, inputs, tile, precision).forEach(({ x, batched }, i) => {
        toRows(out[i]!, x as Concrete, start, count, batched)
      })
    },
  }
}
