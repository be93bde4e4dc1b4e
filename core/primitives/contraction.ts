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

// The three inner loops. Each adds a few terms of the sum over k to one or two runs of outputs;
// x and y are read at offsets that the caller worked out. `n` is the length of a run.

/** Two runs with numbers c, d and four common vectors: out += c·y, next += d·y. */
const addSplatPair = (
  out: Data,
  p: number,
  q: number,
  n: number,
  c: readonly number[],
  d: readonly number[],
  y: Data,
  b0: number,
  b1: number,
  b2: number,
  b3: number,
): void => {
  const [c0, c1, c2, c3] = [c[0]!, c[1]!, c[2]!, c[3]!]
  const [d0, d1, d2, d3] = [d[0]!, d[1]!, d[2]!, d[3]!]
  for (let i = 0; i < n; i += 1) {
    const [y0, y1, y2, y3] = [y[b0 + i]!, y[b1 + i]!, y[b2 + i]!, y[b3 + i]!]
    out[p + i]! += c0 * y0 + c1 * y1 + (c2 * y2 + c3 * y3)
    out[q + i]! += d0 * y0 + d1 * y1 + (d2 * y2 + d3 * y3)
  }
}

/** One run, four products of vectors that both have one number per output. */
const addProducts = (
  out: Data,
  p: number,
  n: number,
  x: Data,
  a0: number,
  a1: number,
  a2: number,
  a3: number,
  y: Data,
  b0: number,
  b1: number,
  b2: number,
  b3: number,
): void => {
  for (let i = 0; i < n; i += 1)
    out[p + i]! +=
      x[a0 + i]! * y[b0 + i]! +
      x[a1 + i]! * y[b1 + i]! +
      (x[a2 + i]! * y[b2 + i]! + x[a3 + i]! * y[b3 + i]!)
}

/** One run, one term, any strides. */
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
  if (dx === 0) {
    const c = x[a]!
    for (let i = 0; i < n; i += 1) out[p + i]! += c * y[b + i * dy]!
  } else for (let i = 0; i < n; i += 1) out[p + i]! += x[a + i * dx]! * y[b + i * dy]!
}

/** An operand with its labels, and the stride along a run of outputs. */
interface Side {
  readonly x: Concrete
  readonly labels: readonly string[]
  readonly along: number
}

const write = (operands: readonly Concrete[], params: ContractParams, out: Concrete): void => {
  const [left] = operands
  const summed = left!.shape.filter((_, i) => !params.out.includes(params.left[i]!))
  summedInto(out, sizeOf(summed), (to) => writeSums(operands, params, to))
}

const writeSums = (
  [left, right]: readonly Concrete[],
  params: ContractParams,
  out: Concrete,
): void => {
  out.data.fill(0, out.offset, out.offset + out.size)
  const sizes = labelSizes(params, [left!.shape, right!.shape]) as Map<string, number>
  const run = params.out.at(-1) // the label along a run of outputs
  const n = run === undefined ? 1 : sizes.get(run)!
  const side = (x: Concrete, labels: readonly string[]): Side => ({
    x,
    labels,
    along: run === undefined ? 0 : strideOf(labels, x, run),
  })
  const pair = [side(left!, params.left), side(right!, params.right)] as const
  // The operand that is constant along a run is x, so that its numbers are read once per run.
  const [x, y] = pair[1].along === 0 ? [pair[1], pair[0]] : pair
  const offsetsOf = (labels: readonly string[], own: readonly string[], t: Concrete, from = 0) =>
    offsets(
      labels.map((l) => sizes.get(l)!),
      labels.map((l) => strideOf(own, t, l)),
      from,
    )
  const summed = params.left.filter((l) => !params.out.includes(l))
  // Runs that share their y come one after the other: labels that only x has turn fastest.
  const outer = params.out.slice(0, -1)
  const rows = [
    ...outer.filter((l) => y.labels.includes(l)),
    ...outer.filter((l) => !y.labels.includes(l)),
  ]
  const po = offsetsOf(rows, params.out, out, out.offset)
  const xo = offsetsOf(rows, x.labels, x.x, x.x.offset)
  const yo = offsetsOf(rows, y.labels, y.x, y.x.offset)
  const xk = offsetsOf(summed, x.labels, x.x)
  const yk = offsetsOf(summed, y.labels, y.x)
  const [a, b] = [x.x.data, y.x.data]
  const terms = xk.length
  const splat = x.along === 0 && y.along === 1
  const both = x.along === 1 && y.along === 1
  const quads = splat || both ? terms - (terms % 4) : 0
  const numbers = (r: number, k: number): number[] => {
    const at = xo[r]!
    return [a[at + xk[k]!]!, a[at + xk[k + 1]!]!, a[at + xk[k + 2]!]!, a[at + xk[k + 3]!]!]
  }
  for (let r = 0; r < po.length; r += 1) {
    const [p, ya, xa] = [po[r]!, yo[r]!, xo[r]!]
    const twin = splat && r + 1 < po.length && yo[r + 1] === ya ? r + 1 : r
    // A last run without a twin goes term by term.
    const together = splat && twin === r ? 0 : quads
    for (let k = 0; k < together; k += 4) {
      const [b0, b1, b2, b3] = [ya + yk[k]!, ya + yk[k + 1]!, ya + yk[k + 2]!, ya + yk[k + 3]!]
      if (both) {
        const [a0, a1, a2, a3] = [xa + xk[k]!, xa + xk[k + 1]!, xa + xk[k + 2]!, xa + xk[k + 3]!]
        addProducts(out.data, p, n, a, a0, a1, a2, a3, b, b0, b1, b2, b3)
      } else
        addSplatPair(out.data, p, po[twin]!, n, numbers(r, k), numbers(twin, k), b, b0, b1, b2, b3)
    }
    for (let t = r; t <= twin; t += 1)
      for (let k = together; k < terms; k += 1)
        addTerm(out.data, po[t]!, n, a, xo[t]! + xk[k]!, x.along, b, ya + yk[k]!, y.along)
    r = twin
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
