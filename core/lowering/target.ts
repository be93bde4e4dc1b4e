import type { MapKernel } from './kernels.ts'

/**
 * What a target says about itself. Its emitter hands this value to `lower`, which asks nothing else
 * of a target.
 */
export interface Target {
  /** The most elementwise equations that one loop may run: more would run short of registers. */
  readonly mostMembers: number
  /**
   * May this elementwise loop run at the end of the contraction that feeds it, on every sum before
   * the sum reaches memory? The loop's reads hold the sum as one of them.
   */
  readonly runsOnSums: (loop: MapKernel) => boolean
  /** May several kernels write one value, each a part of it? Then copies are made in place. */
  readonly writesParts: boolean
  /** Outputs of at least so many numbers have their elements in order, to leave as rows. */
  readonly rowsFrom: number
}
