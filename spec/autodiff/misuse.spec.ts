// Finds faults in core/messages/conversion.ts.

import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import {
  checkGradient,
  customVjp,
  grad,
  hessian,
  hvp,
  jacobian,
  jvp,
  perSampleGradient,
  valueAndGrad,
  vjp,
  vmap,
} from '../../autodiff/index.ts'
import {
  add,
  compile,
  cos,
  equal,
  less,
  mul,
  ones,
  programOf,
  select,
  shapeOf,
  showProblem,
  sin,
  stack,
  sum,
  type Tensor,
  type TensorLike,
  tensor,
} from '../../core/index.ts'
import { expectClose, problemOf } from '../expectations.ts'

// What JavaScript would do in silence is refused with words, in every transformation: what was
// written, in which function of the user, and what would be right.

// biome-ignore lint/suspicious/noExplicitAny: JavaScript's view of a tensor
type Any = any
type F = (x: Any) => Any

const x = tensor([1, 2, 3])
const many = tensor([
  [1, 2, 3],
  [4, 5, 6],
])
const { pow } = Math
// biome-ignore lint/suspicious/noGlobalIsFinite: that is the mistake
const finite = globalThis.isFinite
const nothing: { readonly a?: number } = {}

/** A mistake in a function of x, what its message says, and what would be right. */
const mistakes: readonly (readonly [written: string, f: F, says: string, fix: string])[] = [
  ['x * 2', (y) => sum(y * 2), 'x * 2, x > 0 or alike', 'mul(x, 2)'],
  ['2 / x', (y) => sum(2 / y), 'x * 2, x > 0 or alike', 'div(x, 2)'],
  ['x ** 2', (y) => sum(y ** 2), 'x * 2, x > 0 or alike', 'power(x, 2)'],
  ['-x', (y) => sum(-y), 'x * 2, x > 0 or alike', 'neg(x)'],
  ['+x', (y) => sum(+y), 'x * 2, x > 0 or alike', 'neg(x)'],
  ['x + 1', (y) => sum(y + 1), 'x + 1 or x == 1', 'add(x, 1)'],
  ['x += 1', (y) => sum(((z: Any) => z)(y) + 1), 'x + 1 or x == 1', 'add(x, 1)'],
  // biome-ignore lint/suspicious/noDoubleEquals: that is the mistake
  ['x == 1', (y) => (y == 1 ? sum(y) : 0), 'x + 1 or x == 1', 'equal(x, 1)'],
  ['x > 0', (y) => (y > 0 ? sum(y) : 0), 'x > 0', 'select(less(0, x), a, b)'],
  ['x <= 1', (y) => (y <= 1 ? sum(y) : 0), 'x > 0', 'select(less(0, x), a, b)'],
  ['sum(x) > 0', (y) => (sum(y) as Any) > 0 && sum(y), 'x > 0', 'select(less(0, x), a, b)'],
  ['Math.sin(x)', (y) => sum(Math.sin(y)), 'Math.sin: it needs numbers', 'sin(x)'],
  ['Math.exp(x)', (y) => sum(Math.exp(y)), 'Math.exp: it needs numbers', 'exp(x)'],
  ['Math.max(x, 0)', (y) => sum(Math.max(y, 0)), 'in Math.max', 'maximum(x, y)'],
  ['Math.pow(x, 2)', (y) => sum(pow(y, 2)), 'in Math.pow', 'power(x, 2)'],
  ['Math.atan2(x, 1)', (y) => sum(Math.atan2(y, 1)), 'in Math.atan2', 'atan2(y, x)'],
  ['Math.floor(x)', (y) => sum(Math.floor(y)), 'in Math.floor', 'psigrad/core'],
  ['Number(x)', (y) => sum(Number(y)), 'in Number: it needs numbers', 'mul(x, 2)'],
  ['isFinite(x)', (y) => (finite(y) ? 0 : sum(y)), 'in isFinite', 'select('],
  ['a text of x', (y) => sum(`${y}`.length), 'list[x]', 'return a value to see it'],
  ['list[x]', (y) => sum([1, 2, 3][y] as Any), 'list[x]', 'gather(x, [0])'],
  ['x.length', (y) => sum(mul(y, y.length)), 'x.length: a tensor [3]', 'shapeOf(x)[0]'],
  ['x.size', (y) => sum(mul(y, 1 / y.size)), 'x.size: a tensor [3]', 'shapeOf(x)'],
  ['x[0]', (y) => y[0], 'x[0]: a tensor [3]', 'gather(x, [0])'],
  ['x[11]', (y) => y[11], 'x[11]: a tensor [3]', 'slice(x, [0], [1])'],
  [
    'x[0] = 1',
    (y) => {
      y[0] = 1
      return sum(y)
    },
    'x[0]: a tensor [3]',
    'select(',
  ],
  ['x.map(f)', (y) => sum(y.map((v: number) => v)), 'x.map: a tensor', 'mul(x, 2)'],
  ['x.reduce(f)', (y) => y.reduce((a: number, b: number) => a + b), 'x.reduce', 'sum(x)'],
  ['x.data', (y) => y.data.reduce((a: number, b: number) => a + b), 'x.data', 'operations'],
  ['x.T', (y) => sum(y.T), 'x.T: a tensor', 'transpose(x)'],
  [
    'for (const v of x)',
    (y) => {
      let total: TensorLike = 0
      for (const v of y) total = v
      return total
    },
    'for (const v of x) or [...x]',
    'mul(x, 2)',
  ],
  ['[...x]', (y) => sum(stack([...y])), 'for (const v of x)', 'operations act on all entries'],
  ['const [a] = x', (y) => (([a]: Any) => a)(y), 'for (const v of x)', 'operations act'],
  ['an array', (y) => sum(mul([1, 2, 3] as Any, y)), 'in mul: operand 1 is an array', 'tensor([.'],
  [
    'an array of tensors',
    (y) => sum([y, y] as Any),
    'in sum: operand 1 is an array',
    'stack([a, b])',
  ],
  [
    'typed numbers',
    (y) => sum(mul(Float64Array.of(1, 2, 3) as Any, y)),
    'an array (Float64Array)',
    'tensor([...])',
  ],
  ['no operand', (y) => sum((mul as F)(y)), 'mul: operand 2 is undefined', 'give every operand'],
  ['a text', (y) => sum(mul(y, '2' as Any)), 'mul: operand 2 is a string', 'tensor([...])'],
  ['a function', (y) => sum(mul(y, sum as Any)), 'operand 2 is a function', 'call the function'],
  [
    'NaN',
    (y) => sum(mul(y, (nothing.a as Any) + 1)),
    'operand 2 is the number NaN',
    'undefined + 1',
  ],
  ['NaN of an array', (y) => sum(mul(y, ([1, 2] as Any) * 2)), 'the number NaN', '[1, 2] * 3'],
  ['a power of NaN', (y) => sum((sin as F)(mul(y, Number.NaN))), 'the number NaN', 'tensor(NaN)'],
]

