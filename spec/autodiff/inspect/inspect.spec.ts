import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { customVjp, grad, inspect, vjp } from '../../../autodiff/index.ts'
import {
  add,
  type Concrete,
  cos,
  dataOf,
  exp,
  interpret,
  log,
  mul,
  power,
  primitives,
  programOf,
  scoped,
  select,
  showProgram,
  sin,
  softmax,
  sqrt,
  sum,
  type Tensor,
  tensor,
} from '../../../core/index.ts'
import { expression } from '../../expressions.ts'

// Finds faults in autodiff/inspect/{nonFinite,ruleErrors,ruleWords,valueSummary}.ts.

const RUNS = { numRuns: 25 }
/** The stack of every equation takes milliseconds. */
const quick = { lines: false }

/** A sum in another order: a few units in the last place for each of nine terms. */
const ROUNDING = 1e-12
/** Differences of single equations are extrapolated to this, relative. */
const RESOLUTION = 1e-7

const near = (a: number, b: number): boolean =>
  Math.abs(a - b) <= ROUNDING * Math.max(1, Math.abs(a), Math.abs(b))

const mySine = (factor: number) =>
  customVjp({
    name: 'mySine',
    forward: (x) => sin(x),
    pullback: ([x], _, yBar) => [mul(yBar, mul(factor, cos(x!)))],
  })

describe('inspect, on random programs,', () => {
  it('has the values of the interpreter and the names of showProgram', () => {
    fc.assert(
      fc.property(expression, ({ f, x }) => {
        const { program, inputs, equations } = inspect(f, quick)(x)
        const values = interpret(program, [x]) as Concrete[]
        const all = [...inputs, ...equations]
        expect(all.length).toBe(values.length)
        all.forEach(({ value, shape }, id) => {
          const data = Array.from(dataOf(values[id]!))
          expect(shape).toEqual(values[id]!.shape)
          expect(value.first).toEqual(data.slice(0, 4))
          // Only the count tells of 0/0, which logSumExp makes and does not use.
          const finite = data.filter(Number.isFinite)
          const total = (of: (v: number) => number): number =>
            finite.reduce((sum, v) => sum + of(v), 0)
          expect([value.size, value.nan]).toEqual([data.length, data.length - finite.length])
          if (finite.length === 0) return
          expect([value.min, value.max]).toEqual([Math.min(...finite), Math.max(...finite)])
          expect(
            near(
              value.mean * finite.length,
              total((v) => v),
            ),
          ).toBe(true)
          expect(
            near(
              value.rms ** 2 * finite.length,
              total((v) => v * v),
            ),
          ).toBe(true)
        })
        const text = showProgram(programOf(f)(x))
        for (const { name, primitive } of equations)
          expect(text).toMatch(new RegExp(`^  ${name}: .* = ${primitive}\\b`, 'm'))
      }),
      RUNS,
    )
  })

  it('brings to the input what grad does, and what vjp does from a given cotangent', () => {
    fc.assert(
      fc.property(expression, ({ f, x }) => {
        const [input] = inspect(f, quick)(x).inputs
        const whole = grad((y: Tensor) => sum(f(y)))(x) as Concrete
        expect(input?.cotangent?.first ?? [0, 0, 0, 0]).toEqual(
          Array.from(dataOf(whole)).slice(0, 4),
        )
        const { value, pullback } = vjp(f)(x)
        const bar = sin(value)
        const given = inspect(f, { cotangent: bar, ...quick })(x).inputs[0]?.cotangent
        const [expected] = pullback(bar) as [Concrete]
        expect(given?.first ?? [0, 0, 0, 0]).toEqual(Array.from(dataOf(expected)).slice(0, 4))
      }),
      RUNS,
    )
  })

  it('finds no rule of psigrad wrong, and nothing that is not finite', () => {
    fc.assert(
      fc.property(expression, ({ f, x }) => {
        const { equations, nonFinite } = inspect(f, { rules: true, ...quick })(x)
        const errors = equations.flatMap((e) => e.ruleError ?? [])
        expect(errors.length).toBeGreaterThan(0)
        expect(Math.max(...errors)).toBeLessThan(RESOLUTION)
        expect(nonFinite).toEqual({ forward: [], backward: [] })
      }),
      RUNS,
    )
  })

  it('measures the error of a rule that a student got wrong, and of this one alone', () => {
    fc.assert(
      fc.property(expression, fc.constantFrom(1.01, 2, -1, 0.5, 1.000_01), ({ f, x }, factor) => {
        const wrong = mySine(factor)
        const { equations } = inspect((y: Tensor) => wrong(f(y)), { rules: true, ...quick })(x)
        const error = Math.abs(1 - factor) / Math.max(1, Math.abs(factor))
        for (const { operation, ruleError } of equations)
          if (operation === "customVjp 'mySine'")
            expect(Math.abs((ruleError ?? error) - error)).toBeLessThan(1e-6)
          else expect(ruleError ?? 0).toBeLessThan(RESOLUTION)
      }),
      RUNS,
    )
  })
})

