// Finds faults in autodiff/verify/{agreement, branches, claimedSlopes, describe, finite}.ts and
// autodiff/verify/{numericSlopes, subject}.ts.

import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import {
  type CheckOptions,
  checkGradient,
  customVjp,
  type GradientReport,
  gradientReport,
} from '../../../autodiff/index.ts'
import {
  abs,
  add,
  type Concrete,
  cos,
  div,
  exp,
  gather,
  less,
  log,
  logSumExp,
  max,
  maximum,
  mul,
  relu,
  select,
  showProblem,
  sign,
  sin,
  softmax,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  type TensorTree,
  tanh,
  tensor,
  zeros,
} from '../../../core/index.ts'
import { recipes } from '../../core/wasm/differential/programs.ts'
import { falseAlarmOf } from './randomPrograms.ts'

// A verdict is one of seven, and right: every false pass and false alarm that was ever seen, with
// its neighbours.

const report = <X>(f: (x: X) => unknown, x: X, options: CheckOptions = {}): GradientReport =>
  gradientReport(f, options)(x)
const verdictOf = <X>(f: (x: X) => unknown, x: X, options: CheckOptions = {}): string =>
  report(f, x, options).verdict

/** eˣ with a pullback that is half of what it should be. */
const halved = customVjp({
  name: 'halved',
  forward: exp,
  pullback: (_, y, yBar) => [mul(0.5, mul(y, yBar))],
})

describe('a wrong rule is found', () => {
  it.each([1e-300, 1e-20, 1e-7, 1, 1e7, 1e20, 1e300])('in a function scaled by %s', (scale) => {
    const f = (rule: (x: Tensor) => Tensor) => (x: Tensor) => mul(scale, sum(rule(x)))
    expect(verdictOf(f(halved), tensor([0.3, 1]))).toBe('wrong')
    expect(verdictOf(f(exp), tensor([0.3, 1]))).toBe('right')
  })

  it.each([1e7, 1e12])('in a leaf beside one whose gradient is %s times larger', (factor) => {
    const f = (rule: (x: Tensor) => Tensor) => (p: { big: Tensor; small: Tensor }) =>
      add(mul(factor, sum(sin(p.big))), sum(rule(p.small)))
    const p = { big: tensor([0.3]), small: tensor([1, 2]) }
    expect(report(f(halved as never), p)).toMatchObject({
      verdict: 'wrong',
      blamed: [{ primitive: 'customVjp', name: 'halved', rule: 'vjp', operand: 0 }],
    })
    expect(verdictOf(f(exp), p)).toBe('right')
  })

  it('in an entry beside one whose gradient is larger, and in one result of several', () => {
    const inEntry = (x: Tensor): Tensor =>
      add(sum(mul(1e9, gather(x, [0]))), sum(halved(gather(x, [1]))))
    expect(verdictOf(inEntry, tensor([0.3, 1]))).toBe('wrong')
    const inResult = (x: Tensor): TensorTree => ({ re: mul(1e9, sin(x)), im: halved(x) })
    expect(verdictOf(inResult, tensor([0.3, 1]))).toBe('wrong')
    expect(verdictOf((x: Tensor) => ({ re: sin(x), list: [exp(x)] }), tensor([0.3, 1]))).toBe(
      'right',
    )
  })

  it('though its pullback ignores the cotangent, and that is 1', () => {
    const deaf = customVjp({ forward: sin, pullback: ([x]) => [cos(x!)] })
    expect(verdictOf((x: Tensor) => sum(deaf(x)), tensor([0.3, 1]))).toBe('wrong')
  })

  it('in forward mode, or in reverse mode only', () => {
    const f = (x: Tensor): Tensor => sum(halved(x))
    expect(verdictOf(f, tensor([0.3]), { mode: 'forward' })).toBe('right') // it follows eˣ
    expect(verdictOf(f, tensor([0.3]), { mode: 'reverse' })).toBe('wrong')
  })

  it('in float32, within a tolerance of its own', () => {
    const x = tensor(Float32Array.of(0.5, 1)) as Tensor
    expect(report((t: Tensor) => sum(tanh(t)), x)).toMatchObject({
      verdict: 'right',
      tolerance: 1e-4,
    })
    expect(verdictOf((t: Tensor) => sum(halved(t)), x)).toBe('wrong')
  })
})