/** Mistakes of the whole function, which are seen in its result. */
const results: readonly (readonly [written: string, f: F, says: string, fix: string])[] = [
  ['a forgotten return', (y) => void sum(y), 'result: it is undefined', 'return the result'],
  ['async', async (y) => sum(y), 'it is a promise, of an async function', 'await data before'],
  ['a promise', (y) => Promise.resolve(sum(y)), 'it is a promise', 'is not async'],
  ['a text', () => 'loss', 'it is a string', 'tensor'],
  ['null', () => null, 'it is null', 'tensor'],
  ['NaN', () => Number.NaN, 'it is the number NaN', 'tensor(NaN)'],
  ['a function', () => sum, 'it is a function', 'call the function'],
  ['true', () => true, 'it is a boolean', 'tensor'],
]

/** Every transformation, of a function of one tensor [3]. */
const transformations: Readonly<Record<string, (f: F) => unknown>> = {
  programOf: (f) => programOf(f)(x),
  vjp: (f) => vjp(f)(x),
  jvp: (f) => jvp(f)([x], [x]),
  vmap: (f) => vmap(f)(many),
  grad: (f) => grad(f)(x),
  valueAndGrad: (f) => valueAndGrad(f)(x),
  jacobian: (f) => jacobian(f)(x),
  hessian: (f) => hessian(f)(x),
  hvp: (f) => hvp(f)(x, x),
  perSampleGradient: (f) => perSampleGradient(f)(x as Any, tensor([1, 2])),
  compile: (f) => compile(f, ['perSample'])(x),
  'grad in vmap in compile': (f) => compile(vmap(grad(f)), ['perSample'])(many as Any),
}

const loss = (f: F): F => {
  const of: F = (y) => f(y)
  return Object.defineProperty(of, 'name', { value: 'loss' })
}

describe.each(Object.entries(transformations))('%s refuses', (_, transform) => {
  it.each(mistakes)('%s', (_written, f, says, fix) => {
    const error = problemOf(() => transform(loss(f)), 'TypeError in', says, fix)
    if (error.problem.data?.misuse !== undefined)
      expect(error.message).toMatch(/a tensor \[3?\] that is traced in loss/)
    if (!says.includes('sum')) expect(error.message).not.toMatch(/\binner\b|\bapply\b|undefined in/)
  })

  it.each(results)('a function that returns %s', (_written, f, says, fix) => {
    problemOf(() => transform(loss(f)), `TypeError in loss, result: `, says, fix)
  })
})

