// Exercise 10. The last step of attention: a weighted mean of values. Needs lessons 6 and 8.
//
// In a language model the mistake would hide: the training goes on, only worse.

import { checkGradient, customVjp } from 'psigrad/autodiff'
import { einsum, type Tensor, tensor } from 'psigrad/core'

export const attend = customVjp({
  name: 'attend',
  forward: (alpha, v) => einsum('i j, j a -> i a', alpha!, v!),
  pullback: ([alpha, v], _y, yBar) => [
    einsum('i a, j a -> i j', yBar, v!),
    einsum('i j, j a -> i a', alpha!, yBar),
  ],
})

export const claims = {
  'the rule of attend is right, for weights and for values': () =>
    checkGradient(({ alpha, v }: { readonly alpha: Tensor; readonly v: Tensor }) =>
      attend(alpha, v),
    )({
      alpha: tensor([
        [0.9, 0.1],
        [0.4, 0.6],
      ]),
      v: tensor([
        [1, 2, 3],
        [-1, 0.5, 2],
      ]),
    }),
}
