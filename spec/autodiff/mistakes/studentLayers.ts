import {
  add,
  broadcastTo,
  div,
  dot,
  einsum,
  equal,
  log,
  logSumExp,
  max,
  mean,
  mul,
  neg,
  reshape,
  shapeOf,
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

import type { Student } from './students.ts'

// Layers with a pullback of their own, as a student writes them by hand.

const kept = { keepDims: true } as const
const rows = (x: Tensor): number => shapeOf(x).length - 1
/** The standard deviation of rows; a small number keeps it from zero. */
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

export const studentLayers: readonly Student[] = [
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
]
