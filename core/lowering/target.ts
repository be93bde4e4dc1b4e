import type { MapKernel } from './kernels.ts'

/**
 * A target describes itself by this value. Its emitter hands it to `lower`, which asks nothing else
 * of a target.
 */
export interface Target {
  /** One loop may run so many elementwise equations: more would run short of registers. */
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
