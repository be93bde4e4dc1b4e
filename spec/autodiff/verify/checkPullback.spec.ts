// Finds faults in autodiff/verify/{checkPullback, numbers, quotients, assertGradient}.ts.

import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import {
  assertGradient,
  checkPullback,
  customVjp,
  type GradientReport,
  type Numeric,
  pullbackReport,
} from '../../../autodiff/index.ts'
import { toHaveCorrectGradient } from '../../../autodiff/vitest/index.ts'
import { cos, dataOf, mul, sin, square, sum, type Tensor, tensor } from '../../../core/index.ts'
import { problemOf } from '../../expectations.ts'

// Pullbacks of plain numbers, as somebody's own engine has them.

expect.extend({ toHaveCorrectGradient })

type Rule = Parameters<typeof pullbackReport>[0]
const rule = (forward: unknown, pullback: unknown, at: readonly unknown[]): Rule =>
  ({ forward, pullback, at }) as Rule
const verdict = (r: Rule, options = {}): GradientReport => pullbackReport(r, options)

const number = fc.double({ min: -3, max: 3, noNaN: true }).map((x) => Math.round(64 * x) / 64)
const vector = fc.array(number, { minLength: 1, maxLength: 4 })

/** Rules of several structures, with a factor that makes all wrong but 1. */
const rules: Readonly<Record<string, (x: readonly number[], c: number) => Rule>> = {
  'a number': ([x], c) =>
    rule(Math.sin, ([v]: number[], _: number, b: number) => [c * b * Math.cos(v!)], [x]),
  'a nested array': (x, c) =>
    rule(
      (a: number[][]) => a[0]!.map((v) => v ** 3),
      ([a]: [number[][]], _: unknown, b: number[]) => [
        [a[0]!.map((v, i) => c * 3 * v * v * b[i]!)],
      ],
      [[x]],
    ),
  'a typed array': (x, c) =>
    rule(
      (a: Float64Array) => a.reduce((t, v) => t + v * v, 0),
      ([a]: [Float64Array], _: number, b: number) => [a.map((v) => c * 2 * v * b)],
      [Float64Array.from(x)],
    ),
  'a record': (x, c) =>
    rule(
      ({ w, b }: { w: number[]; b: number }) => ({ y: w.map((v) => v * b) }),
      ([{ w, b }]: [{ w: number[]; b: number }], _: unknown, { y }: { y: number[] }) => [
        { w: y.map((v) => c * v * b), b: c * y.reduce((t, v, i) => t + v * w[i]!, 0) },
      ],
      [{ w: x, b: 1.5 }],
    ),
  'two operands': (x, c) =>
    rule(
      (a: number[], s: number) => a.map((v) => Math.exp(v * s)),
      ([a, s]: [number[], number], y: number[], b: number[]) => [
        a.map((_, i) => c * b[i]! * y[i]! * s),
        c * a.reduce((t, v, i) => t + b[i]! * y[i]! * v, 0),
      ],
      [x, 0.5],
    ),
}

describe.each(Object.entries(rules))('a pullback of %s', (_, make) => {
  it('is right where it is, and wrong with any factor', () => {
    fc.assert(
      fc.property(vector, fc.constantFrom(0, -1, 0.5, 2, 1.001), (x, factor) => {
        const near = x.map((v) => v + 0.01) // no slope is zero
        expect(verdict(make(near, 1))).toMatchObject({ verdict: 'right' })
        const wrong = verdict(make(near, factor))
        expect(wrong.verdict).toBe('wrong')
        expect(wrong.blamed.length).toBeGreaterThan(0)
        const { expected, obtained } = wrong.blamed[0]!
        dataOf(expected).forEach((v, i) => {
          expect(Math.abs(dataOf(obtained)[i]! - factor * v)).toBeLessThan(1e-5 * (1 + Math.abs(v)))
        })
      }),
      { numRuns: 12 },
    )
  })
})

