import { either as E } from 'fp-ts'
import type { ContractParams, Primitive } from '../program.ts'
import { type Shape, shapeError, showShape, sizeOf } from '../shape.ts'
import type { Concrete, Data } from '../tensor.ts'

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

/** out[i] += Σ_k x[k]·y[k][i] for one run of outputs; four terms at a time. */
const accumulateRow = (
  out: Data,
  p: number,
  n: number,
  x: Data,
  x0: number,
  xk: Int32Array,
  dx: number,
  y: Data,
  y0: number,
  yk: Int32Array,
  dy: number,
): void => {
  let k = 0
  for (; k + 4 <= xk.length; k += 4) {
    let [a0, a1, a2, a3] = [x0 + xk[k]!, x0 + xk[k + 1]!, x0 + xk[k + 2]!, x0 + xk[k + 3]!]
    let [b0, b1, b2, b3] = [y0 + yk[k]!, y0 + yk[k + 1]!, y0 + yk[k + 2]!, y0 + yk[k + 3]!]
    if (dx === 0) {
      const [c0, c1, c2, c3] = [x[a0]!, x[a1]!, x[a2]!, x[a3]!]
      for (let i = 0; i < n; i += 1) {
        out[p + i]! += c0 * y[b0]! + c1 * y[b1]! + (c2 * y[b2]! + c3 * y[b3]!)
        b0 += dy
        b1 += dy
        b2 += dy
        b3 += dy
      }
    } else
      for (let i = 0; i < n; i += 1) {
        out[p + i]! += x[a0]! * y[b0]! + x[a1]! * y[b1]! + (x[a2]! * y[b2]! + x[a3]! * y[b3]!)
        a0 += dx
        a1 += dx
        a2 += dx
        a3 += dx
        b0 += dy
        b1 += dy
        b2 += dy
        b3 += dy
      }
  }
  for (; k < xk.length; k += 1) {
    const [a, b] = [x0 + xk[k]!, y0 + yk[k]!]
    for (let i = 0; i < n; i += 1) out[p + i]! += x[a + i * dx]! * y[b + i * dy]!
  }
}

const write = ([x, y]: readonly Concrete[], params: ContractParams, out: Concrete): void => {
  const { left, right, out: kept } = params
  out.data.fill(0, out.offset, out.offset + out.size)
  const sizes = labelSizes(params, [x!.shape, y!.shape]) as Map<string, number>
  const summed = left.filter((l) => !kept.includes(l))
  const outer = kept.slice(0, -1)
  const last = kept.at(-1)
  const along = (labels: readonly string[], of: readonly string[], t: Concrete, start: number) =>
    offsets(
      labels.map((l) => sizes.get(l)!),
      labels.map((l) => strideOf(of, t, l)),
      start,
    )
  const n = last === undefined ? 1 : sizes.get(last)!
  const [xo, yo] = [along(outer, left, x!, x!.offset), along(outer, right, y!, y!.offset)]
  const [xk, yk] = [along(summed, left, x!, 0), along(summed, right, y!, 0)]
  const dx = last === undefined ? 0 : strideOf(left, x!, last)
  const dy = last === undefined ? 0 : strideOf(right, y!, last)
  // The operand that stays constant along a run goes first, so that it is read once per run.
  const swap = dy === 0 && dx !== 0
  for (let r = 0; r < xo.length; r += 1) {
    const p = out.offset + r * n
    if (swap) accumulateRow(out.data, p, n, y!.data, yo[r]!, yk, dy, x!.data, xo[r]!, xk, dx)
    else accumulateRow(out.data, p, n, x!.data, xo[r]!, xk, dx, y!.data, yo[r]!, yk, dy)
  }
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
