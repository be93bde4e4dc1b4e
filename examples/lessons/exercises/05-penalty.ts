// Exercise 5. A penalty for large weights: x²/2. Needs lessons 2 and 4.
//
// Its gradient is x, and the gradient of a sum of penalties comes out right. But inside something
// larger the penalty gives nonsense.

import { checkGradient, customVjp, grad } from 'psigrad/autodiff'
import { mul, square, sum, type Tensor, tensor, toNested } from 'psigrad/core'

export const penalty = customVjp({
  name: 'penalty',
  forward: (x) => mul(0.5, square(x!)),
  pullback: ([x], _y, _yBar) => [x!],
})

const point = tensor([1, -2, 3])

export const claims = {
  'the gradient of the sum is x': () =>
    String(toNested(grad((x: Tensor) => sum(penalty(x)))(point))) === '1,-2,3',
  'the rule of penalty is right': () => checkGradient((x: Tensor) => penalty(x))(point),
}
