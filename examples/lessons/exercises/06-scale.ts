// Exercise 6. One number scales a whole vector: y = s x. Needs lesson 5.
//
// The cotangent of s must be one number, so something has to make one number of many. The author
// thought of the learning rate, and chose something that does not grow with the length of x.

import { checkGradient, customVjp } from 'psigrad/autodiff'
import { mean, mul, scalar, type Tensor, tensor } from 'psigrad/core'

export const scale = customVjp({
  name: 'scale',
  forward: (s, x) => mul(s!, x!),
  pullback: ([s, x], _y, yBar) => [mean(mul(yBar, x!)), mul(s!, yBar)],
})

export const claims = {
  'the rule of scale is right, for s and for x': () =>
    checkGradient(({ s, x }: { readonly s: Tensor; readonly x: Tensor }) => scale(s, x))({
      s: scalar(0.7),
      x: tensor([1, -2, 0.5, 3]),
    }),
}