describe('a right gradient is not blamed', () => {
  const cases: readonly (readonly [string, (x: Tensor) => TensorTree, Concrete])[] = [
    ['√x at 10⁻³', (x) => sum(sqrt(x)), tensor([1e-3, 1])],
    ['|x| within a step of 0', (x) => sum(abs(x)), tensor([0.01, -1e-7, 3])],
    ['relu within a step of 0', (x) => sum(relu(x)), tensor([0.001, -0.002, 1e-6])],
    ['ln x at 10⁻⁶', (x) => sum(log(x)), tensor([1e-6, 1])],
    ['ln x at 10⁻⁶ alone', (x) => log(x), tensor(1e-6)],
    ['1/x at 10⁻⁹', (x) => sum(div(1, x)), tensor([1e-9, -1e-9])],
    ['sin 1000x', (x) => sum(sin(mul(1000, x))), tensor([0.3, 1.2])],
    ['sin 10⁶x', (x) => sum(sin(mul(1e6, x))), tensor([0.3, 1.2])],
    ['sign x, whose derivative is 0', (x) => sum(sign(x)), tensor([0.3, -2])],
    ['Σ softmax, whose derivative is 0', (x) => sum(softmax(x)), tensor([0.3, -2])],
    ['|x|² at 0', (x) => sum(square(abs(x))), tensor([0, 1])],
    ['ln Σ eˣ at a tie', (x) => logSumExp(x), tensor([1, 1, 0])],
    ['softmax at a tie', (x) => softmax(x), tensor([0, 0, 0])],
    ['a stopped gradient', (x) => sum(mul(x, stopGradient(x))), tensor([1, 2])],
    ['a mask with zeros', (x) => sum(select(tensor([0, 1]), x, mul(2, x))), tensor([1, 2])],
    ['a constant shift by 10⁸', (x) => sum(sub(add(1e8, sin(x)), 1e8)), tensor([0.3, 1.2])],
    ['x near 10¹⁰', (x) => sum(square(x)), tensor([1e10, -3e9])],
    ['x near 10⁻²⁰⁰', (x) => sum(mul(3, x)), tensor([1e-200, 2e-200])],
    ['e⁷⁰⁰', (x) => sum(exp(x)), tensor([700])],
  ]
  it.each(cases)('%s', (_, f, x) => {
    const found = report(f, x as Tensor)
    expect(found).toMatchObject({ verdict: 'right', blamed: [] })
    expect(found.maxError).toBeLessThanOrEqual(found.tolerance)
  })

  it('where rounding hides all: right or cannot tell', () => {
    const f = (x: Tensor): Tensor => sum(sub(add(1e12, sin(x)), 1e12))
    expect(['right', 'cannot tell']).toContain(verdictOf(f, tensor([0.3, 1.2])))
  })

  it('in a random program at a random point, whatever its numbers', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        expect(falseAlarmOf(recipe)).toBeUndefined()
      }),
      { numRuns: 60 },
    )
  })
})

describe('not differentiable', () => {
  /** PyTorch's relu: its derivative at 0 is 0, which is one of many that are allowed. */
  const torchRelu = customVjp({
    forward: (x) => maximum(x, 0),
    pullback: ([x], _, yBar) => [mul(yBar, less(0, x!))],
  })
  it.each<readonly [string, (x: Tensor) => TensorTree, Concrete]>([
    ['|x| at 0', (x) => sum(abs(x)), tensor([0, 1])],
    ['relu at 0', (x) => sum(relu(x)), tensor([0, 1])],
    ["PyTorch's relu at 0", (x) => sum(torchRelu(x)), tensor([0, 1])],
    ['|x| nearer to 0 than any step', (x) => sum(abs(x)), tensor([1e-14, 1])],
    ['a maximum at a tie', (x) => max(x), tensor([2, 2, 1])],
    ['a jump', (x) => sum(sign(x)), tensor([0, 1])],
    ['a comparison at a tie', (x) => sum(select(less(x, 0), neg2(x), x)), tensor([0, 1])],
    ['a kink inside', (x) => sum(sin(abs(sub(x, 1)))), tensor([1, 3])],
  ])('is what %s is', (_, f, x) => {
    expect(report(f, x as Tensor)).toMatchObject({ verdict: 'not differentiable', blamed: [] })
  })

  it('tells the slopes of both sides', () => {
    const found = report((x: Tensor) => abs(x), tensor(0) as Tensor)
    expect(found.worst?.sides?.map((s) => Math.round(s * 1e6) / 1e6)).toEqual([-1, 1])
    expect(found.reason).toContain('the slope is -1.00000 on one side and 1.00000 on the other')
  })
})
const neg2 = (x: Tensor): Tensor => mul(-2, x)

