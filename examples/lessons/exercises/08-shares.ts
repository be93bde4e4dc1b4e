// Exercise 8. Shares of a row: every number divided by the sum of its row. Needs lessons 5 and 7.
//
// y = x/s with s the sum over features. The rule was derived with care. Then it was typed.

import { checkGradient, customVjp } from 'psigrad/autodiff'
import { div, mul, sub, sum, type Tensor, tensor } from 'psigrad/core'

const keep = { keepDims: true } as const

export const shares = customVjp({
  name: 'shares',
  forward: (x) => div(x!, sum(x!, [1], keep)), // [rows, features]
  pullback: ([x], y, yBar) => {
    const s = sum(x!, [1], keep)
    return [div(sub(yBar, sum(mul(yBar, y), [0], keep)), s)]
  },
})

export const claims = {
  'the rule of shares is right': () =>
    checkGradient((x: Tensor) => shares(x))(
      tensor([
        [1, 2, 3],
        [2, 0.5, 1],
      ]),
    ),
}
