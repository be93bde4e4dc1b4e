import type { MapKernel } from './kernels.ts'

/**
 * A target describes itself by this value. Its emitter passes it to `lower`, which needs nothing
 * else of a target.
 */
export interface Target {
  /** The most elementwise equations in one loop; more would need too many registers. */
  readonly mostMembers: number
  /**
   * Tells whether this elementwise loop may run at the end of the contraction that feeds it, on
   * every sum before the sum reaches memory. The sum is among the loop's reads.
   */
  readonly runsOnSums: (loop: MapKernel) => boolean
  /** Whether several kernels may write parts of one value; then copies are made in place. */
  readonly writesParts: boolean
  /** Outputs of at least so many numbers have their elements in order, to be copied as rows. */
  readonly rowsFrom: number
}
