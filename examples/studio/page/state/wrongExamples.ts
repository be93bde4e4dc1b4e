// Three mistakes to begin with. The exercises of the lessons have more.

export interface Mistake {
  readonly title: string
  readonly text: string
}

export const mistakes: readonly Mistake[] = [
  {
    title: 'One percent too much',
    text: `// A rule is a function with a pullback of its own: from the operands, the value and
// the cotangent to one cotangent for each operand. This one is wrong by one percent.

import { customVjp } from 'psigrad/autodiff'
import { cos, mul, sin } from 'psigrad/core'

export const mySine = customVjp({
  name: 'mySine',
  forward: (x) => sin(x!),
  pullback: ([x], _y, yBar) => [mul(yBar, mul(1.01, cos(x!)))],
})

export const doubled = customVjp({
  name: 'doubled',
  forward: (x) => mul(2, x!),
  pullback: (_x, _y, yBar) => [mul(2, yBar)],
})
`,
  },
  {
    title: 'A sum over the wrong axis',
    text: `// Softmax of each row. With the wrong axis, the shapes fit all the same.

import { customVjp } from 'psigrad/autodiff'
import { mul, softmax, sub, sum, tensor } from 'psigrad/core'

export const mySoftmax = customVjp({
  name: 'mySoftmax',
  forward: (x) => softmax(x!),
  pullback: (_x, y, yBar) => [
    mul(y, sub(yBar, sum(mul(y, yBar), 0, { keepDims: true }))),
  ],
})

export const inputs = {
  mySoftmax: tensor([[1, 2, 0], [0.5, -1, 1], [0, 0.3, 2]]),
}
`,
  },
  {
    title: 'An operator of JavaScript',
    text: `// JavaScript multiplies numbers by *, not tensors.

import { sum, type Tensor } from 'psigrad/core'

export const energy = (x: Tensor): Tensor => sum(x * x)
`,
  },
]
