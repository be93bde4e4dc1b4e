// Exercise 11. LayerNorm without its scale and shift. Needs lesson 7.
//
// Two symmetries, two projections. Both are here. Use the tests of lesson 7: which of them fails?

import { checkGradient, customVjp } from 'psigrad/autodiff'
import { add, div, mean, mul, sqrt, square, sub, sum, type Tensor, tensor } from 'psigrad/core'

const keep = { keepDims: true } as const
const centred = (x: Tensor): Tensor => sub(x, mean(x, [-1], keep))
const deviation = (x: Tensor): Tensor => sqrt(mean(square(centred(x)), [-1], keep))

export const norm = customVjp({
  name: 'norm',
  forward: (x) => div(centred(x!), deviation(x!)),
  pullback: ([x], y, yBar) => {
    const along = add(mean(yBar, [-1], keep), mul(y, sum(mul(y, yBar), [-1], keep)))
    return [div(sub(yBar, along), deviation(x!))]
  },
})

export const claims = {
  'the rule of norm is right': () =>
    checkGradient((x: Tensor) => norm(x))(
      tensor([
        [1, 2, 6],
        [0, -1, 0.5],
      ]),
    ),
}
