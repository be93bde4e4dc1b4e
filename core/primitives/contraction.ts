import { type Concrete, forEachRow, type Shape, sizeOf, summedInto, wrap } from '../values/index.ts'
import type { ContractParams, Definition } from './program.ts'

/** Returns the length of every label, or the first label with two lengths. */
const labelSizes = (
  { left, right }: ContractParams,
  [x, y]: readonly [Shape, Shape],
): Map<string, number> | string => {
  const sizes = new Map<string, number>()
  const lengths = [...x, ...y]
  for (const [i, label] of [...left, ...right].entries()) {
    if ((sizes.get(label) ?? lengths[i]) !== lengths[i]) return label
    sizes.set(label, lengths[i]!)
  }
  return sizes
}

const repeated = (labels: readonly string[]): string | undefined =>
  labels.find((l, i) => labels.indexOf(l) !== i)

/** Adds products up by views of x, y and the output that have one axis for every label. */
const write = (
  [x, y]: readonly [Concrete, Concrete],
  params: ContractParams,
  to: Concrete,
): void => {
  const { left, right, out } = params
  const sizes = labelSizes(params, [x.shape, y.shape]) as Map<string, number>
  const lengths = (labels: readonly string[]): number[] => labels.map((l) => sizes.get(l)!)
  const summed = left.filter((l) => !out.includes(l))
  // The last axis of the output runs fastest: the terms of one of its sums come in their order.
  const order = [...out.slice(0, -1), ...summed, ...out.slice(-1)]
  const over = (z: Concrete, labels: readonly string[]): Concrete => {
    const strides = order.map((l) => z.stride[labels.indexOf(l)] ?? 0)
    return wrap(z.data, lengths(order), strides, z.offset)
  }
  summedInto(to, sizeOf(lengths(summed)), (total) => {
    total.data.fill(0, total.offset, total.offset + total.size)
    const views = [over(total, out), over(x, left), over(y, right)]
    const [t, a, b] = [total.data, x.data, y.data]
    forEachRow(views, ([p, q, r], [dp, dq, dr], n) => {
      for (let i = 0; i < n; i += 1) t[p! + i * dp!]! += a[q! + i * dq!]! * b[r! + i * dr!]!
    })
  })
}

/** Returns a label for the sample axis that no axis has yet; users' labels are words. */
const sampleLabel = (taken: readonly string[]): string => {
  let label = '*'
  while (taken.includes(label)) label += '*'
  return label
}

export const contract: Definition<'contract'> = {
  equation: 'Σ over the labels missing from the output of x · y (einsum of two operands)',
  where: ({ left, right, out }) =>
    `einsum '${left.join(' ')}, ${right.join(' ')} -> ${out.join(' ')}'`,
  shape: ([x, y], params) => {
    const { left, right, out } = params
    const all = [left, right, out]
    if (left.length !== x.length || right.length !== y.length)
      return 'one label per axis is needed.'
    const twice = all.map(repeated).find((l) => l !== undefined)
    if (twice !== undefined) return `label '${twice}' is there twice.`
    // The pullback needs every label on two of the three: only then is it a contraction again.
    const lonely = all.flat().find((l) => all.filter((labels) => labels.includes(l)).length < 2)
    if (lonely !== undefined) return `label '${lonely}' is neither shared nor kept.`
    const sizes = labelSizes(params, [x, y])
    if (typeof sizes === 'string') return `axis '${sizes}' has two lengths.`
    return out.map((l) => sizes.get(l)!)
  },
  evaluate: { write },
  batch: ({ left, right, out }, _size, [inLeft, inRight]) => {
    const sample = sampleLabel([...left, ...right])
    return {
      left: inLeft ? [...left, sample] : left,
      right: inRight ? [...right, sample] : right,
      out: [...out, sample],
    }
  },
  flops: (shapes, _out, params) => {
    const sizes = labelSizes(params, shapes)
    return typeof sizes === 'string' ? 0 : 2 * sizeOf([...sizes.values()])
  },
}
