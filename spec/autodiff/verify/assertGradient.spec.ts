// Finds faults in autodiff/vitest/toHaveCorrectGradient.ts.

import { describe, expect, it } from 'vitest'
import {
  assertGradient,
  type CheckOptions,
  customVjp,
  type Numeric,
} from '../../../autodiff/index.ts'
import { toHaveCorrectGradient } from '../../../autodiff/vitest/index.ts'
import { cos, mul, sin, square, sum, type Tensor, tensor } from '../../../core/index.ts'
import { problemOf } from '../../expectations.ts'

// Checks of gradients as tests have them.

expect.extend({ toHaveCorrectGradient })

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: Vitest declares its type parameter so
  interface Matchers<T = any> {
    toHaveCorrectGradient(at: unknown, options?: CheckOptions): T
  }
}

describe('assertGradient and toHaveCorrectGradient', () => {
  const good = (x: Tensor): Tensor => sum(square(x))
  const mine = customVjp({
    name: 'mine',
    forward: sin,
    pullback: ([x], _, b) => [mul(2, mul(b, cos(x!)))],
  })
  const bad = (x: Tensor): Tensor => sum(mine(x))
  const plain = (c: number) => ({
    forward: (x: Numeric) => (x as number) ** 2,
    pullback: ([x]: readonly Numeric[], _: Numeric, b: Numeric) => [
      c * (x as number) * (b as number),
    ],
  })

  it('take functions of tensors, and rules of numbers', () => {
    expect(assertGradient(good, tensor([1, 2])).verdict).toBe('right')
    expect(assertGradient(plain(2), [3]).verdict).toBe('right')
    problemOf(() => assertGradient(bad, tensor([1, 2])), 'GradientError in bad', 'mine')
    problemOf(() => assertGradient(plain(1), [3]), 'GradientError in forward', 'operand 1')
    expect(good).toHaveCorrectGradient(tensor([1, 2]))
    expect(plain(2)).toHaveCorrectGradient([3])
    expect(bad).not.toHaveCorrectGradient(tensor([1, 2]))
    expect(plain(1)).not.toHaveCorrectGradient([3], { seed: 1 })
  })

  it('fail with the words of the check', () => {
    expect(() => expect(bad).toHaveCorrectGradient(tensor([1, 2]))).toThrow('GradientError in bad')
    expect(() => expect(good).not.toHaveCorrectGradient(tensor([1, 2]))).toThrow(
      'expected the gradient of good not to be right',
    )
  })
})
