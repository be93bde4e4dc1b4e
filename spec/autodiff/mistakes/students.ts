import type { MistakeKind } from '../../../autodiff/verify/evidence.ts'
import {
  add,
  cos,
  cumsum,
  div,
  einsum,
  exp,
  less,
  log1p,
  mul,
  neg,
  reshape,
  type Shape,
  sin,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
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

const sigmoid = (x: Tensor): Tensor => div(1, add(1, exp(neg(x))))
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
