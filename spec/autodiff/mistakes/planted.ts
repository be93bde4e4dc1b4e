import type { MistakeKind } from '../../../autodiff/verify/evidence.ts'
import {
  abs,
  add,
  axesOf,
  div,
  gather,
  mul,
  neg,
  ones,
  reshape,
  sameShape,
  shapeOf,
  sizeOf,
  type Tensor,
  tensor,
  transpose,
} from '../../../core/index.ts'

// Every mistake that is planted: a rule goes in, the rule with the mistake comes out. The mistakes
// are written with operations, so that a wrong rule can be traced like a right one.

/** A rule at work: what it is given, and the right rule, of this and of other operands. */
export interface Work {
  readonly bar: Tensor
  readonly xs: readonly Tensor[]
  readonly y: Tensor
  readonly k: number
  readonly right: (bar: Tensor, xs: readonly Tensor[], y: Tensor, k: number) => Tensor | null
}

export interface Planted {
  readonly mistake: string
  /** The names that are right for it; the first is the best. */
  readonly kinds: readonly MistakeKind[]
  /** The wrong derivative; undefined where the mistake cannot be made. */
  readonly plant: (work: Work) => Tensor | undefined
}

const rightOf = ({ right, bar, xs, y, k }: Work): Tensor | undefined =>
  right(bar, xs, y, k) ?? undefined
/** A mistake that changes the right derivative. */
const after =
  (change: (d: Tensor, work: Work) => Tensor | undefined): Planted['plant'] =>
  (work) => {
    const d = rightOf(work)
    return d === undefined ? undefined : change(d, work)
  }
/** A mistake that feeds the right rule with something else. */
const before =
  (change: (work: Work) => Partial<Work> | undefined): Planted['plant'] =>
  (work) => {
    const changed = change(work)
    if (changed === undefined) return undefined
    const { bar, xs, y, k } = { ...work, ...changed }
    return work.right(bar, xs, y, k) ?? undefined
  }

const like = (a: Tensor, b: Tensor): boolean => sameShape(shapeOf(a), shapeOf(b))
const with_ = (xs: readonly Tensor[], k: number, x: Tensor): readonly Tensor[] =>
  xs.map((other, i) => (i === k ? x : other))
const lastAxis = (x: Tensor): number => shapeOf(x).length - 1
/** The longest axis. */
const longAxis = (x: Tensor): number => shapeOf(x).indexOf(Math.max(...shapeOf(x)))
const along = (x: Tensor, axis: number, from: (p: number, n: number) => number): Tensor => {
  const n = shapeOf(x)[axis]!
  const indices = axesOf(n).map((p) => from(p, n))
  return gather(x, indices, axis)
}
/** Keeps entries for which `keep` holds of the position along an axis. */
const kept = (x: Tensor, axis: number, keep: (p: number, n: number) => boolean): Tensor => {
  const shape = shapeOf(x)
  const stride = sizeOf(shape.slice(axis + 1))
  const n = shape[axis]!
  const mask = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
    keep(Math.floor(i / stride) % n, n) ? 1 : 0,
  )
  return mul(x, tensor(mask, shape))
}
/** Exchanges the last two axes, where these are equally long. */
const turned = (x: Tensor): Tensor | undefined => {
  const shape = shapeOf(x)
  const last = shape.length - 1
  if (last < 1 || shape[last] !== shape[last - 1] || shape[last] === 1) return undefined
  return transpose(
    x,
    axesOf(shape.length).map((a) => (a < last - 1 ? a : 2 * last - 1 - a)),
  )
}
const first = (d: Tensor): Tensor => {
  const mask = new Float64Array(sizeOf(shapeOf(d))).fill(1, 0, 1)
  return tensor(mask, shapeOf(d))
}
const countOf = (d: Tensor, { y }: Work): number => Math.max(sizeOf(shapeOf(d)), sizeOf(shapeOf(y)))
/** Some operand, or the value, of the shape of the derivative. */
const factorOf = (d: Tensor, { xs, y }: Work): Tensor | undefined =>
  [...xs, y].find((x) => like(x, d))

