// Exercise 7. A linear map: y = W x. Needs lesson 6.
//
// All shapes fit. They would not, if W had not the same number of rows and columns.

import { checkGradient, customVjp } from 'psigrad/autodiff'
import { einsum, type Tensor, tensor } from 'psigrad/core'

export const linear = customVjp({
  name: 'linear',
  forward: (W, x) => einsum('i j, j -> i', W!, x!),
  pullback: ([W, x], _y, yBar) => [
    einsum('i, j -> i j', yBar, x!),
    einsum('i j, j -> i', W!, yBar), // from the cotangent of y to that of x
  ],
})

export const claims = {
  'the rule of linear is right, for W and for x': () =>
    checkGradient(({ W, x }: { readonly W: Tensor; readonly x: Tensor }) => linear(W, x))({
      W: tensor([
        [1, 2],
        [-0.5, 3],
      ]),
      x: tensor([0.3, -1]),
    }),
}
