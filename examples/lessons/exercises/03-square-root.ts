// Exercise 3. A rule for √x that uses its own value. Needs lesson 4.
//
// The slope of √x is 1/(2√x). The value is there already, so the rule can be cheap. Look at the
// point x = 1 only, and you will find nothing wrong.

import { checkGradient, customVjp } from 'psigrad/autodiff'
import { div, mul, sqrt, type Tensor, tensor } from 'psigrad/core'

export const squareRoot = customVjp({
  name: 'squareRoot',
  forward: (x) => sqrt(x!),
  pullback: ([x], _y, yBar) => [div(yBar, mul(2, x!))],
})

export const claims = {
  'the rule of squareRoot is right': () =>
    checkGradient((x: Tensor) => squareRoot(x))(tensor([0.25, 1, 4])),
}
