import type { MistakeKind } from '../../../autodiff/verify/evidence.ts'
import {
  add,
  broadcastTo,
  cos,
  cumsum,
  div,
  dot,
  einsum,
  equal,
  exp,
  less,
  log,
  log1p,
  logSumExp,
  max,
  mean,
  mul,
  neg,
  reshape,
  type Shape,
  shapeOf,
  sin,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
} from '../../../core/index.ts'

// Functions with a pullback of their own, as a student writes them by hand, and mistakes that
// students make in exactly these.

type Pullback = (x: Tensor[], y: Tensor, bar: Tensor) => Tensor[]

export interface Slip {
  readonly mistake: string
  readonly kinds: readonly MistakeKind[]
  readonly pullback: Pullback
}

export interface Student {
  readonly name: string
  readonly shapes: readonly Shape[]
  readonly forward: (...x: Tensor[]) => Tensor
  readonly pullback: Pullback
  readonly slips?: readonly Slip[]
}

const kept = { keepDims: true } as const
const rows = (x: Tensor): number => shapeOf(x).length - 1
const sigmoid = (x: Tensor): Tensor => div(1, add(1, exp(neg(x))))
/** Mean 0 and variance 1 along the last axis; the small number keeps rows of equal entries finite. */
const deviation = (x: Tensor): Tensor => {
  const apart = sub(x, mean(x, rows(x), kept))
  return sqrt(add(mean(square(apart), rows(x), kept), 1e-5))
}
const normalised = (x: Tensor): Tensor => div(sub(x, mean(x, rows(x), kept)), deviation(x))
/** The cotangent through a normalisation: (ȳ − ⟨ȳ⟩ − x̂ ⟨ȳ x̂⟩) / s. */
const throughNorm = (x: Tensor, bar: Tensor): Tensor => {
  const unit = normalised(x)
  const along = mean(mul(bar, unit), rows(x), kept)
  return div(sub(sub(bar, mean(bar, rows(x), kept)), mul(unit, along)), deviation(x))
}
/** The cotangent through a softmax with value y along an axis. */
const throughSoftmax = (y: Tensor, bar: Tensor, axis: number): Tensor =>
  mul(y, sub(bar, sum(mul(y, bar), axis, kept)))

const D = 4
const scale = 1 / Math.sqrt(D)
const attended = (q: Tensor, k: Tensor): Tensor => tanh(mul(scale, einsum('i d, j d -> i j', q, k)))
const lowerTriangle = tensor(
  Array.from({ length: 36 }, (_, i) => (i % 6 <= Math.floor(i / 6) ? 1 : 0)),
  [6, 6],
)

