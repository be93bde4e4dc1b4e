import { taskEither as TE } from 'fp-ts'
import type { Device, DeviceBuffer } from '../../../core/gpu/device.ts'
import { findModes, openDevice } from '../../../core/gpu/find.ts'

// A device that works for a while and then fails as real ones do.

/** Messages of drivers, by the kind of failure that they mean. */
export const failures = {
  lost: 'WebGPU device was lost; call kernel.destroy() and run again to rebuild on a fresh device',
  memory: 'WebGPU backend: output [4096] needs 1 bytes but this device allows 0 per storage buffer',
  compile: 'Error compiling WGSL compute shader:\n  1:1 unresolved identifier',
  failed: 'something that no driver has said before',
} as const
export type Failure = keyof typeof failures

/** The device, with a failure at its launch number `at` and every one after it. */
export const failingAt = (device: Device, at: number, failure: Failure): Device => {
  let launches = 0
  const count = async (launch: () => Promise<DeviceBuffer>): Promise<DeviceBuffer> => {
    launches += 1
    if (launches >= at) throw new Error(failures[failure])
    return launch()
  }
  return {
    ...device,
    kernel: (source, functions) => {
      const kernel = device.kernel(source, functions)
      return { ...kernel, launch: (threads, args) => count(() => kernel.launch(threads, args)) }
    },
  }
}

/** The device counts what it was asked to do. */
export interface Seen {
  readonly uploads: number[]
  launches: number
  reads: number
  held: number
}

/** The device, with what it does written down. */
export const watchedDevice = (device: Device): { readonly device: Device; readonly seen: Seen } => {
  const seen: Seen = { uploads: [], launches: 0, reads: 0, held: 0 }
  return {
    seen,
    device: {
      ...device,
      upload: (numbers) => {
        seen.uploads.push(numbers.length)
        seen.held += 1
        return device.upload(numbers)
      },
      read: (buffer) => {
        seen.reads += 1
        return device.read(buffer)
      },
      free: (buffer) => {
        seen.held -= 1
        device.free(buffer)
      },
      kernel: (source, functions) => {
        const kernel = device.kernel(source, functions)
        return {
          ...kernel,
          launch: (threads, args) => {
            seen.launches += 1
            seen.held += 1
            return kernel.launch(threads, args)
          },
        }
      },
    },
  }
}

/** Plain JavaScript: the mode that is everywhere. */
export const openPlain = openDevice('cpu')

/** Is gpu.js installed? */
export const installed = TE.match(
  () => false,
  () => true,
)(findModes)
