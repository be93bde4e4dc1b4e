import type { Work } from './items.ts'

// This file returns the numbers that are compared, in an order that all contenders keep.

/** Returns Re log psi, and cos and sin of Im log psi, because a phase is defined up to 2π. */
export const phases = (re: ArrayLike<number>, im: ArrayLike<number>): Float64Array => {
  const angle = Float64Array.from(im)
  return Float64Array.from([...Array.from(re), ...angle.map(Math.cos), ...angle.map(Math.sin)])
}

/**
 * Returns gradients in the order of their leaves; of per-sample gradients the first and the last.
 */
export const rowsToCompare = (
  work: Work,
  leaves: readonly ArrayLike<number>[],
  batch: number,
): Float64Array => {
  const row = (leaf: ArrayLike<number>, sample: number): number[] => {
    const size = leaf.length / batch
    return Array.from(leaf).slice(sample * size, (sample + 1) * size)
  }
  const samples = [0, batch - 1]
  return Float64Array.from(
    work === 'gradient'
      ? leaves.flatMap((leaf) => Array.from(leaf))
      : samples.flatMap((sample) => leaves.flatMap((leaf) => row(leaf, sample))),
  )
}