describe('not finite', () => {
  it.each<readonly [string, (x: Tensor) => TensorTree, Concrete, string, 'forward' | 'backward']>([
    ['ln −1', (x) => sum(sin(log(x))), tensor([1, -1]), 'log', 'forward'],
    ['1/0', (x) => sum(tanh(div(1, x))), tensor([0, 1]), 'none', 'forward'],
    ['e⁸⁰⁰', (x) => sum(exp(x)), tensor([800, 1]), 'exp', 'forward'],
    ['∞ − ∞', (x) => sum(sub(exp(x), exp(x))), tensor([800]), 'exp', 'forward'],
    ['√0', (x) => sum(sqrt(x)), tensor([0, 1]), 'sqrt', 'backward'],
    [
      'a root that a select hides',
      (x) => sum(select(less(0, x), sqrt(x), 0)),
      tensor([-1, 1]),
      'sqrt',
      'backward',
    ],
  ])('names what made it first: %s', (_, f, x, primitive, pass) => {
    const found = report(f, x as Tensor)
    if (primitive === 'none') {
      // tanh ∞ is 1: the value is finite, and only the derivative is not.
      expect(found.verdict).not.toBe('wrong')
      return
    }
    expect(found).toMatchObject({ verdict: 'not finite', nonFinite: { primitive, pass } })
    expect(found.reason).toContain(primitive)
    expect(found.blamed).toEqual([])
  })

  it('is also what a pullback is that returns NaN, and the pullback is blamed', () => {
    const nan = customVjp({
      name: 'void',
      forward: square,
      pullback: ([x]) => [mul(tensor(Number.NaN), x!)],
    })
    expect(report((x: Tensor) => nan(x), tensor([1, 2]) as Tensor)).toMatchObject({
      verdict: 'not finite',
      nonFinite: { pass: 'backward', name: 'void' },
      blamed: [{ name: 'void', rule: 'vjp' }],
    })
  })
})

describe('what is no matter of numbers', () => {
  it('two calls that differ are not deterministic', () => {
    let calls = 0
    const f = (x: Tensor): Tensor => {
      calls += 1
      return mul(calls, sum(x))
    }
    expect(verdictOf(f, tensor([1]))).toBe('not deterministic')
  })

  it('a leaf, or an argument, that is never used is named', () => {
    expect(verdictOf((_: Tensor) => tensor(3), tensor([1]) as Tensor)).toBe('no dependence')
    const f = (p: { used: Tensor; list: Tensor[] }): Tensor => sum(mul(p.used, p.list[0]!))
    const p = { used: tensor([1]), list: [tensor([2]), tensor([3])] }
    expect(report(f, p as never)).toMatchObject({
      verdict: 'no dependence',
      unused: [['list', 1]],
      reason: 'no dependence: it never uses list[1].',
    })
    // A gradient that is constant, as of a linear function, is no fault of second order.
    expect(verdictOf((x: Tensor) => sum(x), tensor([1]), { order: 2 })).toBe('right')
  })

  it('a cotangent of the wrong shape is wrong, and nothing is thrown', () => {
    const short = customVjp({ name: 'short', forward: sin, pullback: () => [1] })
    const found = checkGradient((x: Tensor) => sum(short(x)))(tensor([1, 2]))
    expect(E.isLeft(found) && found.left.data).toMatchObject({ verdict: 'wrong' })
    expect(E.isLeft(found) && showProblem(found.left)).toContain("customVjp 'short': pullback")
  })

  it('a function that throws is reported, not thrown', () => {
    const f = (): Tensor => {
      throw new Error('no such file')
    }
    expect(report(f, tensor([1]))).toMatchObject({ verdict: 'cannot tell' })
    expect(report(f, tensor([1])).reason).toContain('no such file')
  })

  it('without entries there is nothing to compare, and nothing wrong', () => {
    expect(report((x: Tensor) => sum(x), zeros([0]) as Tensor)).toMatchObject({
      verdict: 'right',
      compared: 0,
    })
  })
})

describe('a report', () => {
  it('names all guilty rules with their lines, what they gave and what they should', () => {
    const alsoWrong = customVjp({
      name: 'turned',
      forward: sin,
      pullback: ([x], _, yBar) => [mul(-1, mul(yBar, cos(x!)))],
    })
    const f = (x: Tensor): Tensor => sum(mul(halved(x), alsoWrong(x)))
    const found = report(f, tensor([0.3, 1]) as Tensor)
    expect(found.blamed.map(({ name, rule, equation }) => [name, rule, equation])).toEqual([
      ['halved', 'vjp', 1],
      ['turned', 'vjp', 2],
    ])
    for (const { site, expected, obtained, name } of found.blamed) {
      expect(site?.file).toContain('verdict.spec.ts')
      const factor = name === 'halved' ? 0.5 : -1
      expect(obtained.data[1]! / expected.data[1]!).toBeCloseTo(factor, 7)
    }
  })

  it('names the equation among others that are right', () => {
    const found = report((x: Tensor) => sum(halved(sin(x))), tensor([0.3, 1]) as Tensor)
    expect(found.blamed).toMatchObject([{ name: 'halved', equation: 2 }])
  })

  it('says what to give to see the same again', () => {
    const f = (x: Tensor): Tensor => sum(halved(x))
    const found = report(f, tensor([0.3]) as Tensor, { seed: 7 })
    expect(found.replay).toEqual({ seed: 7, path: '' })
    expect(report(f, tensor([0.3]) as Tensor, { seed: 7 })).toEqual(found)
  })
})
