// Finds faults in core/lowering/scatters.ts and core/tiles/sums.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad } from '../../../autodiff/index.ts'
import {
  type BackendName,
  type Concrete,
  compile,
  concatenate,
  einsum,
  exp,
  gather,
  max,
  mul,
  reshape,
  stack,
  sum,
  type Tensor,
  tensor,
  toPrecision,
} from '../../../core/index.ts'
import { noise, noiseLike } from '../../arbitraries.ts'
import { expectClose } from '../../expectations.ts'
import { expression } from '../../expressions.ts'

/** Some 300 terms, added up in another order. */
const ROUNDING = 1e-10
const ROUNDING32 = 1e-3

const together = (rows: readonly Tensor[]): Concrete => stack(rows) as Concrete
/** Fewer than a tile, whole pieces of work, and pieces whose last tile is not full. */
const sampleCount = fc.constantFrom(0, 1, 3, 8, 16, 19, 128, 131, 300)

describe.each(['wasm', 'reference'] as const)('a summed program on %s', (backend: BackendName) => {
  it('is the sum of what it is for each sample', () => {
    fc.assert(
      fc.property(expression, sampleCount, fc.boolean(), ({ f, x }, samples, single) => {
        const precision = single ? 'float32' : 'float64'
        const both = (w: Tensor, y: Tensor): Record<string, Tensor> => ({
          alone: f(w),
          own: f(y),
          slope: grad((z: Tensor) => sum(mul(f(z), w)))(y),
          itself: y,
        })
        const marks = ['shared', 'perSample'] as const
        const w = noise(f(x).shape, 9)
        const g = (v: Tensor, y: Tensor) => both(v, y)
        const shapes = f(x).shape.join() === x.shape.join()
        fc.pre(shapes)
        const rows = Array.from({ length: samples }, (_, b) => noiseLike(x, b))
        const all = samples === 0 ? tensor([], [0, ...x.shape]) : together(rows)
        const options = { backend, precision } as const
        const each = compile(g, marks, options)(w, x).run(w, all)
        const total = compile(g, marks, { ...options, summed: true })(w, x).run(w, all)
        for (const [name, y] of Object.entries(each))
          expectClose(
            toPrecision(total[name] as Concrete, 'float64'),
            sum(toPrecision(y as Concrete, 'float64'), 0),
            single ? ROUNDING32 : ROUNDING,
          )
      }),
      { numRuns: 20 },
    )
  })

  it('adds up contractions, reductions, look-ups and parts of larger values', () => {
    const f = (w: Tensor, x: Tensor): Tensor => {
      const outer = einsum('i, j -> i j', x, exp(x))
      const product = einsum('o i, i -> o', w, x)
      return concatenate([
        reshape(outer, [-1]),
        product,
        exp(product),
        max(outer, 0),
        sum(outer, 1),
        gather(x, [2, 0, 2, 1], 0),
        grad((y: Tensor) => sum(mul(gather(y, [1, 1, 0], 0), tensor([1, 2, 3]))))(x),
        w.shape[0] === 3 ? reshape(w, [-1]) : w,
      ])
    }
    const [w, x] = [noise([3, 3], 1), noise([3], 2)]
    for (const samples of [1, 8, 21, 140]) {
      const all = together(Array.from({ length: samples }, (_, b) => noise([3], b)))
      const marks = ['shared', 'perSample'] as const
      const each = compile(f, marks, { backend })(w, x).run(w, all)
      const total = compile(f, marks, { backend, summed: true })(w, x).run(w, all)
      expectClose(total, sum(each, 0), ROUNDING)
    }
  })

  it('starts afresh at every call', () => {
    const f = (w: Tensor, x: Tensor): Tensor => mul(w, exp(x))
    const { run } = compile(f, ['shared', 'perSample'], { backend, summed: true })(
      tensor([1, 2]),
      tensor([0, 0]),
    )
    const all = together(Array.from({ length: 37 }, (_, b) => noise([2], b)))
    const [first, second] = [run(tensor([1, 2]), all), run(tensor([2, 4]), all)]
    expectClose(mul(first, 2), second, ROUNDING)
    expect(run(tensor([1, 2]), all)).toEqual(first)
  })
})
