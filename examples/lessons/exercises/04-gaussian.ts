// Exercise 4. A Gaussian of width w: exp(−x²/2w²). Needs lessons 2 and 4.
//
// Two operands, two cotangents. One of them is right.

import { checkGradient, customVjp } from 'psigrad/autodiff'
import { div, exp, mul, neg, square, type Tensor, tensor } from 'psigrad/core'

export const gaussian = customVjp({
  name: 'gaussian',
  forward: (x, w) => exp(neg(div(square(x!), mul(2, square(w!))))),
  pullback: ([x, w], y, yBar) => {
    const yBarY = mul(yBar, y)
    return [
      neg(mul(yBarY, div(x!, square(w!)))),
      mul(yBarY, div(square(x!), square(w!))), // d/dw of −x²/2w²
    ]
  },
})

// Both operands have one shape: a w for each x. `psigrad check` reads this.
export const inputs = {
  gaussian: [
    [-1, 0.4, 2],
    [1.5, 0.7, 2],
  ],
}

export const claims = {
  'the rule of gaussian is right, for x and for w': () =>
    checkGradient(({ x, w }: { readonly x: Tensor; readonly w: Tensor }) => gaussian(x, w))({
      x: tensor([-1, 0.4, 2]),
      w: tensor([1.5, 0.7, 2]),
    }),
}
