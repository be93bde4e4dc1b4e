import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad, jacobian, jvp, vjp, vmap } from '../../autodiff/index.ts'
import {
  add,
  type Concrete,
  mul,
  reshape,
  square,
  sum,
  type Tensor,
  tensor,
  toNumber,
  toPrecision,
} from '../../core/index.ts'
import { noiseLike } from '../arbitraries.ts'
import { expectClose, problemOf } from '../expectations.ts'
import { type Expression, expression } from '../expressions.ts'

// What may be differentiated: numbers, tensors of either precision, trees, nothing at all.

const inner = (a: Tensor, b: Tensor): Tensor => sum(mul(a, b))
const scalarOf =
  ({ f, x }: Expression) =>
  (y: Tensor): Tensor =>
    inner(f(y), noiseLike(x, 99))

describe('float32', () => {
  it('derivatives of float32 points are float32 and agree with float64', () => {
    fc.assert(
      fc.property(expression, (e) => {
        const single = toPrecision(e.x, 'float32')
        const g = grad(scalarOf(e))(single) as Concrete
        expect(g.data).toBeInstanceOf(Float32Array)
        // 8 operations of relative error 6e-8, derivatives of order 10, some cancellation
        expectClose(g, grad(scalarOf(e))(e.x), 1e-3)
        const { tangent } = jvp(e.f)([single], [single])
        expect((tangent as Concrete).data).toBeInstanceOf(Float32Array)
      }),
    )
    const unused = grad((p: { a: Tensor; b: Tensor }) => sum(p.a))({
      a: tensor(Float32Array.of(1)) as Tensor,
      b: tensor(Float32Array.of(1)) as Tensor,
    })
    expect((unused.b as Concrete).data).toBeInstanceOf(Float32Array)
    // The Jacobian of a linear function never meets x: its precision is that of the directions.
    for (const f of [square, (x: Tensor) => mul(2, x), (x: Tensor) => x])
      expect((jacobian(f)(tensor(Float32Array.of(1, 2))) as Concrete).data).toBeInstanceOf(
        Float32Array,
      )
  })

  it('does not mix with float64', () => {
    const x = tensor([1, 2])
    const single = tensor(Float32Array.of(1, 2))
    problemOf(() => vjp((a: Tensor, b: Tensor) => mul(a, b))(x, single), 'float32 and float64')
    problemOf(() => vjp(square)(single).pullback(x), 'float32 and float64')
  })
})

describe('arguments', () => {
  it('may be numbers, tensors and trees of them; the gradient has their type', () => {
    const loss = (p: { w: Tensor; list: readonly [Tensor, number] }, x: Tensor): Tensor =>
      add(inner(p.w, x), mul(p.list[0], p.list[1]))
    const x = tensor([1, 2])
    const point = { w: tensor([3, 4]) as Tensor, list: [tensor(5) as Tensor, 6] as const }
    const g = grad(loss)(point, x)
    expectClose(g.w, x, 0)
    expectClose(g.list[0], 6, 0)
    expectClose(g.list[1], 5, 0)
    expect(toNumber(grad((y: Tensor) => square(y))(tensor(3)))).toBe(6)
    expect(toNumber(grad((y: never) => square(y))(3 as never))).toBe(6)
  })

  it('cotangents may be numbers; they fill the value', () => {
    expectClose(vjp(square)(tensor(3)).pullback(tensor(2))[0], 12, 0)
    expectClose(
      vjp((x: Tensor) => sum(x))(tensor([1, 2])).pullback(3 as never)[0],
      tensor([3, 3]),
      0,
    )
  })

  it('of size 0 have derivatives of size 0', () => {
    const empty = tensor([], [0, 2])
    expect(grad((x: Tensor) => sum(square(x)))(empty as Tensor).shape).toEqual([0, 2])
    expect(jacobian((x) => reshape(x, [2, 0]))(empty).shape).toEqual([2, 0, 0, 2])
    expect(vmap((x: Tensor) => sum(x))(empty as Tensor).shape).toEqual([0])
  })
})
