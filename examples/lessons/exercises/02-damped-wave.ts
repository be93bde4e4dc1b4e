// Exercise 2. A wave that dies out: cos(x) e⁻ˣ. Needs lesson 4.
//
// The product rule gives two terms. Both are here, and yet the check complains.

import { checkGradient, customVjp } from 'psigrad/autodiff'
import { cos, exp, mul, neg, sin, sub, type Tensor, tensor } from 'psigrad/core'

export const dampedWave = customVjp({
  name: 'dampedWave',
  forward: (x) => mul(cos(x!), exp(neg(x!))),
  pullback: ([x], y, yBar) => {
    const sineTerm = mul(sin(x!), exp(neg(x!)))
    return [mul(yBar, sub(sineTerm, y))]
  },
})

export const claims = {
  'the rule of dampedWave is right': () =>
    checkGradient((x: Tensor) => dampedWave(x))(tensor([0.3, 1, 2.5])),
}
