import { allocate, type Data, sizeOf } from '../values/index.ts'
import type { TileRunner, TileSpec } from './job.ts'

// Results added up over the samples. A piece of work is `tile` samples and gives one row of sums;
// finally the rows are added in order, whichever threads computed them.

/** Returns the sum of rows of `size` numbers, added in their order. */
export const sumOfRows = (rows: Data, size: number): Data => {
  const sums = new Float64Array(size)
  for (let at = 0; at < rows.length; at += size)
    for (let i = 0; i < size; i += 1) sums[i]! += rows[at + i]!
  return rows instanceof Float32Array ? Float32Array.from(sums) : sums
}

/** Adds a runner's rows for samples start … start + count − 1 to row `to` of out. */
export type AddRows = (
  rows: readonly Data[],
  start: number,
  count: number,
  out: readonly Data[],
  to: number,
) => void

/** Makes the adding function of a runner of `spec` that gives a row for each sample. */
export const addRows = (spec: TileSpec, runner: TileRunner): AddRows => {
  const { program, perSample, precision, tile } = spec
  const inputs = program.inputs.filter((_, i) => perSample[i]).map((v) => sizeOf(v.shape))
  const sizes = program.outputs.map((v) => sizeOf(v.shape))
  const each = sizes.map((size) => allocate(tile * size, precision))
  return (rows, start, count, out, to) => {
    for (let done = 0; done < count; done += tile) {
      const n = Math.min(tile, count - done)
      const from = start + done
      runner.run(
        rows.map((row, k) => row.subarray(from * inputs[k]!, (from + n) * inputs[k]!)),
        0,
        n,
        each,
      )
      sizes.forEach((size, k) => {
        for (let b = 0; b < n; b += 1)
          for (let i = 0; i < size; i += 1) out[k]![to * size + i]! += each[k]![b * size + i]!
      })
    }
  }
}

/** Makes a runner of sums from a runner of rows. */
export const summedTiles = (spec: TileSpec, runner: TileRunner): TileRunner => {
  const add = addRows(spec, runner)
  return {
    load: runner.load,
    run: (rows, start, count, out) => {
      const to = start / spec.tile
      spec.program.outputs.forEach(({ shape }, k) => {
        out[k]!.fill(0, to * sizeOf(shape), (to + 1) * sizeOf(shape))
      })
      add(rows, start, count, out, to)
    },
  }
}
