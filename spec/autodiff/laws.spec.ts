import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkGradient,
  grad,
  hessian,
  hvp,
  jacobian,
  jvp,
  valueAndGrad,
  vjp,
  vmap,
} from '../../autodiff/index.ts'
import {
  add,
  type Concrete,
  dataOf,
  einsum,
  evaluate,
  exp,
  mul,
  programOf,
  sin,
  square,
  stack,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
} from '../../core/index.ts'
import { noiseLike } from '../arbitraries.ts'
import { expectClose } from '../expectations.ts'
import { type Expression, expression } from '../expressions.ts'

// Laws of random programs: small well-typed functions of a 3 × 3 matrix.

/** Expressions are some 8 operations deep, with derivatives of order 10. */
const ROUNDING = 1e-11
/** … and second derivatives of order 100. */
const SECOND = 1e-9

const inner = (a: Tensor, b: Tensor): Tensor => sum(mul(a, b))
/** A scalar function with a gradient in which nothing cancels by symmetry. */
const scalarOf =
  ({ f, x }: Expression) =>
  (y: Tensor): Tensor =>
    inner(f(y), noiseLike(x, 99))
const each = (check: (e: Expression) => void, numRuns = 30): void => {
  fc.assert(fc.property(expression, check), { numRuns })
}

describe('random programs', () => {
  it('pass checkGradient at the first order', () => {
    each(({ f, x }) => {
      expect(checkGradient(f)(x)).toMatchObject({ _tag: 'Right' })
    }, 20)
  })

  it('pass checkGradient at the second order', () => {
    each((e) => {
      const report = checkGradient(scalarOf(e), { order: 2, tolerance: 1e-6 })(e.x)
      expect(report).toMatchObject({ _tag: 'Right' })
    }, 6)
  })

  it('have transposed derivatives: ⟨u, J dx⟩ = ⟨Jᵀu, dx⟩', () => {
    each(({ f, x }) => {
      const [u, dx] = [noiseLike(x, 1), noiseLike(x, 2)]
      const { tangent } = jvp(f)([x], [dx])
      const [bar] = vjp(f)(x).pullback(u)
      expectClose(inner(u, tangent), inner(bar, dx), ROUNDING)
    })
  })

  it('keep their value under every transformation', () => {
    each((e) => {
      const { f, x } = e
      expectClose(vjp(f)(x).value, f(x), 0)
      expectClose(jvp(f)([x], [x]).value, f(x), 0)
      expectClose(valueAndGrad(scalarOf(e))(x).value, scalarOf(e)(x), 0)
    })
  })
})

describe('calculus', () => {
  it('the pullback gives the same when called twice, and is linear', () => {
    each(({ f, x }) => {
      const { pullback } = vjp(f)(x)
      const [u, v] = [noiseLike(x, 1), noiseLike(x, 2)]
      const [first] = pullback(u)
      const [other] = pullback(v)
      expect(dataOf(pullback(u)[0] as Concrete)).toEqual(dataOf(first as Concrete))
      expectClose(pullback(sub(mul(3, u), v))[0], sub(mul(3, first), other), ROUNDING)
    })
  })

  it('the gradient of a sum is the sum of the gradients', () => {
    fc.assert(
      fc.property(expression, expression, (a, b) => {
        const [f, g] = [scalarOf(a), scalarOf(b)]
        const both = grad((x: Tensor) => add(f(x), mul(2, g(x))))(a.x)
        expectClose(both, add(grad(f)(a.x), mul(2, grad(g)(a.x))), ROUNDING)
      }),
    )
  })

  it('the derivative of a composition is the composition of the derivatives', () => {
    fc.assert(
      fc.property(expression, expression, (a, b) => {
        const { x } = a
        const whole = vjp((y: Tensor) => b.f(a.f(y)))(x)
        const first = vjp(a.f)(x)
        const second = vjp(b.f)(first.value)
        const u = noiseLike(x, 1)
        expectClose(whole.pullback(u)[0], first.pullback(second.pullback(u)[0])[0], ROUNDING)
        const step = jvp(a.f)([x], [u])
        expectClose(
          jvp((y: Tensor) => b.f(a.f(y)))([x], [u]).tangent,
          jvp(b.f)([step.value], [step.tangent]).tangent,
          ROUNDING,
        )
      }),
    )
  })

  it('a product of a variable with itself counts twice, a variable not used not at all', () => {
    expectClose(grad((x: Tensor) => mul(x, x))(tensor(3)), 6, 0)
    const { a, b } = grad((p: { a: Tensor; b: Tensor }) => square(p.a))({
      a: tensor(3) as Tensor,
      b: tensor([1, 2]) as Tensor,
    })
    expectClose(a, 6, 0)
    expectClose(b, tensor([0, 0]), 0)
    const flat = (_: Tensor): Tensor => tensor(7)
    expectClose(grad(flat)(tensor([1, 2])), tensor([0, 0]), 0)
  })
})

