import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad } from '../../../../autodiff/index.ts'
import {
  add,
  bind,
  type Concrete,
  compile,
  type Mark,
  mul,
  type PrimitiveName,
  primitives,
  sin,
  stack,
  sub,
  sum,
  type Tensor,
  tensor,
  toPrecision,
  transpose,
} from '../../../../core/index.ts'
import { type ElementwiseName, elementwise } from '../../../../core/primitives/index.ts'
import { noise, noiseLike } from '../../../arbitraries.ts'
import { cases } from '../../../cases.ts'
import { expectClose } from '../../../expectations.ts'
import { expression } from '../../../expressions.ts'
import { ulpsApart } from '../../lowering/lanes/distance.ts'
import { optimisedFromNowOn } from '../../lowering/lanes/optimised.ts'

/** The compiled sums run in another order than those of one sample. */
const ROUNDING = 1e-11
/** The same in float32, for expressions some eight operations deep. */
const ROUNDING32 = 2e-4

/** Elementary functions: at most 3 ulp from the truth compiled, at most 4 in the reference. */
const ULPS = 7

const unary = (Object.keys(elementwise) as ElementwiseName[]).filter(
  (name) => elementwise[name].arity === 1 && name !== 'power',
)

/** Fewer than a tile, a tile, and a last tile that is not full. */
const sampleCount = fc.constantFrom(1, 3, 8, 19)

const together = (rows: readonly Tensor[]): Concrete => stack(rows) as Concrete

optimisedFromNowOn()

describe('a compiled program', () => {
  const names = Object.keys(primitives) as PrimitiveName[]
  it.each(names.filter((name) => name !== 'constant'))('%s is what it is alone', (name) => {
    fc.assert(
      fc.property(cases[name], sampleCount, fc.nat(), ({ operands, params }, samples, which) => {
        // One operand stays shared, so that shared and per-sample operands meet.
        const shared = operands.length > 1 ? which % operands.length : -1
        const f = (...xs: Tensor[]): Tensor => bind(name, params as never, xs)
        const marks = operands.map((_, k): Mark => (k === shared ? 'shared' : 'perSample'))
        const rows = Array.from({ length: samples }, (_, b) =>
          operands.map((x, k) => (k === shared ? x : (mul(x, 1 - b / 64) as Concrete))),
        )
        const args = operands.map((x, k) => (k === shared ? x : together(rows.map((r) => r[k]!))))
        const { run } = compile(f, marks, { backend: 'wasm' })(...operands)
        expectClose(run(...args), together(rows.map((row) => f(...row))), ROUNDING)
      }),
      { numRuns: 25 },
    )
  })

  it('of a random expression and of its gradient are what they are sample by sample', () => {
    fc.assert(
      fc.property(expression, sampleCount, fc.boolean(), ({ f, x }, samples, single) => {
        const precision = single ? 'float32' : 'float64'
        const rows = Array.from({ length: samples }, (_, b) => noiseLike(x, b))
        for (const g of [f, grad((y: Tensor) => sum(f(y)))]) {
          const { run } = compile(g, ['perSample'], { backend: 'wasm', precision })(x)
          const expected = together(rows.map((row) => g(row)))
          const got = toPrecision(run(together(rows)) as Concrete, 'float64')
          expectClose(got, expected, single ? ROUNDING32 : ROUNDING)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('means the same on both backends, several outputs and shared results included', () => {
    fc.assert(
      fc.property(expression, sampleCount, ({ f, x }, samples) => {
        const both = (w: Tensor, y: Tensor): Record<string, Tensor> => ({
          alone: f(w),
          own: f(y),
          mixed: sum(mul(sin(f(w)), y), 0),
          itself: y,
        })
        const marks = ['shared', 'perSample'] as const
        const w = noise(x.shape, 99)
        const ys = together(Array.from({ length: samples }, (_, b) => noiseLike(x, b)))
        const [wasm, reference] = (['wasm', 'reference'] as const).map((backend) =>
          compile(both, marks, { backend })(w, x).run(w, ys),
        )
        for (const key of ['alone', 'own', 'mixed', 'itself'])
          expectClose(wasm![key]!, reference![key]!, ROUNDING)
      }),
      { numRuns: 40 },
    )
  })

  it('gives every sample the same bits, wherever it stands', () => {
    fc.assert(
      fc.property(expression, ({ f, x }) => {
        const { run } = compile(f, ['perSample'], { backend: 'wasm' })(x)
        const rows = Array.from({ length: 21 }, (_, b) => noiseLike(x, b))
        const forwards = run(together(rows)) as Concrete
        const backwards = run(together([...rows].reverse())) as Concrete
        const size = forwards.size / 21
        const sample = (y: Concrete, b: number): ArrayLike<number> =>
          y.data.slice(b * size, (b + 1) * size)
        for (let b = 0; b < 21; b += 1)
          expect(sample(backwards, 20 - b)).toEqual(sample(forwards, b))
      }),
      { numRuns: 30 },
    )
  })

  it('tells views of one memory apart, and constants that differ at their end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), sampleCount, (n, samples) => {
        const last = tensor(
          Array.from({ length: n * n }, (_, i) => (i < n * n - 1 ? 5 : 7)),
          [n, n],
        )
        const f = (x: Tensor): Tensor => add(sub(x, mul(2, transpose(x))), last)
        const rows = Array.from({ length: samples }, (_, b) => noise([n, n], b))
        const { run } = compile(f, ['perSample'], { backend: 'wasm' })(rows[0]!)
        expectClose(run(together(rows)), together(rows.map(f)), ROUNDING)
      }),
      { numRuns: 15 },
    )
  })

  it('keeps not-a-number, infinities and signs of zero', () => {
    const odd = [Number.NaN, Infinity, -Infinity, 0, -0, 1e308, -1e308, 5e-324, -1e-310, 0.5, -2]
    for (const precision of ['float64', 'float32'] as const) {
      const rows = toPrecision(tensor(odd, [odd.length]), precision)
      for (const name of unary) {
        const f = (x: Tensor): Tensor => bind(name, {}, [x])
        const { run } = compile(f, ['perSample'], { backend: 'wasm', precision })(tensor(1))
        const [got, wanted] = [run(rows), f(rows)].map((y) => Array.from((y as Concrete).data))
        wanted!.forEach((y, i) => {
          const off = ulpsApart(got![i]!, y, precision)
          expect([name, precision, rows.data[i], off <= ULPS ? y : got![i]]).toEqual([
            name,
            precision,
            rows.data[i],
            y,
          ])
        })
      }
    }
  })
})
