import { either as E, taskEither as TE } from 'fp-ts'
import { type Mark, traceForSamples } from '../executable/index.ts'
import type { Program } from '../primitives/index.ts'
import type { AnyFunction } from '../programs/index.ts'
import { type Problem, raise, sizeOf, TensorError, wrap } from '../values/index.ts'
import { type Device, type GpuMode, problemOfDevice } from './device.ts'
import { openDevice } from './find.ts'
import type { DevicePlan } from './kernelPlan.ts'

// This is `compile` for a graphics card: it takes the same function and marks and returns the same
// results, but in float32 and as a task.

export interface DeviceOptions {
  /** The mode of gpu.js is the best there is by default. */
  readonly mode?: GpuMode
  /** A device may be open already; several executables may share one. */
  readonly device?: Device
  /** Whether results are added up over the samples. By default there is one for each. */
  readonly summed?: boolean
}

export interface DeviceExecutable<Args extends readonly unknown[], Out> {
  /** This is the program of one sample. */
  readonly program: Program
  /** The program became these kernels. */
  readonly plan: DevicePlan
  readonly mode: GpuMode
  /**
   * Runs one call. Per-sample leaves carry the samples first, [B, …]; so do results, unless summed.
   * Calls run one after the other. Left: what the device reports; a wrong shape throws, as it does
   * for `compile`.
   */
  readonly run: (...args: Args) => TE.TaskEither<Problem, Out>
  /** Releases kernels and parameters, and the device unless it was given. */
  readonly close: () => void
}

/**
 * Does work on a device; errors, except mistakes in maths, become problems of the device.
 */
export const onDevice = <A>(mode: GpuMode, work: () => Promise<A>): TE.TaskEither<Problem, A> =>
  TE.tryCatch(work, (error) =>
    error instanceof TensorError ? error.problem : problemOfDevice(mode, error),
  )

/**
 * Compiles a function of one sample to run on many samples by a graphics card. It is like
 * `compile`, but in float32 and asynchronous. Parameters are uploaded when they change; values stay
 * on the device between kernels; kernels compile at the first call.
 *
 * Shapes  example arguments are those of ONE sample; `run` takes [B, …] for 'perSample' leaves.
 * Errors  DeviceError: no such device; later from `run`: lost, out of memory, kernel refused.
 * Cost    A call has some 0.1 ms for each kernel, and the results travel: thousands of samples.
 */
export const compileOnDevice =
  <Args extends readonly unknown[], Out>(
    f: (...args: Args) => Out,
    marks: readonly Mark[],
    options: DeviceOptions = {},
  ) =>
  (...example: Args): TE.TaskEither<Problem, DeviceExecutable<Args, Out>> => {
    const { program, perSample, callOf, toOutput } = traceForSamples(
      f as AnyFunction,
      marks,
      example,
    )
    const { summed = false, device: given } = options
    const opened = given === undefined ? openDevice(options.mode) : TE.right(given)
    // Kernels are written by code that is loaded along with the first device.
    const made = async (device: Device): Promise<DeviceExecutable<Args, Out>> => {
      const { deviceProgram } = await import('./runKernels.ts')
      const { plan, run, drop } = deviceProgram(device, program, perSample, summed)
      let before: Promise<unknown> = Promise.resolve()
      return {
        program,
        plan,
        mode: device.mode,
        close: () => {
          drop()
          if (given === undefined) device.close()
        },
        run: (...args) => {
          const call = callOf(args, 'float32')
          const rows = summed ? 1 : call.samples
          return onDevice(device.mode, () => {
            const out = program.outputs.map((v) => new Float32Array(rows * sizeOf(v.shape)))
            const done = before.then(() => run({ ...call, out }))
            before = done.catch(() => undefined)
            return done.then(
              () =>
                toOutput(
                  program.outputs.map(({ shape }, i) =>
                    wrap(out[i]!, summed ? [...shape] : [rows, ...shape]),
                  ),
                ) as Out,
            )
          })
        },
      }
    }
    return TE.chain((device: Device) => onDevice(device.mode, () => made(device)))(opened)
  }

/** Returns the value of a task, or throws its problem. */
export const orThrow = async <A>(task: TE.TaskEither<Problem, A>): Promise<A> => {
  const result = await task()
  return E.isLeft(result) ? raise(result.left) : result.right
}