describe('the verdict on a pullback', () => {
  const at = [0.5, 2]
  it.each<[GradientReport['verdict'], string, Rule, string]>([
    [
      'wrong',
      'throws',
      rule(Math.sin, () => {
        throw new Error('oh')
      }, [1]),
      'pullback throws: oh',
    ],
    [
      'wrong',
      'returns no list',
      rule(Math.sin, () => 3, [1]),
      'a number; it must return a list of 1',
    ],
    [
      'wrong',
      'returns too many',
      rule(Math.sin, () => [1, 2], [1]),
      'a list of 2; it must return a list of 1',
    ],
    [
      'wrong',
      'has another shape',
      rule(
        (x: number[]) => x,
        () => [[1]],
        [at],
      ),
      'another shape than its operand',
    ],
    ['wrong', 'returns text', rule(Math.sin, () => ['1'], [1]), 'is, or contains, a string'],
    [
      'cannot tell',
      'has a forward that throws',
      rule(
        () => {
          throw new Error('oh')
        },
        () => [1],
        [1],
      ),
      'forward throws at these operands: oh',
    ],
    [
      'cannot tell',
      'has a forward of text',
      rule(
        () => 'a',
        () => [1],
        [1],
      ),
      'is, or contains, a string',
    ],
    ['not finite', 'has an infinite value', rule(Math.log, () => [1], [0]), 'not finite'],
    ['not finite', 'is infinite', rule(Math.sqrt, () => [Number.NaN], [4]), 'not finite'],
    [
      'not deterministic',
      'is random',
      rule(
        () => Math.random(),
        () => [0],
        [1],
      ),
      'differ',
    ],
    ['not differentiable', 'stands on a kink', rule(Math.abs, () => [0], [0]), 'kink'],
    [
      'right',
      'is beside a kink',
      rule(Math.abs, (_: unknown, __: unknown, b: number) => [b], [1e-3]),
      'agrees',
    ],
    [
      'right',
      'stands at the edge of a domain',
      rule(Math.log, ([x]: number[], _: number, b: number) => [b / x!], [1e-6]),
      'agrees',
    ],
    [
      'right',
      'is tiny',
      rule(
        (x: number) => 1e-20 * x * x,
        ([x]: number[], _: number, b: number) => [2e-20 * x! * b],
        [3],
      ),
      'agrees',
    ],
    [
      'wrong',
      'is tiny and half',
      rule(
        (x: number) => 1e-20 * x * x,
        ([x]: number[], _: number, b: number) => [1e-20 * x! * b],
        [3],
      ),
      'gives',
    ],
  ])('is %s where it %s', (wanted, _, r, says) => {
    const report = verdict(r)
    expect([report.verdict, report.reason]).toEqual([wanted, expect.stringContaining(says)])
  })

  it('finds a wrong operand beside one that is 1e7 times larger', () => {
    const pair = rule(
      (a: number, b: number) => 1e7 * a + b,
      (_: unknown, __: number, bar: number) => [1e7 * bar, 1.01 * bar],
      [1, 1],
    )
    const report = verdict(pair)
    expect(report).toMatchObject({ verdict: 'wrong', blamed: [{ operand: 1, rule: 'vjp' }] })
    expect(report.worst?.path).toEqual([1])
  })

  it('has a tolerance of its own for float32, or the caller’s', () => {
    const single = (c: number) =>
      rule(
        (x: Float32Array) => x.map((v) => v * v),
        ([x]: [Float32Array], _: unknown, b: Float32Array) => [x.map((v, i) => c * 2 * v * b[i]!)],
        [Float32Array.of(1.5, -2)],
      )
    expect(verdict(single(1)).verdict).toBe('right')
    expect(verdict(single(1.05)).verdict).toBe('wrong')
    expect(verdict(rules['a number']!([1], 1.001), { tolerance: 0.01 }).verdict).toBe('right')
  })

  it('does not depend on what the functions write into their arguments', () => {
    const greedy = rule(
      (x: number[]) => {
        const y = x.reduce((a, b) => a + b * b, 0)
        x.fill(0)
        return y
      },
      ([x]: [number[]], _: number, b: number) => {
        const bar = x.map((v) => 2 * v * b)
        x.fill(7)
        return [bar]
      },
      [[1, 2]],
    )
    expect(verdict(greedy).verdict).toBe('right')
  })

  it('is a Left with the report as data unless it is right; operands must be numbers', () => {
    const cube = { forward: (x: number) => x ** 3, at: [2] as const }
    const right = checkPullback({ ...cube, pullback: ([x], _, b) => [3 * x * x * b] })
    expect(E.isRight(right) && right.right.verdict).toBe('right')
    const wrong = checkPullback({ ...cube, name: 'cube', pullback: ([x], _, b) => [2 * x * x * b] })
    expect(wrong).toMatchObject({
      left: { kind: 'GradientError', where: 'cube', data: { verdict: 'wrong' } },
    })
    problemOf(() => checkPullback({ ...cube, pullback: () => [1], at: ['2'] as never }), 'a string')
  })
})

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
