import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import {
  checkGradient,
  customVjp,
  grad,
  hvp,
  jvp,
  perSampleGradient,
  vjp,
  vmap,
} from '../../autodiff/index.ts'
import {
  add,
  compile,
  cos,
  div,
  evaluate,
  exp,
  log,
  mul,
  programOf,
  showProblem,
  sin,
  stack,
  stopGradient,
  sum,
  type Tensor,
  tensor,
} from '../../core/index.ts'
import { anyTensor, noise, noiseLike } from '../arbitraries.ts'
import { expectClose, problemOf } from '../expectations.ts'
import { type Expression, expression } from '../expressions.ts'

/** A few operations of order one. */
const ROUNDING = 1e-12

/** log(1 + eˣ), whose pullback is the logistic function: safe where eˣ overflows. */
const softplus = customVjp({
  name: 'softplus',
  forward: (x) => log(add(1, exp(x))),
  pullback: ([x], _, yBar) => [div(yBar, add(1, exp(mul(-1, x!))))],
})
const plain = (x: Tensor): Tensor => log(add(1, exp(x)))

/** sin(xy) with its own pullback for both operands. */
const wave = customVjp({
  forward: (x, y) => sin(mul(x, y!)),
  pullback: ([x, y], _, bar) => {
    const slope = mul(bar, cos(mul(x!, y!)))
    return [mul(slope, y!), mul(slope, x!)]
  },
})
const plainWave = (x: Tensor, y: Tensor): Tensor => sin(mul(x, y))

describe('customVjp', () => {
  it('computes its forward, and passes the check when its pullback is right', () => {
    fc.assert(
      fc.property(anyTensor, (x) => {
        expectClose(softplus(x), plain(x), 0)
        expectClose(wave(x, x), plainWave(x, x), 0)
      }),
    )
    const point = noise([2, 3], 1)
    const options = { order: 2, tolerance: 1e-6 } as const
    expect(checkGradient((x: Tensor) => softplus(x), options)(point)).toMatchObject({
      _tag: 'Right',
    })
    const both = (p: { x: Tensor; y: Tensor }): Tensor => wave(p.x, p.y)
    const pair = { x: point as Tensor, y: noise([2, 3], 2) as Tensor }
    expect(checkGradient(both, options)(pair)).toMatchObject({ _tag: 'Right' })
  })

  it('is followed by reverse mode: the pullback is really used', () => {
    const odd = customVjp({
      forward: sin,
      pullback: ([x], y, bar) => [add(mul(bar, y), mul(0, x!))],
    })
    const x = noise([3], 1)
    expectClose(
      vjp((t: Tensor) => odd(t))(x).pullback(tensor([1, 2, 3]))[0],
      mul(sin(x), tensor([1, 2, 3])),
      0,
    )
    // … while forward mode follows the forward function
    expectClose(jvp((t: Tensor) => odd(t))([x], [x]).tangent, mul(cos(x), x), ROUNDING)
  })

  it('with a wrong pullback is found and blamed by checkGradient', () => {
    const wrong = customVjp({
      name: 'grow',
      forward: exp,
      pullback: (_, y, bar) => [mul(2, mul(y, bar))],
    })
    const loss = (x: Tensor): Tensor => sum(sin(wrong(cos(x))))
    const found = checkGradient(loss)(noise([3], 1))
    const text = E.isLeft(found) ? showProblem(found.left) : ''
    expect(text).toContain('GradientError in loss: wrong at [0]')
    expect(text).toContain("Blamed: customVjp 'grow'.vjp, operand 1")
    expect(text).toContain('ratio 2.000')
  })

  it('composes with every transformation, to higher orders', () => {
    const f = (x: Tensor): Tensor => sum(mul(softplus(x), wave(x, x)))
    const g = (x: Tensor): Tensor => sum(mul(plain(x), plainWave(x, x)))
    fc.assert(
      fc.property(anyTensor, (x) => {
        const v = noiseLike(x, 3)
        expectClose(grad(f)(x), grad(g)(x), ROUNDING)
        expectClose(hvp(f)(x, v), hvp(g)(x, v), 1e-10)
        const slope = (h: typeof f) => (y: Tensor) => sum(mul(grad(h)(y), v))
        expectClose(grad(slope(f))(x), grad(slope(g))(x), 1e-10)
        expectClose(vmap(grad(f))(stack([x, v])), stack([grad(g)(x), grad(g)(v)]), ROUNDING)
        const both = (h: typeof f) => vmap((y: Tensor) => jvp(h)([y], [y]).tangent)(stack([x, v]))
        expectClose(both(f), both(g), ROUNDING)
      }),
    )
  })

  it('takes operands that samples share', () => {
    const rows = stack([noise([2], 1), noise([2], 2), noise([2], 3)])
    const w = noise([2], 4)
    const f = (s: typeof wave) => (p: Tensor, x: Tensor) => sum(s(p, x))
    const mine = perSampleGradient(f(wave))(w, rows)
    expectClose(mine, perSampleGradient(f(plainWave as typeof wave))(w, rows), ROUNDING)
  })

  it('survives tracing, structuredClone and compile', () => {
    const f = (x: Tensor): Tensor => sum(softplus(x))
    const x = noise([3], 1)
    const program = structuredClone(programOf(grad(f))(x))
    expectClose(evaluate(program, [x])[0]!, grad(plain2)(x), ROUNDING)
    const { run } = compile(grad(f), ['perSample'])(x)
    const rows = stack([x, noise([3], 2)])
    expectClose(run(rows), vmap(grad(plain2))(rows), ROUNDING)
  })

  it('says when the pullback returns other shapes, by the name it was given', () => {
    const short = customVjp({
      name: 'gate',
      forward: (x, y) => mul(x, y!),
      pullback: ([x]) => [x!],
    })
    const scalars = customVjp({ forward: sin, pullback: () => [1] })
    problemOf(
      () => short(tensor([1]), tensor([2])),
      "ShapeError in customVjp 'gate': pullback: returned [1] for operands [1], [1].",
      'Fix: return one cotangent per operand',
    )
    problemOf(
      () => scalars(tensor([1, 2])),
      "customVjp 'unnamed': pullback: returned [] for operands [2].",
    )
  })

  it('says when a part closes over a traced value; passing it as an operand works', () => {
    const scaled = (x: Tensor, w: Tensor): Tensor =>
      customVjp({
        name: 'scaled',
        forward: (y) => mul(w, y),
        pullback: (_, __, bar) => [mul(w, bar)],
      })(x)
    problemOf(
      () => grad((w: Tensor) => sum(scaled(tensor([1, 2]), w)))(tensor([3, 4])),
      "TraceError in customVjp 'scaled'",
      'Fix: pass that value as an operand.',
    )
    // Closing over numbers is fine, and so is the fix.
    expectClose(
      grad((x: Tensor) => sum(scaled(x, tensor([3, 4]))))(tensor([1, 2])),
      tensor([3, 4]),
      0,
    )
    const fixed = customVjp({
      forward: (y, w) => mul(w!, y),
      pullback: ([y, w], _, bar) => [mul(w!, bar), mul(y!, bar)],
    })
    expectClose(
      grad((w: Tensor) => sum(fixed(tensor([1, 2]), w)))(tensor([3, 4])),
      tensor([1, 2]),
      0,
    )
  })
})
const plain2 = (x: Tensor): Tensor => sum(plain(x))

