import fc from 'fast-check'
import {
  abs,
  add,
  atan2,
  broadcastTo,
  type Concrete,
  concatenate,
  cos,
  div,
  dot,
  einsum,
  erf,
  exp,
  gather,
  log,
  log1p,
  logSumExp,
  max,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  pad,
  power,
  reshape,
  scatterAdd,
  select,
  shapeOf,
  sin,
  slice,
  softmax,
  sqrt,
  square,
  stack,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
} from '../core/index.ts'
import { noise, seed } from './arbitraries.ts'

// Random programs: a matrix goes through some steps, each of which may look back at the start.
// Every step is smooth where it is used and keeps values of order one, so that derivatives of the
// second order can be checked by differences.

type Step = (x: Tensor, start: Tensor) => Tensor

const mask = tensor([1, 0, 1, 0, 1, 0, 1, 1, 0], [3, 3])
/** Makes one entry the largest by far, so that no small change of x moves the maximum. */
const bump = tensor([0, 0, 0, 0, 10, 0, 0, 0, 0], [3, 3])

const steps: Readonly<Record<string, Step>> = {
  sin,
  cos,
  tanh,
  erf,
  neg,
  softmax: (x) => softmax(x),
  exp: (x) => exp(tanh(x)),
  log: (x) => log(add(1.5, square(x))),
  log1p: (x) => log1p(square(x)),
  sqrt: (x) => sqrt(add(1, square(x))),
  power: (x) => power(add(2, sin(x)), -1.5),
  div: (x, start) => div(x, add(2, cos(start))),
  sub: (x, start) => sub(x, mul(0.3, start)),
  mul: (x, start) => mul(tanh(x), start),
  atan2: (x, start) => atan2(sin(x), add(2, tanh(start))),
  // kinks, far from where sin and 2 + cos meet them
  maximum: (x, start) => maximum(sin(x), sub(cos(start), 3)),
  minimum: (x) => minimum(tanh(x), add(2, abs(add(3, sin(x))))),
  select: (x, start) => select(mask, x, neg(start)),
  max: (x) => mul(sin(x), sin(max(add(tanh(x), bump)))),
  mean: (x) => sub(x, mean(x, -1, { keepDims: true })),
  logSumExp: (x) => mul(0.5, logSumExp(stack([x, neg(x), sin(x)]), 0)),
  sum: (x) => add(mul(0.5, x), broadcastTo(sum(sin(x), 0, { keepDims: true }), shapeOf(x))),
  matmul: (x, start) => mul(0.4, dot(tanh(x), transpose(start))),
  einsum: (x, start) => mul(0.4, einsum('i j, k j, k l -> i l', sin(x), start, cos(start))),
  trace: (x) => mul(x, sin(einsum('i i ->', x))),
  transpose: (x) => transpose(x),
  reshape: (x) => reshape(sin(reshape(x, [-1])), shapeOf(x)),
  roll: (x) => {
    const [n, m] = shapeOf(x)
    return concatenate([slice(x, [1, 0], [n!, m!]), slice(x, [0, 0], [1, m!])], 0)
  },
  pad: (x) => {
    const [n, m] = shapeOf(x)
    return add(sin(x), pad(slice(x, [1, 1], [n!, m!]), [0, 1], [1, 0]))
  },
  gather: (x) => gather(sin(x), [2, 0, 0]),
  scatterAdd: (x) => mul(0.5, scatterAdd(cos(x), [1, 1, 0], 3, 1)),
}
/** A function of one 3 × 3 matrix, with a point; the names of its steps print when it fails. */
export interface Expression {
  readonly names: readonly string[]
  readonly f: (x: Tensor) => Tensor
  readonly x: Concrete
}

export const expression: fc.Arbitrary<Expression> = fc
  .tuple(fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 1, maxLength: 4 }), seed)
  .map(([names, n]) => ({
    names,
    f: (start: Tensor) => names.reduce((x, name) => steps[name]!(x, start), start),
    x: noise([3, 3], n),
  }))
