import type { Lowered } from '../lowering/index.ts'

/** Addresses that differ by a multiple of WAY share WAYS lines of the first-level cache. */
const [WAY, WAYS] = [4096, 8]

/**
 * Tells whether a contraction that sums down a column finds all of it on the same few lines of the
 * cache. Then every turn of its loop waits for memory; a tile of fewer samples has shorter rows and
 * may avoid it. `pitch` is the number of bytes from one element of a sample to the next.
 */
export const collides = ({ kernels }: Lowered, pitch: number): boolean =>
  kernels.some(
    (kernel) =>
      kernel.kind === 'contract' &&
      kernel.summed.some(({ size, x, y }) => {
        const steps = [kernel.x.varies ? x : 0, y].map((step) => step * pitch)
        return size > WAYS && steps.some((bytes) => bytes > 0 && bytes % WAY === 0)
      }),
  )