describe('customVjp refuses', () => {
  const rule = (pullback: F, forward: F = sin) =>
    customVjp({ name: 'mine', forward, pullback: pullback as never })

  it.each(mistakes)('%s in its parts', (_written, f, says, fix) => {
    const parts = {
      forward: rule(([y]: Any) => [y], f),
      pullback: rule(([y]: Any) => [f(y)]),
    }
    for (const [part, own] of Object.entries(parts)) {
      const error = problemOf(() => own(x), says.replace(/^in /, ''), fix)
      if (error.problem.data?.misuse !== undefined)
        expect(error.message).toContain(`customVjp 'mine': ${part}`)
    }
  })

  it.each(results)('%s from a part', (_written, f, says) => {
    const what = says.replace('result: ', '').replace('it is ', 'is ').replace('the number ', '')
    if (what.includes('NaN')) return
    problemOf(() => rule(([y]: Any) => [y], f)(x), "customVjp 'mine': forward: result 1", what)
    problemOf(() => rule(() => [f(x)])(x), "customVjp 'mine': pullback: result 1", what)
  })

  it('a sum over a broadcast that is forgotten, or another shape', () => {
    const shift = customVjp({
      name: 'shift',
      forward: (a, b) => add(a, b!),
      pullback: (_, __, bar) => [bar, bar],
    })
    const says = 'returned [2, 3], [2, 3] for operands [2, 3], [1, 3]'
    problemOf(() => shift(many, ones([1, 3])), says, 'Fix: sum over the axes of length 1')
    problemOf(() => rule(([y]: Any) => [sum(y)])(x), 'returned []', 'of the shape of that operand')
  })

  it.each([
    ['nothing', () => undefined, 'it returned undefined, not a list'],
    ['a tensor', ([y]: Any) => y, 'it returned a tensor without values, not a list'],
    ['a promise', async ([y]: Any) => [y], 'it returned a promise'],
    ['a record', ([y]: Any) => ({ y }), 'it returned an object'],
  ] as const)('a pullback that returns %s', (_, pullback, says) => {
    problemOf(() => rule(pullback as F)(x), "TypeError in customVjp 'mine': pullback: ", says)
  })
})

describe('checkGradient', () => {
  it.each([...mistakes, ...results])(
    'tells %s as a Left, never a throw',
    (_written, f, says, fix) => {
      const found = checkGradient(loss(f))(x)
      const text = E.isLeft(found) ? showProblem(found.left) : 'right'
      expect(text).toContain(says.replace(/^in |^result: /, ''))
      expect(text).toContain(fix)
      expect(text).toContain('in loss')
    },
  )
})

describe('tensors with values refuse to be NaN', () => {
  const w = tensor([1, 2]) as Any

  it('in arithmetic, comparisons and functions of Math, whatever the rank and precision', () => {
    for (const shape of [[1], [2], [1, 1], [2, 2], [1, 2, 1], [1, 1, 1, 1, 1, 1, 1]])
      for (const precision of ['float64', 'float32'] as const) {
        const one = ones(shape, precision) as Any
        const says = `got a tensor [${shape.join(', ')}].`
        problemOf(() => one * 2, 'x * 2', says, 'mul(x, 2)')
        problemOf(() => one + 1, 'x + 1', says, 'add(x, 1)')
        problemOf(() => one > 0, 'x > 0', says, 'select(less(0, x), a, b)')
        problemOf(() => Math.sin(one), 'Math.sin', says, 'sin(x)')
        problemOf(() => Number(one), 'in Number', says)
      }
    problemOf(() => grad((y: Tensor) => sum(mul(y, w * 2)))(tensor([1, 2])), 'got a tensor [2].')
  })

  it('but have the text of an object, and without axes are numbers', () => {
    expect(`${w}`).toBe('[object Object]')
    expect((sum(w) as Any) * 2).toBe(6)
    expect(Math.sqrt(tensor(4) as Any)).toBe(2)
  })
})

describe('what is right stays right', () => {
  it('the advice of the messages computes', () => {
    const f = (y: Tensor): Tensor => sum(select(less(0, y), mul(y, 2), sin(y)))
    expectClose(grad(f)(x) as never, mul(2, ones([3])), 0)
    expectClose(grad((y: Tensor) => sum(sin(y)))(x) as never, cos(x), 1e-15)
    expect(shapeOf(x)[0]).toBe(3)
  })

  it('NaN as a tensor, and NaN where select leaves it out', () => {
    const f = (y: Tensor): Tensor => sum(select(equal(y, 5), Number.NaN, y))
    expectClose(grad(f)(x) as never, ones([3]), 0)
    const g = (y: Tensor): Tensor => sum(mul(y, tensor(Number.NaN)))
    expectClose(grad(g)(x) as never, mul(Number.NaN, ones([3])), 0)
  })

  it('messages name transformed functions by the user’s', () => {
    const f: F = (y) => sum(y)
    const energy = Object.defineProperty(f, 'name', { value: 'energy' })
    const all: readonly F[] = [grad, vjp, vmap, jacobian, hvp, valueAndGrad]
    const names = all.map((t) => t(energy).name)
    expect(names).toEqual([
      'grad of energy',
      'vjp of energy',
      'vmap of energy',
      'jacobian of energy',
      'hvp of energy',
      'valueAndGrad of energy',
    ])
    expect(customVjp({ name: 'wave', forward: sin, pullback: () => [] }).name).toBe('wave')
    problemOf(() => (vmap(grad(energy)) as Any)(x, tensor([1])), 'in vmap of grad of energy')
  })
})