export const students: readonly Student[] = [
  {
    name: 'square',
    shapes: [[5]],
    forward: (x) => mul(x, x),
    pullback: ([x], _, bar) => [mul(bar, mul(2, x!))],
    slips: [
      { mistake: 'x for 2x', kinds: ['factor'], pullback: ([x], _, bar) => [mul(bar, x!)] },
      { mistake: '2y for 2x', kinds: ['y for x'], pullback: (_, y, bar) => [mul(bar, mul(2, y))] },
    ],
  },
  {
    name: 'sine',
    shapes: [[2, 3]],
    forward: (x) => sin(x),
    pullback: ([x], _, bar) => [mul(bar, cos(x!))],
    slips: [
      {
        mistake: 'minus cosine',
        kinds: ['sign'],
        pullback: ([x], _, bar) => [mul(bar, neg(cos(x!)))],
      },
      {
        mistake: 'sine for cosine',
        kinds: ['value for derivative'],
        pullback: (_, y, bar) => [mul(bar, y)],
      },
    ],
  },
  {
    name: 'softplus',
    shapes: [[6]],
    forward: (x) => log1p(exp(x)),
    pullback: ([x], _, bar) => [mul(bar, sigmoid(x!))],
    slips: [
      {
        mistake: 'sigmoid of y',
        kinds: ['y for x'],
        pullback: (_, y, bar) => [mul(bar, sigmoid(y))],
      },
    ],
  },
  {
    name: 'sigmoid',
    shapes: [[6]],
    forward: sigmoid,
    pullback: (_, y, bar) => [mul(bar, mul(y, sub(1, y)))],
    slips: [
      {
        mistake: 'x (1 − x)',
        kinds: ['x for y'],
        pullback: ([x], _, bar) => [mul(bar, mul(x!, sub(1, x!)))],
      },
      {
        mistake: '1 − y, a factor y missing',
        kinds: ['factor missing'],
        pullback: (_, y, bar) => [mul(bar, sub(1, y))],
      },
    ],
  },
  {
    name: 'tanh',
    shapes: [[3, 3]],
    forward: (x) => tanh(x),
    pullback: (_, y, bar) => [mul(bar, sub(1, square(y)))],
    slips: [
      {
        mistake: '1 − x²',
        kinds: ['x for y'],
        pullback: ([x], _, bar) => [mul(bar, sub(1, square(x!)))],
      },
    ],
  },
  {
    name: 'relu',
    shapes: [[8]],
    forward: (x) => mul(x, less(0, x)),
    pullback: ([x], _, bar) => [mul(bar, less(0, x!))],
    slips: [
      { mistake: 'no mask', kinds: ['derivative missing'], pullback: (_, __, bar) => [bar] },
      {
        mistake: 'mask by x',
        kinds: ['factor too much', 'value for derivative'],
        pullback: ([x], _, bar) => [mul(bar, mul(x!, less(0, x!)))],
      },
    ],
  },
  {
    name: 'softmax',
    shapes: [[3, 4]],
    forward: (x) => softmax(x, 1),
    pullback: (_, y, bar) => [throughSoftmax(y, bar, 1)],
    slips: [
      {
        mistake: 'the sum forgotten',
        kinds: ['forgotten sum'],
        pullback: (_, y, bar) => [mul(y, bar)],
      },
      {
        mistake: 'the sum over the other axis',
        kinds: ['wrong axis'],
        pullback: (_, y, bar) => [throughSoftmax(y, bar, 0)],
      },
      {
        mistake: 'x for y',
        kinds: ['x for y'],
        pullback: ([x], _, bar) => [throughSoftmax(x!, bar, 1)],
      },
    ],
  },
  {
    name: 'logsumexp',
    shapes: [[3, 4]],
    forward: (x) => logSumExp(x, 1),
    pullback: ([x], _, bar) => [mul(reshape(bar, [3, 1]), softmax(x!, 1))],
    slips: [
      {
        mistake: 'softmax over the other axis',
        kinds: ['wrong axis', 'forgotten sum'],
        pullback: ([x], _, bar) => [mul(reshape(bar, [3, 1]), softmax(x!, 0))],
      },
    ],
  },
  {
    name: 'layer norm',
    shapes: [[3, 5]],
    forward: normalised,
    pullback: ([x], _, bar) => [throughNorm(x!, bar)],
    slips: [
      {
        mistake: 'the mean of the cotangent forgotten',
        kinds: ['forgotten sum'],
        pullback: ([x], y, bar) => [
          div(sub(bar, mul(y, mean(mul(bar, y), 1, kept))), deviation(x!)),
        ],
      },
      {
        mistake: 'the term of the variance forgotten',
        kinds: ['forgotten sum'],
        pullback: ([x], _, bar) => [div(sub(bar, mean(bar, 1, kept)), deviation(x!))],
      },
    ],
  },
  {
    name: 'scaled layer norm',
    shapes: [
      [4, 3],
      [1, 3],
      [1, 3],
    ],
    forward: (x, gain, shift) => add(mul(normalised(x), gain), shift),
    pullback: ([x, gain], _, bar) => [
      throughNorm(x!, mul(bar, gain!)),
      sum(mul(bar, normalised(x!)), 0, kept),
      sum(bar, 0, kept),
    ],
    slips: [
      {
        mistake: 'a mean over the batch for the sum',
        kinds: ['factor'],
        pullback: ([x, gain], _, bar) => [
          throughNorm(x!, mul(bar, gain!)),
          mean(mul(bar, normalised(x!)), 0, kept),
          mean(bar, 0, kept),
        ],
      },
    ],
  },
  {
    name: 'matrix product',
    shapes: [
      [3, 3],
      [3, 3],
    ],
    forward: (a, b) => dot(a, b),
    pullback: ([a, b], _, bar) => [dot(bar, transpose(b!)), dot(transpose(a!), bar)],
    slips: [
      {
        mistake: 'b not transposed',
        kinds: ['transposed'],
        pullback: ([a, b], _, bar) => [dot(bar, b!), dot(transpose(a!), bar)],
      },
      {
        mistake: 'a not transposed',
        kinds: ['transposed'],
        pullback: ([a, b], _, bar) => [dot(bar, transpose(b!)), dot(a!, bar)],
      },
      {
        mistake: 'both exchanged',
        kinds: ['other operand'],
        pullback: ([a, b], _, bar) => [dot(transpose(a!), bar), dot(bar, transpose(b!))],
      },
    ],
  },
  {
    name: 'dense layer',
    shapes: [[4, 3], [3, 2], [2]],
    forward: (x, w, b) => add(dot(x, w), broadcastTo(reshape(b, [1, 2]), [4, 2])),
    pullback: ([x, w], _, bar) => [dot(bar, transpose(w!)), dot(transpose(x!), bar), sum(bar, 0)],
    slips: [
      {
        mistake: 'the bias gets a mean',
        kinds: ['factor'],
        pullback: ([x, w], _, bar) => [
          dot(bar, transpose(w!)),
          dot(transpose(x!), bar),
          mean(bar, 0),
        ],
      },
      {
        mistake: 'the bias gets the first row only',
        kinds: ['forgotten sum'],
        pullback: ([x, w], _, bar) => [
          dot(bar, transpose(w!)),
          dot(transpose(x!), bar),
          reshape(einsum('i j, i -> j', bar, tensor([1, 0, 0, 0])), [2]),
        ],
      },
    ],
  },
  {
    name: 'bias on a square',
    shapes: [[3, 3], [3]],
    forward: (x, b) => add(x, broadcastTo(reshape(b, [1, 3]), [3, 3])),
    pullback: (_, __, bar) => [bar, sum(bar, 0)],
    slips: [
      {
        mistake: 'the sum over the other axis',
        kinds: ['wrong axis'],
        pullback: (_, __, bar) => [bar, sum(bar, 1)],
      },
    ],
  },
  {
    name: 'mean of rows',
    shapes: [[3, 4]],
    forward: (x) => mean(x, 1),
    pullback: (_, __, bar) => [broadcastTo(div(reshape(bar, [3, 1]), 4), [3, 4])],
    slips: [
      {
        mistake: '1/n missing',
        kinds: ['factor'],
        pullback: (_, __, bar) => [broadcastTo(reshape(bar, [3, 1]), [3, 4])],
      },
    ],
  },
  {
    name: 'squared error',
    shapes: [[5], [5]],
    forward: (x, t) => mean(square(sub(x, t))),
    pullback: ([x, t], _, bar) => {
      const d = mul(mul(2 / 5, sub(x!, t!)), broadcastTo(reshape(bar, [1]), [5]))
      return [d, neg(d)]
    },
    slips: [
      {
        mistake: 'the cotangent ignored',
        kinds: ['cotangent ignored'],
        pullback: ([x, t]) => [mul(2 / 5, sub(x!, t!)), mul(2 / 5, sub(t!, x!))],
      },
    ],
  },
  {
    name: 'cross entropy',
    shapes: [
      [3, 4],
      [3, 4],
    ],
    forward: (x, t) => neg(mean(sum(mul(t, log(softmax(x, 1))), 1))),
    pullback: ([x, t], _, bar) => {
      const p = softmax(x!, 1)
      const each = div(broadcastTo(reshape(bar, [1, 1]), [3, 4]), 3)
      return [mul(each, sub(mul(p, sum(t!, 1, kept)), t!)), neg(mul(each, log(p)))]
    },
    slips: [
      {
        mistake: 'the mean forgotten',
        kinds: ['factor'],
        pullback: ([x, t], _, bar) => {
          const p = softmax(x!, 1)
          const each = broadcastTo(reshape(bar, [1, 1]), [3, 4])
          return [mul(each, sub(mul(p, sum(t!, 1, kept)), t!)), neg(mul(each, log(p)))]
        },
      },
    ],
  },
  {
    name: 'tanh attention',
    shapes: [
      [3, D],
      [3, D],
      [3, D],
    ],
    forward: (q, k, v) => dot(attended(q, k), v),
    pullback: ([q, k, v], _, bar) => {
      const weights = attended(q!, k!)
      const scores = mul(scale, mul(dot(bar, transpose(v!)), sub(1, square(weights))))
      return [dot(scores, k!), dot(transpose(scores), q!), dot(transpose(weights), bar)]
    },
    slips: [
      {
        mistake: '1/√d forgotten',
        kinds: ['factor'],
        pullback: ([q, k, v], _, bar) => {
          const weights = attended(q!, k!)
          const scores = mul(dot(bar, transpose(v!)), sub(1, square(weights)))
          return [dot(scores, k!), dot(transpose(scores), q!), dot(transpose(weights), bar)]
        },
      },
    ],
  },
  {
    name: 'max pooling',
    shapes: [[6]],
    forward: (x) => max(reshape(x, [3, 2]), 1),
    pullback: ([x], y, bar) => {
      const hit = equal(reshape(x!, [3, 2]), broadcastTo(reshape(y, [3, 1]), [3, 2]))
      return [reshape(mul(hit, broadcastTo(reshape(bar, [3, 1]), [3, 2])), [6])]
    },
    slips: [
      {
        mistake: 'every entry gets the cotangent',
        kinds: ['mask forgotten'],
        pullback: (_, __, bar) => [reshape(broadcastTo(reshape(bar, [3, 1]), [3, 2]), [6])],
      },
    ],
  },
  {
    name: 'product',
    shapes: [[4], [4]],
    forward: (a, b) => mul(a, b),
    pullback: ([a, b], _, bar) => [mul(bar, b!), mul(bar, a!)],
    slips: [
      {
        mistake: 'each its own factor',
        kinds: ['other operand'],
        pullback: ([a, b], _, bar) => [mul(bar, a!), mul(bar, b!)],
      },
    ],
  },
  {
    name: 'quotient',
    shapes: [[4], [4]],
    forward: (a, b) => div(a, add(2, square(b))),
    pullback: ([a, b], _, bar) => {
      const c = add(2, square(b!))
      return [div(bar, c), neg(div(mul(bar, mul(mul(2, b!), a!)), square(c)))]
    },
    slips: [
      {
        mistake: 'the minus of a quotient forgotten',
        kinds: ['sign'],
        pullback: ([a, b], _, bar) => {
          const c = add(2, square(b!))
          return [div(bar, c), div(mul(bar, mul(mul(2, b!), a!)), square(c))]
        },
      },
    ],
  },
  {
    name: 'length of rows',
    shapes: [[3, 3]],
    forward: (x) => sqrt(sum(square(x), 1)),
    pullback: ([x], y, bar) => [mul(x!, reshape(div(bar, y), [3, 1]))],
    slips: [
      {
        mistake: 'twice, as for a square',
        kinds: ['factor'],
        pullback: ([x], y, bar) => [mul(mul(2, x!), reshape(div(bar, y), [3, 1]))],
      },
    ],
  },
  {
    name: 'running sum',
    shapes: [[6]],
    forward: (x) => cumsum(x),
    pullback: (_, __, bar) => [einsum('i, i j -> j', bar, lowerTriangle)],
    slips: [
      {
        mistake: 'summed from the wrong end',
        kinds: [],
        pullback: (_, __, bar) => [cumsum(bar)],
      },
    ],
  },
]