describe('stopGradient', () => {
  it('is the identity with derivative zero, in both modes and under vmap', () => {
    fc.assert(
      fc.property(anyTensor, (x) => {
        expectClose(stopGradient(x), x, 0)
        const f = (y: Tensor): Tensor => sum(mul(y, stopGradient(y)))
        expectClose(grad(f)(x), x, 0)
        expectClose(jvp(f)([x], [x]).tangent, sum(mul(x, x)), 0)
        expectClose(vmap(grad(f))(stack([x, x])), stack([x, x]), 0)
        expectClose(hvp(f)(x, x), mul(0, x), 0)
      }),
    )
  })
})

describe('perSampleGradient', () => {
  it('is the loop of gradients over the samples, for any function', () => {
    const model =
      ({ f }: Expression) =>
      (p: { w: Tensor; b: Tensor }, sample: Tensor): Tensor =>
        sum(add(mul(p.w, f(sample)), p.b))
    fc.assert(
      fc.property(expression, (e) => {
        const params = { w: noise([3, 3], 1) as Tensor, b: tensor(0.5) as Tensor }
        const samples = [e.x, noise([3, 3], 2), noise([3, 3], 3)]
        const rows = samples.map((x) => grad(model(e))(params, x))
        const together = perSampleGradient(model(e))(params, stack(samples) as Tensor)
        expectClose(together.w, stack(rows.map((r) => r.w)), ROUNDING)
        expectClose(together.b, stack(rows.map((r) => r.b)), ROUNDING)
      }),
    )
  })
})
