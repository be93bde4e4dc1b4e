// Exercise 1. A rule for x³. Needs lessons 2 and 4.
//
// The derivative of x³ is 3x², says every table. What does this rule say?

import { checkGradient, customVjp } from 'psigrad/autodiff'
import { mul, power, square, type Tensor, tensor } from 'psigrad/core'

export const cube = customVjp({
  name: 'cube',
  forward: (x) => power(x!, 3),
  pullback: ([x], _y, yBar) => [mul(yBar, mul(2, square(x!)))],
})

export const claims = {
  'the rule of cube is right': () => checkGradient((x: Tensor) => cube(x))(tensor([-1, 0.5, 2])),
}
