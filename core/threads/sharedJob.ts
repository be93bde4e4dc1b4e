import type { TileRunner } from '../tiles/index.ts'
import { type Data, wrap } from '../values/index.ts'
import { FAILURE_LENGTH, failureText, patience, tellFailure } from './failure.ts'
import type { Ending } from './shared.ts'
import { waitWhile } from './wait.ts'

// One job on several threads: a program on many samples, tile after tile. Tiles are independent
// and their borders do not depend on the number of threads, so neither do the results.

/** A worker needs these parts of a job; all memory is shared. */
export interface SharedJob {
  readonly program: number
  readonly shared: readonly { readonly data: Data; readonly shape: readonly number[] }[]
  readonly rows: readonly Data[]
  readonly out: readonly Data[]
  readonly samples: number
  /** The control is [next sample to take, workers inside, failed; the text of a failure]. */
  readonly control: Int32Array
}

const NEXT = 0
const INSIDE = 1
const FAILED = 2
const TEXT = 3

export const newControl = (): Int32Array =>
  new Int32Array(new SharedArrayBuffer(4 * (TEXT + FAILURE_LENGTH)))

/** Returns the message of the first failure of a job. */
export const failureOfJob = ({ control }: SharedJob): string => failureText(control, TEXT)

/** Takes tile after tile until none is left, or one has failed; every thread runs this. */
export const takeTiles = (tiles: TileRunner, job: SharedJob, tile: number): void => {
  let loaded = false
  for (;;) {
    const start = Atomics.add(job.control, NEXT, tile)
    if (start >= job.samples || Atomics.load(job.control, FAILED) !== 0) return
    if (!loaded) tiles.load(job.shared.map(({ data, shape }) => wrap(data, shape)))
    loaded = true
    tiles.run(job.rows, start, Math.min(tile, job.samples - start), job.out)
  }
}

/** Does a worker's part of a job: the worker is counted in while it may touch the job's memory. */
export const joinJob = (tiles: TileRunner, job: SharedJob, tile: number): void => {
  Atomics.add(job.control, INSIDE, 1)
  try {
    takeTiles(tiles, job, tile)
  } catch (error) {
    tellFailure(job.control, FAILED, TEXT, error)
  } finally {
    Atomics.sub(job.control, INSIDE, 1)
    Atomics.notify(job.control, INSIDE)
  }
}

/** Does the leading thread's part of a job; it returns when no worker touches the job's memory. */
export const leadJob = (
  tiles: TileRunner,
  job: SharedJob,
  tile: number,
  leastPatience?: number,
): Ending => {
  const { control } = job
  const { timed, ms } = patience(leastPatience)
  const watched: TileRunner = {
    ...tiles,
    run: (rows, start, count, out) => timed(() => tiles.run(rows, start, count, out)),
  }
  try {
    takeTiles(watched, job, tile)
  } catch (error) {
    tellFailure(control, FAILED, TEXT, error)
  }
  for (;;) {
    const inside = Atomics.load(control, INSIDE)
    if (inside === 0) return Atomics.load(control, FAILED) === 0 ? 'done' : 'failed'
    if (!waitWhile(control, INSIDE, inside, ms())) return 'lost'
  }
}
