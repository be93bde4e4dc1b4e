import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad, valueAndGrad } from '../../autodiff/index.ts'
import { add, mul, sin, sum, type Tensor, toNumber } from '../../core/index.ts'
import { noise, seed } from '../arbitraries.ts'
import { expectClose, problemOf } from '../expectations.ts'

describe('argnums', () => {
  // Σ s sin(a) b + a: every argument has a derivative of its own.
  const f = (a: Tensor, s: number, b: { readonly w: Tensor }): Tensor =>
    sum(add(mul(mul(s, sin(a)), b.w), a))

  it('choose arguments: the gradient is what the closure over the others has', () => {
    fc.assert(
      fc.property(seed, (n) => {
        const [a, w] = [noise([3], n), noise([3], n + 1)]
        const first = grad((x: Tensor) => f(x, 2, { w }))(a)
        const last = grad((x: { readonly w: Tensor }) => f(a, 2, x))({ w })
        expectClose(grad(f)(a, 2, { w }), first, 0)
        expectClose(grad(f, { argnums: 0 })(a, 2, { w }), first, 0)
        const third: { readonly w: Tensor } = grad(f, { argnums: 2 })(a, 2, { w })
        expectClose(third.w, last.w, 0)
        const [b, c] = grad(f, { argnums: [2, 0] })(a, 2, { w })
        expectClose(b.w, last.w, 0)
        expectClose(c, first, 0)
        const { value, gradient } = valueAndGrad(f, { argnums: [1] })(a, 2, { w })
        expectClose(value, f(a, 2, { w }), 0)
        expectClose(gradient[0], sum(mul(sin(a), w)), 1e-14)
      }),
    )
  })

  it('nest: a second derivative with respect to two arguments', () => {
    const g = (x: Tensor, y: Tensor): Tensor => mul(sin(x), y)
    const mixed = grad((x: Tensor, y: Tensor) => grad(g, { argnums: 1 })(x, y))
    expect(toNumber(mixed(noise([], 1), noise([], 2)))).toBeCloseTo(
      Math.cos(toNumber(noise([], 1))),
      14,
    )
  })

  it('are refused where there is no such argument', () => {
    const h = (x: Tensor, y: Tensor): Tensor => sum(mul(x, y))
    const x = noise([2], 1)
    for (const argnums of [2, -1, 0.5, [0, 0], [], [0, 3]])
      problemOf(
        () => grad(h as (...xs: Tensor[]) => Tensor, { argnums })(x, x),
        'DomainError in grad',
        `argnums ${JSON.stringify(argnums)}`,
        '2 arguments',
      )
  })
})