describe('composition in any order', () => {
  const stackOf = (x: Concrete): Concrete[] => [x, noiseLike(x, 7), noiseLike(x, 8)]

  it('vmap(grad f) is the loop of gradients, and grad(Σ vmap f) is the same', () => {
    each((e) => {
      const rows = stackOf(e.x)
      const xs = stack(rows)
      const loop = stack(rows.map((x) => grad(scalarOf(e))(x)))
      expectClose(vmap(grad(scalarOf(e)))(xs), loop, ROUNDING)
      expectClose(grad((ys: Tensor) => sum(vmap(scalarOf(e))(ys)))(xs), loop, ROUNDING)
    })
  })

  it('jvp(grad f) = grad(jvp f) = vjp(grad f): the Hessian is symmetric', () => {
    each((e) => {
      const f = scalarOf(e)
      const { x } = e
      const v = noiseLike(x, 5)
      const forwardOverReverse = hvp(f)(x, v)
      expectClose(grad((y: Tensor) => jvp(f)([y], [v]).tangent)(x), forwardOverReverse, SECOND)
      expectClose(vjp(grad(f))(x).pullback(v)[0], forwardOverReverse, SECOND)
      expectClose(grad((y: Tensor) => inner(grad(f)(y), v))(x), forwardOverReverse, SECOND)
    })
  })

  it('hessian is the matrix of hvp and symmetric', () => {
    each((e) => {
      const f = scalarOf(e)
      const v = noiseLike(e.x, 5)
      const matrix = hessian(f)(e.x)
      expect(matrix.shape).toEqual([3, 3, 3, 3])
      expectClose(einsum('i j k l, k l -> i j', matrix, v), hvp(f)(e.x, v), SECOND)
      expectClose(transpose(matrix, [2, 3, 0, 1]), matrix, SECOND)
    }, 15)
  })

  it('jacobian is the same by rows (reverse) and by columns (forward)', () => {
    each(({ f, x }) => {
      const u = noiseLike(x, 5)
      const reverse = jacobian(f)(x)
      expectClose(einsum('i j k l, k l -> i j', reverse, u), jvp(f)([x], [u]).tangent, ROUNDING)
      expectClose(einsum('i j, i j k l -> k l', u, reverse), vjp(f)(x).pullback(u)[0], ROUNDING)
      // A longer result turns jacobian to forward mode.
      const forward = jacobian((y: Tensor) => stack([f(y), mul(2, f(y))]))(x)
      expectClose(forward, stack([reverse, mul(2, reverse)]), ROUNDING)
    })
  })

  it('vmap(vmap f) maps two axes; sample axes may be anywhere', () => {
    each(({ f, x }) => {
      const grid = [1, 2].map((i) => [3, 4, 5].map((j) => noiseLike(x, 10 * i + j)))
      const wanted = stack(grid.map((row) => stack(row.map((y) => f(y)))))
      const xs = stack(grid.map((row) => stack(row)))
      expectClose(vmap((row: Tensor) => vmap(f)(row))(xs), wanted, ROUNDING)
      const moved = transpose(xs, [2, 0, 3, 1]) // [row, i, column, j]
      const inner = vmap(f, { inAxes: [2] })
      expectClose(vmap(inner, { inAxes: [1] })(moved), wanted, ROUNDING)
    }, 15)
  })

  it('vmap of jvp and of a Hessian-vector product are their loops', () => {
    each((e) => {
      const rows = stackOf(e.x)
      const v = noiseLike(e.x, 5)
      const f = scalarOf(e)
      const push = (x: Tensor): Tensor => jvp(e.f)([x], [v]).tangent
      expectClose(vmap(push)(stack(rows)), stack(rows.map(push)), ROUNDING)
      const curve = (x: Tensor): Tensor => hvp(f)(x, v as Tensor)
      expectClose(vmap(curve)(stack(rows)), stack(rows.map(curve)), SECOND)
    }, 15)
  })

  it('gradients are programs: traced, they print, run and are differentiated again', () => {
    each((e) => {
      const program = programOf(grad(scalarOf(e)))(e.x)
      expectClose(evaluate(program, [e.x])[0]!, grad(scalarOf(e))(e.x), ROUNDING)
    })
  })

  it('third derivatives: d³/dx³ sin = −cos, d³/dx³ x⁴ = 24x', () => {
    const third = (f: (x: Tensor) => Tensor) => grad(grad(grad(f)))
    expectClose(third(sin)(tensor(0.7)), -Math.cos(0.7), 1e-15)
    expectClose(third((x) => square(square(x)))(tensor(2)), 48, 1e-13)
  })
})

describe('perturbation confusion', () => {
  it('does not happen: d/dx [x · d/dy (x + y)] = 1 at y = 1', () => {
    // An inner derivative that mistakes the outer perturbation for its own gives 2.
    const f = (x: Tensor): Tensor => mul(x, grad((y: Tensor) => add(x, y))(tensor(1)))
    expectClose(grad(f)(tensor(1)), 1, 0)
    const g = (x: Tensor): Tensor =>
      mul(x, jvp((y: Tensor) => add(x, y))([tensor(1)], [tensor(1)]).tangent)
    expectClose(jvp(g)([tensor(1)], [tensor(1)]).tangent, 1, 0)
    expectClose(grad(g)(tensor(1)), 1, 0)
    expectClose(jvp(f)([tensor(1)], [tensor(1)]).tangent, 1, 0)
  })

  it('does not happen under vmap, nor with three levels', () => {
    // d/dx [x · d/dy (x² y²)] = d/dx (2 x³ y) = 6 x² y at y = x held fixed
    const f = (x: Tensor): Tensor =>
      mul(x, grad((y: Tensor) => mul(square(x), square(y)))(stopGradient(x)))
    expectClose(vmap(grad(f))(tensor([1, 2])), tensor([6, 48]), 1e-14)
    // d/dx d/dy d/dz of e^{xyz} at 1, 1, 1: (1 + 3xyz + (xyz)²) e^{xyz} = 5e
    const three = grad((x: Tensor) =>
      grad((y: Tensor) => grad((z: Tensor) => exp(mul(x, mul(y, z))))(tensor(1)))(tensor(1)),
    )
    expectClose(three(tensor(1)), 5 * Math.E, 1e-14)
  })
})
