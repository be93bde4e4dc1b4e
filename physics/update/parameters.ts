import {
  type Concrete,
  dataOf,
  fail,
  leavesOf,
  mapTree,
  precisionOf,
  showPath,
  sizeOf,
  type Tensor,
  type Tree,
  tensor,
} from '../../core/index.ts'

// This file treats a tree of parameters as the vector θ that an update changes.

/** Returns the number of real parameters. */
export const countOf = (params: unknown): number =>
  leavesOf(params as Tree<Tensor>).reduce((n, leaf) => n + sizeOf(leaf.shape), 0)

/**
 * Returns θ − η δ, leaf by leaf.
 *
 * Errors  ShapeError unless δ has one entry per parameter; NonFinite naming the first parameter
 *         that is not finite.
 */
export const applyUpdate = <P>(params: P, delta: Float64Array, learningRate: number): P => {
  const count = countOf(params)
  if (delta.length !== count)
    return fail(
      'ShapeError',
      'applyUpdate',
      `the update has ${delta.length} entries for ${count} parameters.`,
    )
  let next = 0
  return mapTree(params as Tree<Tensor>, (leaf, path) => {
    const old = leaf as Concrete
    const moved = dataOf(old).map((x, i) => x - learningRate * delta[next + i]!)
    next += moved.length
    if (moved.some((x) => !Number.isFinite(x)))
      fail(
        'NonFinite',
        'applyUpdate',
        `parameter ${showPath(path)} is not finite after the step.`,
        { fix: 'a smaller learning rate or a larger diagShift.', data: { path: showPath(path) } },
      )
    return tensor(moved, old.shape, precisionOf(old))
  }) as P
}
