// Exercise 9. Softmax, as found in a blog. Needs lesson 7.
//
// "The derivative of softmax is y (1 − y)", it says. For one output and its own input that is true.

import { checkGradient, customVjp } from 'psigrad/autodiff'
import { mul, softmax, sub, type Tensor, tensor } from 'psigrad/core'

export const blogSoftmax = customVjp({
  name: 'blogSoftmax',
  forward: (x) => softmax(x!),
  pullback: (_x, y, yBar) => [mul(yBar, mul(y, sub(1, y)))],
})

export const claims = {
  'the rule of blogSoftmax is right': () =>
    checkGradient((x: Tensor) => blogSoftmax(x))(tensor([0.2, -1, 0.7])),
}
