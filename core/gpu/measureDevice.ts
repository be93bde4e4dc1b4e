import { function as F, taskEither as TE } from 'fp-ts'
import { einsum, type Tensor } from '../programs/index.ts'
import { type Concrete, normals, type Problem, tensor } from '../values/index.ts'
import { compileOnDevice } from './compileOnDevice.ts'
import type { Device } from './device.ts'

// This file measures the speed of a device at products of shared matrices with the vectors of many
// samples, the main work of a Transformer.

const SIZE = 64
const LAYERS = 8
/** One sample takes so many floating-point operations. */
export const FLOPS = 2 * SIZE * SIZE * LAYERS
const MOST_SAMPLES = 16384
/** A call this long is measured well. */
const LONG_MS = 100

/** Computes x ← W x, eight times. */
export const layers = (w: Tensor, x: Tensor): Tensor => {
  let y = x
  for (let layer = 0; layer < LAYERS; layer += 1) y = einsum('i j, j -> i', w, y)
  return y
}

/** Draws a matrix and vectors, scaled so that their products neither grow nor vanish. */
export const operands = (samples: number): readonly [Concrete, Concrete] => [
  tensor(
    normals([1, 2], SIZE * SIZE).map((x) => x / Math.sqrt(SIZE)),
    [SIZE, SIZE],
  ),
  tensor(normals([3, 4], samples * SIZE), [samples, SIZE]),
]

/** Gives one sample's operands, to trace by. */
export const example = (): readonly [Concrete, Concrete] => {
  const [w] = operands(1)
  return [w, tensor(new Float64Array(SIZE), [SIZE])]
}

/** Measures the operations per second of the best of three calls, in units of 10⁹. */
export const gigaflops = async (run: (samples: number) => Promise<unknown>): Promise<number> => {
  const timed = async (samples: number): Promise<number> => {
    const start = performance.now()
    await run(samples)
    return performance.now() - start
  }
  let samples = 256
  await timed(samples)
  let ms = await timed(samples)
  while (ms < LONG_MS && samples < MOST_SAMPLES) {
    samples *= 4
    await timed(samples)
    ms = await timed(samples)
  }
  ms = Math.min(ms, await timed(samples), await timed(samples))
  return (FLOPS * samples) / ms / 1e6
}

/**
 * Measures the device's rate in 10⁹ operations per second, upload of the samples included.
 *
 * Errors  DeviceError.
 */
export const measureDevice = (device: Device): TE.TaskEither<Problem, number> => {
  const marks = ['shared', 'perSample'] as const
  return F.pipe(
    compileOnDevice(layers, marks, { device, summed: true })(...example()),
    TE.chain(({ run, close }) =>
      F.pipe(
        TE.tryCatch(
          () =>
            gigaflops(async (samples) => {
              const result = await run(...operands(samples))()
              if (result._tag === 'Left') throw result.left
            }),
          (problem) => problem as Problem,
        ),
        TE.map((rate) => {
          close()
          return rate
        }),
      ),
    ),
  )
}
