import { type CustomVjp, customVjp } from '../../../autodiff/index.ts'
import {
  add,
  broadcastTo,
  type Concrete,
  cos,
  div,
  dot,
  exp,
  keyFrom,
  mean,
  mul,
  neg,
  normals,
  power,
  reshape,
  type Shape,
  sin,
  sizeOf,
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

// Twelve functions, each with the right pullback and a wrong one: those of rules.py.

export interface WrongRule {
  readonly name: string
  readonly mistake: string
  readonly shapes: readonly Shape[]
  readonly forward: CustomVjp['forward']
  readonly right: CustomVjp['pullback']
  readonly wrong: CustomVjp['pullback']
}

const kept = { keepDims: true } as const
const deviation = (x: Tensor): Tensor => {
  const apart = sub(x, mean(x, 1, kept))
  return sqrt(add(mean(square(apart), 1, kept), 1e-5))
}
const weights = (q: Tensor, k: Tensor): Tensor => tanh(mul(0.5, dot(q, transpose(k))))
const attention =
  (scale: number): CustomVjp['pullback'] =>
  ([q, k, v], _, bar) => {
    const slope = sub(1, square(weights(q!, k!)))
    const scores = mul(scale, mul(dot(bar, transpose(v!)), slope))
    return [dot(scores, k!), dot(transpose(scores), q!), dot(transpose(weights(q!, k!)), bar)]
  }
const error = (x: Tensor, t: Tensor): Tensor => mul(2 / 5, sub(x, t))
const row = (b: Tensor, n: number): Tensor => broadcastTo(reshape(b, [1, -1]), [n, b.shape[0]!])
const five = (bar: Tensor): Tensor => broadcastTo(reshape(bar, [1]), [5])

export const wrongRules: readonly WrongRule[] = [
  {
    name: 'square',
    mistake: 'x for 2x',
    shapes: [[5]],
    forward: (x) => mul(x!, x!),
    right: ([x], _, bar) => [mul(bar, mul(2, x!))],
    wrong: ([x], _, bar) => [mul(bar, x!)],
  },
  {
    name: 'cosine',
    mistake: 'the minus forgotten',
    shapes: [[2, 3]],
    forward: (x) => cos(x!),
    right: ([x], _, bar) => [neg(mul(bar, sin(x!)))],
    wrong: ([x], _, bar) => [mul(bar, sin(x!))],
  },
  {
    name: 'sigmoid',
    mistake: 'x (1 − x) for y (1 − y)',
    shapes: [[6]],
    forward: (x) => div(1, add(1, exp(neg(x!)))),
    right: (_, y, bar) => [mul(bar, mul(y, sub(1, y)))],
    wrong: ([x], _, bar) => [mul(bar, mul(x!, sub(1, x!)))],
  },
  {
    name: 'softmax',
    mistake: 'the sum forgotten',
    shapes: [[3, 4]],
    forward: (x) => softmax(x!, 1),
    right: (_, y, bar) => [mul(y, sub(bar, sum(mul(y, bar), 1, kept)))],
    wrong: (_, y, bar) => [mul(y, bar)],
  },
  {
    name: 'layerNorm',
    mistake: 'the mean of the cotangent forgotten',
    shapes: [[3, 5]],
    forward: (x) => div(sub(x!, mean(x!, 1, kept)), deviation(x!)),
    right: ([x], y, bar) => {
      const along = mul(y, mean(mul(bar, y), 1, kept))
      return [div(sub(sub(bar, mean(bar, 1, kept)), along), deviation(x!))]
    },
    wrong: ([x], y, bar) => [div(sub(bar, mul(y, mean(mul(bar, y), 1, kept))), deviation(x!))],
  },
  {
    name: 'matrixProduct',
    mistake: 'b not transposed',
    shapes: [
      [3, 3],
      [3, 3],
    ],
    forward: (a, b) => dot(a!, b!),
    right: ([a, b], _, bar) => [dot(bar, transpose(b!)), dot(transpose(a!), bar)],
    wrong: ([a, b], _, bar) => [dot(bar, b!), dot(transpose(a!), bar)],
  },
  {
    name: 'bias',
    mistake: 'a mean over the batch for the sum',
    shapes: [[4, 3], [3]],
    forward: (x, b) => add(x!, row(b!, 4)),
    right: (_, __, bar) => [bar, sum(bar, 0)],
    wrong: (_, __, bar) => [bar, mean(bar, 0)],
  },
  {
    name: 'product',
    mistake: 'each operand its own factor',
    shapes: [[4], [4]],
    forward: (a, b) => mul(a!, b!),
    right: ([a, b], _, bar) => [mul(bar, b!), mul(bar, a!)],
    wrong: ([a, b], _, bar) => [mul(bar, a!), mul(bar, b!)],
  },
  {
    name: 'attention',
    mistake: '1/√d forgotten',
    shapes: [
      [3, 4],
      [3, 4],
      [3, 4],
    ],
    forward: (q, k, v) => dot(weights(q!, k!), v!),
    right: attention(0.5),
    wrong: attention(1),
  },
  {
    name: 'squaredError',
    mistake: 'the cotangent ignored',
    shapes: [[5], [5]],
    forward: (x, t) => mean(square(sub(x!, t!))),
    right: ([x, t], _, bar) => {
      const d = mul(five(bar), error(x!, t!))
      return [d, neg(d)]
    },
    wrong: ([x, t]) => [error(x!, t!), neg(error(x!, t!))],
  },
  {
    name: 'cube',
    mistake: 'the last entry lost',
    shapes: [[8]],
    forward: (x) => power(x!, 3),
    right: ([x], _, bar) => [mul(bar, mul(3, square(x!)))],
    wrong: ([x], _, bar) => {
      const all = tensor([1, 1, 1, 1, 1, 1, 1, 0])
      return [mul(all, mul(bar, mul(3, square(x!))))]
    },
  },
  {
    name: 'smallUnits',
    mistake: 'a half too much, of numbers near 1e-8',
    shapes: [[6]],
    forward: (x) => mul(1e-8, sin(x!)),
    right: ([x], _, bar) => [mul(1e-8, mul(bar, cos(x!)))],
    wrong: ([x], _, bar) => [mul(1.5e-8, mul(bar, cos(x!)))],
  },
]

/** The operands of a rule: numbers from 0.2 to about 2 in size, so that none is a special case. */
export const operandsOf = ({ shapes }: WrongRule): readonly Concrete[] =>
  shapes.map((shape, i) => {
    const drawn = normals(keyFrom(i + 1), sizeOf(shape))
    const apart = Array.from(drawn, (v) => Number((v + 0.2 * Math.sign(v)).toFixed(3)))
    return tensor(apart, shape)
  })

/** The function with one of its pullbacks. */
export const functionOf =
  ({ name, forward }: WrongRule, pullback: CustomVjp['pullback']) =>
  (xs: readonly Tensor[]): Tensor =>
    customVjp({ name, forward, pullback })(...xs)