export const planted: readonly Planted[] = [
  { mistake: 'a factor 2 too much', kinds: ['factor'], plant: after((d) => mul(2, d)) },
  { mistake: 'a factor 2 missing', kinds: ['factor'], plant: after((d) => mul(0.5, d)) },
  { mistake: 'a constant 1.7 too much', kinds: ['factor'], plant: after((d) => mul(1.7, d)) },
  {
    mistake: 'wrong by one in ten thousand',
    kinds: ['factor'],
    plant: after((d) => mul(1.0001, d)),
  },
  { mistake: '1/n missing', kinds: ['factor'], plant: after((d, w) => mul(countOf(d, w), d)) },
  { mistake: 'a mean for a sum', kinds: ['factor'], plant: after((d, w) => div(d, countOf(d, w))) },
  { mistake: 'sign', kinds: ['sign'], plant: after((d) => neg(d)) },
  { mistake: 'zero', kinds: ['zero'], plant: after((d) => mul(0, d)) },
  {
    mistake: 'result transposed',
    kinds: ['transposed', 'wrong axis'],
    plant: after((d) => turned(d)),
  },
  {
    mistake: 'operand transposed',
    kinds: ['transposed', 'wrong axis'],
    plant: (w) => {
      const j = w.xs.findIndex((x) => turned(x) !== undefined)
      return j < 0 ? undefined : before(({ xs }) => ({ xs: with_(xs, j, turned(xs[j]!)!) }))(w)
    },
  },
  {
    mistake: 'wrong axis',
    kinds: ['wrong axis', 'transposed'],
    plant: (w) => {
      const [bar, y] = [turned(w.bar), turned(w.y)]
      const xs = w.xs.map((x) => turned(x))
      if (bar === undefined || y === undefined || !xs.every((x) => x !== undefined))
        return undefined
      const d = w.right(bar, xs as Tensor[], y, w.k)
      return d === null ? undefined : turned(d)
    },
  },
  {
    mistake: 'shifted by one',
    kinds: ['shifted'],
    plant: after((d) =>
      Math.max(0, ...shapeOf(d)) < 3 ? undefined : along(d, longAxis(d), (p, n) => (p + 1) % n),
    ),
  },
  {
    mistake: 'reversed',
    kinds: ['reversed'],
    plant: after((d) =>
      Math.max(0, ...shapeOf(d)) < 2 ? undefined : along(d, longAxis(d), (p, n) => n - 1 - p),
    ),
  },
  {
    mistake: 'derivative missing',
    kinds: ['derivative missing'],
    plant: ({ bar, xs, k, right, y }) => {
      const d = right(bar, xs, y, k)
      const shape = d === null ? shapeOf(xs[k]!) : shapeOf(d)
      return sizeOf(shape) === sizeOf(shapeOf(bar)) ? reshape(bar, shape) : undefined
    },
  },
  {
    mistake: 'cotangent ignored',
    kinds: ['cotangent ignored'],
    plant: before(({ bar }) => ({ bar: ones(shapeOf(bar)) })),
  },
  {
    mistake: 'cotangent twice',
    kinds: ['cotangent twice'],
    plant: before(({ bar }) => ({ bar: mul(bar, bar) })),
  },
  {
    mistake: 'x for y',
    kinds: ['x for y'],
    plant: before(({ xs, y, k }) => (like(xs[k]!, y) ? { y: xs[k]! } : undefined)),
  },
  {
    mistake: 'y for x',
    kinds: ['y for x'],
    plant: before(({ xs, y, k }) => (like(xs[k]!, y) ? { xs: with_(xs, k, y) } : undefined)),
  },
  {
    mistake: 'operands exchanged',
    kinds: ['other operand'],
    plant: before(({ xs }) => {
      const [a, b] = xs
      return a !== undefined && b !== undefined && like(a, b)
        ? { xs: [b, a, ...xs.slice(2)] }
        : undefined
    }),
  },
  {
    mistake: 'cotangent of another operand',
    kinds: ['other operand'],
    plant: before(({ xs, k }) => {
      const j = xs.findIndex((x, i) => i !== k && like(x, xs[k]!))
      return j < 0 ? undefined : { k: j }
    }),
  },
  // Where all numbers are negative, this is a wrong sign.
  { mistake: 'absolute value', kinds: ['absolute value', 'sign'], plant: after((d) => abs(d)) },
  {
    mistake: 'a factor of the chain missing',
    kinds: ['factor missing'],
    plant: after((d, w) => {
      const v = factorOf(d, w)
      return v === undefined ? undefined : div(d, v)
    }),
  },
  {
    mistake: 'a factor of the chain too much',
    kinds: ['factor too much'],
    plant: after((d, w) => {
      const v = factorOf(d, w)
      return v === undefined ? undefined : mul(d, v)
    }),
  },
  {
    mistake: 'the value for its derivative',
    kinds: ['value for derivative', 'factor too much', 'y for x', 'forgotten sum'],
    plant: after((d, { bar, y }) => (like(d, y) && like(bar, y) ? mul(bar, y) : undefined)),
  },
  {
    mistake: 'one entry wrong',
    kinds: ['one entry'],
    plant: after((d) => (sizeOf(shapeOf(d)) < 3 ? undefined : add(d, mul(d, first(d))))),
  },
  {
    mistake: 'the last row lost',
    kinds: ['edge', 'lost entries', 'one entry'],
    plant: after((d) =>
      Math.max(0, ...shapeOf(d)) < 3 ? undefined : kept(d, longAxis(d), (p, n) => p < n - 1),
    ),
  },
  {
    mistake: 'every other entry lost',
    kinds: ['lost entries'],
    plant: after((d) =>
      Math.max(0, ...shapeOf(d)) < 3 ? undefined : kept(d, longAxis(d), (p) => p % 2 === 0),
    ),
  },
  {
    mistake: 'a constant added',
    kinds: ['constant added'],
    plant: after((d) => (sizeOf(shapeOf(d)) < 3 ? undefined : add(d, 0.25))),
  },
  {
    mistake: 'a sum forgotten',
    kinds: ['forgotten sum'],
    plant: (w) => {
      const { xs, k, bar } = w
      const d = rightOf(w)
      if (d === undefined || lastAxis(bar) < 0) return undefined
      return sizeOf(shapeOf(d)) < sizeOf(shapeOf(bar)) && like(d, xs[k]!)
        ? before(() => ({ bar: kept(bar, longAxis(bar), (p) => p === 0) }))(w)
        : undefined
    },
  },
]

/** Returns the largest difference of two derivatives, relative to their largest entry. */
export const changeOf = (right: ArrayLike<number>, wrong: ArrayLike<number>): number => {
  let [change, scale] = [0, 0]
  for (let i = 0; i < right.length; i += 1) {
    change = Math.max(change, Math.abs(right[i]! - wrong[i]!))
    scale = Math.max(scale, Math.abs(right[i]!), Math.abs(wrong[i]!))
  }
  return scale === 0 ? 0 : change / scale
}
