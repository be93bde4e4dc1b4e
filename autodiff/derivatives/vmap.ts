import {
  type AnyFunction,
  axesOf,
  type Batched,
  fail,
  interpretBatched,
  knownOptions,
  leavesOf,
  precisionAmong,
  type Shape,
  shapeOf,
  showShape,
  spread,
  type Tensor,
  type TensorLike,
  type TensorTree,
  traceFunction,
  transpose,
} from '../../core/index.ts'

// vmap: a function of one sample becomes a function of many.

const moveAxis = (x: Tensor, from: number, to: number): Tensor => {
  const rest = axesOf(x.shape.length).filter((a) => a !== from)
  const axes = [...rest.slice(0, to), from, ...rest.slice(to)]
  return from === to ? x : transpose(x, axes)
}

export interface VmapOptions {
  /** For each argument the axis that counts the samples, or null where all samples share it. */
  readonly inAxes?: readonly (number | null)[]
}

/**
 * Vectorises a function over samples: it is written for one sample and runs on all at once.
 *
 * Shapes  every leaf of a mapped argument has the sample axis (default 0, of one common length B);
 *         the results have it first.
 * Laws    vmap(f)(xs)[b] = f(xs[b]); composes with vjp, jvp, grad and itself in any order.
 * Errors  TypeError unless inAxes has one entry for each argument; ShapeError when sample axes are
 *         missing or their lengths differ.
 */
export const vmap =
  <Args extends readonly unknown[], Out>(f: (...args: Args) => Out, options: VmapOptions = {}) =>
  (...args: Args): Out => {
    const trees = args as unknown as TensorTree[]
    const where = `vmap of ${f?.name || 'function'}`
    const { inAxes = trees.map(() => 0) } = knownOptions(where, options, ['inAxes'])
    const known = inAxes.every((axis) => axis === null || Number.isInteger(axis))
    if (inAxes.length !== trees.length || !known)
      return fail(
        'TypeError',
        where,
        `inAxes [${inAxes.map(String).join(', ')}] for ${trees.length} arguments.`,
        { fix: 'one entry for each argument: the number of its sample axis, or null.' },
      )
    const axes = trees.flatMap((tree, i) =>
      leavesOf<TensorLike>(tree).map((leaf) => ({ leaf, axis: inAxes[i]!, argument: i + 1 })),
    )
    const lengths = axes.map(({ leaf, axis }) =>
      axis === null ? null : (shapeOf(leaf)[axis] ?? -1),
    )
    const mapped = [...new Set(lengths.filter((n) => n !== null))]
    const size = mapped[0]
    if (mapped.length !== 1 || size === undefined || size < 0)
      return fail('ShapeError', where, 'the mapped arguments need one common number of samples.', {
        operands: axes.map(
          ({ leaf, axis, argument }) =>
            `argument ${argument} ${showShape(shapeOf(leaf))}, sample axis ${axis ?? 'none'}`,
        ),
      })
    const ofSample = (x: Tensor, leaf: number): Shape =>
      x.shape.filter((_, i) => i !== axes[leaf]!.axis)
    const traced = traceFunction(f as AnyFunction, trees, f?.name || 'function', ofSample)
    const inputs = traced.inputs.map((x, k): Batched => {
      const axis = axes[k]?.axis ?? null // what f closes over is shared
      if (axis === null) return { x, batched: false }
      return { x: moveAxis(x, axis, x.shape.length - 1), batched: true }
    })
    const precision = precisionAmong(traced.inputs)
    const outputs = interpretBatched(traced.program, inputs, size, precision)
    const first = outputs.map((y) => spread(y, size)).map((y) => moveAxis(y, y.shape.length - 1, 0))
    return traced.toOutput(first) as Out
  }
