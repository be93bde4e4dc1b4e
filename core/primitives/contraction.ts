import { either as E } from 'fp-ts'
import {
  type Concrete,
  type Data,
  type Shape,
  shapeError,
  showShape,
  sizeOf,
  summedInto,
} from '../values/index.ts'
import type { ContractParams, Primitive } from './program.ts'

/** Length of every label, or the first label with two lengths. */
const labelSizes = (
  { left, right }: ContractParams,
  [x, y]: readonly Shape[],
): Map<string, number> | string => {
  const sizes = new Map<string, number>()
  const labels = [...left, ...right]
  const lengths = [...x!, ...y!]
  for (const [i, label] of labels.entries()) {
    if ((sizes.get(label) ?? lengths[i]) !== lengths[i]) return label
    sizes.set(label, lengths[i]!)
  }
  return sizes
}

const spec = ({ left, right, out }: ContractParams): string =>
  `'${left.join(' ')}, ${right.join(' ')} -> ${out.join(' ')}'`

const repeated = (labels: readonly string[]): string | undefined =>
  labels.find((l, i) => labels.indexOf(l) !== i)

const strideOf = (labels: readonly string[], x: Concrete, label: string): number => {
  const axis = labels.indexOf(label)
  return axis < 0 ? 0 : x.stride[axis]!
}

/** Offsets of every index combination of some labels, the last label fastest. */
const offsets = (lengths: readonly number[], strides: readonly number[], start: number) =>
  lengths.reduce<Int32Array>((base, n, k) => {
    const next = new Int32Array(base.length * n)
    for (let b = 0; b < base.length; b += 1)
      for (let i = 0; i < n; i += 1) next[b * n + i] = base[b]! + i * strides[k]!
    return next
  }, Int32Array.of(start))

/** Adds one term of the sum over k to a run of n outputs, any strides. */
const addTerm = (
  out: Data,
  p: number,
  n: number,
  x: Data,
  a: number,
  dx: number,
  y: Data,
  b: number,
  dy: number,
): void => {
  for (let i = 0; i < n; i += 1) out[p + i]! += x[a + i * dx]! * y[b + i * dy]!
}

const write = (
  [x, y]: readonly Concrete[],
  { left, right, out: kept }: ContractParams,
  to: Concrete,
): void => {
  const sizes = labelSizes({ left, right, out: kept }, [x!.shape, y!.shape]) as Map<string, number>
  const summed = left.filter((l) => !kept.includes(l))
  const [outer, run] = [kept.slice(0, -1), kept.slice(-1)] // a run: the last axis of the output
  const lengths = (labels: readonly string[]): number[] => labels.map((l) => sizes.get(l)!)
  const offsetsOf = (labels: readonly string[], own: readonly string[], t: Concrete, from = 0) =>
    offsets(
      lengths(labels),
      labels.map((l) => strideOf(own, t, l)),
      from,
    )
  const n = sizeOf(lengths(run))
  const [dx = 0, dy = 0] = run.flatMap((l) => [strideOf(left, x!, l), strideOf(right, y!, l)])
  const [xo, yo] = [offsetsOf(outer, left, x!, x!.offset), offsetsOf(outer, right, y!, y!.offset)]
  const [xk, yk] = [offsetsOf(summed, left, x!), offsetsOf(summed, right, y!)]
  summedInto(to, xk.length, (out) => {
    out.data.fill(0, out.offset, out.offset + out.size)
    offsetsOf(outer, kept, out, out.offset).forEach((p, r) => {
      for (let k = 0; k < xk.length; k += 1)
        addTerm(out.data, p, n, x!.data, xo[r]! + xk[k]!, dx, y!.data, yo[r]! + yk[k]!, dy)
    })
  })
}

/** A label for the sample axis that no axis has yet; users' labels are words. */
const sampleLabel = (taken: readonly string[]): string => {
  let label = '*'
  while (taken.includes(label)) label += '*'
  return label
}

export const contract: Primitive<'contract'> = {
  name: 'contract',
  equation: 'Σ over the labels missing from the output of x · y (einsum of two operands)',
  shape: ([x, y], params) => {
    const { left, right, out } = params
    const operands = [`x ${showShape(x!)}`, `y ${showShape(y!)}`]
    const where = `einsum ${spec(params)}`
    if (left.length !== x!.length || right.length !== y!.length)
      return shapeError(where, 'one label per axis is needed.', operands)
    const twice = [left, right, out].map(repeated).find((l) => l !== undefined)
    if (twice !== undefined) return shapeError(where, `label '${twice}' stands twice.`, operands)
    // The pullback needs every label on two of the three: only then is it a contraction again.
    const lonely = [...left, ...right, ...out].find(
      (l) => [left, right, out].filter((list) => list.includes(l)).length < 2,
    )
    if (lonely !== undefined)
      return shapeError(where, `label '${lonely}' is neither shared nor kept.`, operands)
    const sizes = labelSizes(params, [x!, y!])
    if (typeof sizes === 'string')
      return shapeError(where, `axis '${sizes}' has two lengths.`, operands)
    return E.right(out.map((l) => sizes.get(l)!))
  },
  evaluate: { write },
  batch: ({ left, right, out }, _size, _inputs, [inLeft, inRight]) => {
    const sample = sampleLabel([...left, ...right])
    return {
      left: inLeft ? [...left, sample] : left,
      right: inRight ? [...right, sample] : right,
      out: [...out, sample],
    }
  },
  domain: { low: -3, high: 3 },
  flops: ([x, y], _out, params) => {
    const sizes = labelSizes(params, [x!, y!])
    return typeof sizes === 'string' ? 0 : 2 * sizeOf([...sizes.values()])
  },
}