describe('inspect', () => {
  it('says what each equation is: parameters, operands, rule, layers, and its line of code', () => {
    const f = (x: Tensor) =>
      sum(
        scoped('head', () => scoped('head', () => power(x, 3))),
        [0],
      )
    const { name, inputs, equations, outputs } = inspect(f)(tensor([1, 2]))
    expect(name).toBe('f')
    expect(inputs.map((v) => v.path)).toEqual(['argument 1'])
    expect(outputs).toEqual([{ name: 'c', path: '(root)' }])
    const [cube, total] = equations
    expect(cube).toMatchObject({
      index: 0,
      params: 'exponent 3',
      operands: ['a'],
      layers: ['head'],
      rule: ['xᵖ, p fixed', 'ȳ · p xᵖ⁻¹, 0 for p = 0', 'p xᵖ⁻¹ dx, 0 for p = 0'],
    })
    expect(total).toMatchObject({ params: 'axes [0]', operands: ['b'], layers: [] })
    expect(cube?.site?.file).toMatch(/inspect\.spec\.ts$/)
    expect(inspect(f, quick)(tensor([1])).equations[0]?.site).toBeUndefined()
    expect(Math.abs(cube!.site!.line - total!.site!.line)).toBeLessThan(3)
  })

  it('numbers a layer that is applied again', () => {
    const part = (x: Tensor): Tensor => scoped('part', () => sin(x))
    const { equations } = inspect((x: Tensor) => part(part(x)))(tensor([1]))
    expect(equations.map((e) => e.layers)).toEqual([['part'], ['part (2)']])
  })

  it('takes trees, and functions without arguments', () => {
    const f = ({ w }: { w: Tensor[] }, x: Tensor) => ({ re: mul(w[0]!, x), im: w[0]! })
    const { inputs, outputs } = inspect(f)({ w: [tensor([1])] }, tensor([2]))
    expect(inputs.map((v) => v.path)).toEqual(['argument 1, w[0]', 'argument 2'])
    expect(outputs.map((o) => o.path)).toEqual(['re', 'im'])
    expect(inspect(() => sin(1))().equations).toHaveLength(1)
  })

  it('refuses a traced value, an unknown option, and a cotangent of another shape', () => {
    const inside = (x: Tensor): Tensor => sum(inspect(sin)(x) && x)
    expect(() => grad(inside)(tensor([1]))).toThrow('a traced value has no numbers yet')
    expect(() => inspect(sin, { rule: true } as never)(1)).toThrow("no option 'rule'")
    expect(() => inspect(sin, { cotangent: tensor([1]) })(tensor([1, 2]))).toThrow('cotangent')
  })

  it('has a rule in words for every primitive', async () => {
    const { ruleWords } = await import('../../../autodiff/index.ts')
    expect(Object.keys(ruleWords).toSorted()).toEqual(Object.keys(primitives).toSorted())
  })
})

describe('what is not finite', () => {
  const forward = (f: (x: Tensor) => unknown, x: Tensor) =>
    inspect(f)(x).nonFinite.forward.map(({ equation, what }) => [equation, what])
  const backward = (f: (x: Tensor) => unknown, x: Tensor) =>
    inspect(f)(x).nonFinite.backward.map(({ equation, what }) => [equation, what])

  it('is placed where it arose, wherever that is in a random program', () => {
    fc.assert(
      fc.property(expression, expression, ({ f, x }, { f: g }) => {
        const bad = (y: Tensor): Tensor => log(mul(0, y))
        const { program, nonFinite } = inspect((y: Tensor) => g(bad(f(y))), quick)(x)
        const [first] = nonFinite.forward
        if (first !== undefined) expect(program.equations[first.equation!]?.primitive).toBe('log')
      }),
      RUNS,
    )
    expect(forward((x) => exp(log(x)), tensor([0, 1]))).toEqual([])
    expect(forward((x) => log(x), tensor([0, 1]))).toEqual([
      [0, 'b = log made 1 infinite of 2 from finite a'],
    ])
    expect(forward((x) => sin(x), tensor([Number.NaN]))).toEqual([[undefined, 'input a has 1 NaN']])
  })

  it('is no fault where a select or softmax takes no notice of it', () => {
    expect(forward((x) => softmax(x), tensor([1, 2]))).toEqual([])
    expect(forward((x) => select(tensor([0, 1]), log(x), x), tensor([0, 1]))).toEqual([])
  })

  it('is placed on the way back, where forward all was finite', () => {
    const f = (x: Tensor): Tensor => sum(mul(0, sqrt(x)))
    expect(backward(f, tensor([0, 4]))).toEqual([
      [0, 'the pullback of sqrt made 1 NaN of 2 for a, from a finite cotangent of b'],
    ])
    expect(forward(f, tensor([0, 4]))).toEqual([])
  })

  it('may be a cotangent that was given, or a sum of finite ones', () => {
    const given = inspect(sin, { cotangent: tensor([Number.NaN]) })(tensor([1])).nonFinite
    expect(given.backward).toEqual([{ equation: undefined, what: 'the cotangent given to b' }])
    const large = tensor([1e308])
    const f = (x: Tensor): Tensor => add(mul(large, x), mul(large, x))
    expect(backward(f, tensor([0.1]))).toEqual([
      [undefined, 'the sum of finite cotangents of a overflowed'],
    ])
  })
})
