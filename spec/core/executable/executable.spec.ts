// Finds faults in core/executable/backend.ts and core/tiles/{reference, results}.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad } from '../../../autodiff/index.ts'
import {
  add,
  broadcastTo,
  type CompileOptions,
  type Concrete,
  compile,
  concatenate,
  dataOf,
  exp,
  keptMemory,
  type Mark,
  mul,
  type Precision,
  programOf,
  reshape,
  sin,
  slice,
  stack,
  sum,
  type Tensor,
  tensor,
  toPrecision,
  transpose,
  zeros,
} from '../../../core/index.ts'
import type { BackendName } from '../../../core/tiles/job.ts'
import { sliceView } from '../../../core/values/tensor.ts'
import { layouts, noise, seed } from '../../arbitraries.ts'
import { expectClose, problemOf } from '../../expectations.ts'
import { type Expression, expression } from '../../expressions.ts'

// What an executable computes for many samples is what the function computes for each.

/** Around the borders of tiles of 32, and none. */
const anyCount = fc.constantFrom(0, 1, 31, 32, 33, 70)
const backends: readonly BackendName[] = ['reference', 'wasm']
const anyBackend = fc.constantFrom(...backends)
/** Up to four steps of order one, each with elementary functions; sums in any order. */
const TOLERANCE: Readonly<Record<Precision, number>> = { float64: 1e-11, float32: 2e-4 }
const precisions: readonly Precision[] = ['float64', 'float32']

const row = (x: Concrete, s: number): Concrete =>
  reshape(
    sliceView(x, [s, ...x.shape.slice(1).map(() => 0)], [s + 1, ...x.shape.slice(1)]),
    x.shape.slice(1),
  ) as Concrete
const samplesOf = (x: Concrete): Concrete[] =>
  Array.from({ length: x.shape[0]! }, (_, s) => row(x, s))
/** Rows as one tensor, computed one by one. */
const together = (rows: readonly Tensor[], shape: readonly number[]): Concrete =>
  rows.length === 0 ? zeros([0, ...shape]) : (stack(rows) as Concrete)
const many = (n: number, count: number): Concrete => noise([count, 3, 3], n)

const shared: Mark = 'shared'
const perSample: Mark = 'perSample'
type Two = (a: Tensor, b: Tensor) => Tensor
/** Two arguments that meet in every way: alone, early and late. */
const joined =
  (one: Expression, two: Expression): Two =>
  (a, b) =>
    add(one.f(a), sin(mul(two.f(add(b, mul(0.3, a))), add(1, one.f(b)))))

describe('an executable of a random function', () => {
  for (const precision of precisions) {
    it(`gives for every sample what the function gives for it: ${precision}`, () => {
      fc.assert(
        fc.property(expression, anyBackend, anyCount, seed, ({ f, x }, backend, count, n) => {
          const { run } = compile(f, [perSample], { backend, precision })(x)
          const xs = toPrecision(many(n, count), precision)
          const exact = toPrecision(xs, 'float64')
          const got = run(xs) as Concrete
          expect(got.data).toBeInstanceOf(precision === 'float64' ? Float64Array : Float32Array)
          const wanted = together(samplesOf(exact).map(f), [3, 3])
          expectClose(toPrecision(got, 'float64'), wanted, TOLERANCE[precision])
        }),
        { numRuns: 40 },
      )
    })

    it(`shares what all samples share: ${precision}`, () => {
      fc.assert(
        fc.property(
          expression,
          expression,
          fc.constantFrom<readonly [Mark, Mark]>(
            [shared, perSample],
            [perSample, shared],
            [perSample, perSample],
          ),
          anyBackend,
          anyCount,
          seed,
          (one, two, marks, backend, count, n) => {
            const f = joined(one, two)
            const { run } = compile(f, marks, { backend, precision })(one.x, two.x)
            const [a, b] = marks.map((mark, i) =>
              toPrecision(mark === shared ? noise([3, 3], n + i) : many(n + i, count), precision),
            ) as [Concrete, Concrete]
            const at = (x: Concrete, i: number, s: number): Concrete =>
              toPrecision(marks[i] === shared ? x : row(x, s), 'float64')
            const wanted = Array.from({ length: count }, (_, s) => f(at(a, 0, s), at(b, 1, s)))
            const got = toPrecision(run(a, b) as Concrete, 'float64')
            expectClose(got, together(wanted, [3, 3]), 4 * TOLERANCE[precision])
          },
        ),
        { numRuns: 15 },
      )
    })
  }

  it('gives each sample the same bits, whatever samples are beside it', () => {
    fc.assert(
      fc.property(expression, expression, anyBackend, seed, (one, two, backend, n) => {
        const marks = [shared, perSample]
        const { run } = compile(joined(one, two), marks, { backend })(one.x, two.x)
        const xs = many(n, 70)
        const all = run(one.x, xs) as Concrete
        for (const s of [0, 30, 31, 32, 63, 64, 69]) {
          const [alone] = samplesOf(run(one.x, reshape(row(xs, s), [1, 3, 3])) as Concrete)
          expect(dataOf(alone!)).toEqual(dataOf(row(all, s)))
        }
      }),
      { numRuns: 20 },
    )
  })

  it('also of its gradient', () => {
    fc.assert(
      fc.property(expression, anyBackend, seed, ({ f, x }, backend, n) => {
        const slope = grad((y: Tensor) => sum(sin(f(y)))) as (y: Tensor) => Tensor
        const xs = many(n, 33)
        const got = compile(slope, [perSample], { backend })(x).run(xs) as Concrete
        expectClose(got, together(samplesOf(xs).map(slope), [3, 3]), 1e-9)
      }),
      { numRuns: 20 },
    )
  })
})

describe.each(backends)('an executable of backend %s', (backend) => {
  const x = noise([2, 3], 1)
  const xs = noise([33, 2, 3], 2)
  const w = noise([2, 3], 3)
  const options: CompileOptions = { backend }

  it('returns any tree: inputs, views, constants, shared values, the same value twice', () => {
    const f = (p: { readonly w: Tensor }, y: Tensor) => {
      const twice = add(y, y)
      return {
        input: y,
        parameter: p.w,
        fixed: tensor([1, 2, 3]),
        hoisted: exp(p.w),
        turned: transpose(y),
        flat: reshape(transpose(y), [6]),
        part: slice(y, [0, 1], [2, 3]),
        wide: broadcastTo(reshape(y, [1, 2, 3]), [2, 2, 3]),
        turnedLater: transpose(twice),
        pair: [twice, twice, concatenate([p.w, y])] as const,
        total: sum(y),
      }
    }
    const got = compile(f, [shared, perSample], options)({ w }, x).run({ w }, xs)
    const wanted = samplesOf(xs).map((y) => f({ w }, y))
    const close = (a: Tensor, of: (one: (typeof wanted)[number]) => Tensor): void =>
      expectClose(a, stack(wanted.map(of)), TOLERANCE.float64)
    for (const name of [
      'input',
      'parameter',
      'fixed',
      'hoisted',
      'turned',
      'flat',
      'part',
      'wide',
      'turnedLater',
      'total',
    ] as const)
      close(got[name], (one) => one[name])
    for (const i of [0, 1, 2] as const) close(got.pair[i], (one) => one.pair[i])
  })

  it('reads inputs in any memory order', () => {
    const f = (a: Tensor, b: Tensor): Tensor => add(mul(a, b), sin(b))
    const { run } = compile(f, [shared, perSample], options)(w, x)
    for (const [name, layout] of Object.entries(layouts)) {
      const [a, b] = [layout(w), layout(xs)]
      const wanted = samplesOf(b).map((y) => f(a, y))
      expect(b.shape, name).toEqual(xs.shape)
      expectClose(run(a, b), stack(wanted), TOLERANCE.float64)
    }
  })

  it('keeps nothing from call to call, and leaves arguments and earlier results alone', () => {
    const f = (a: Tensor, b: Tensor): Tensor => mul(exp(a), b)
    const { run } = compile(f, [shared, perSample], options)(w, x)
    const before = [dataOf(w).slice(), dataOf(xs).slice()]
    const first = run(w, xs) as Concrete
    const kept = dataOf(first).slice()
    const other = run(noise([2, 3], 7), noise([5, 2, 3], 8)) as Concrete
    expect(other.shape).toEqual([5, 2, 3])
    expectClose(row(other, 4), f(noise([2, 3], 7), row(noise([5, 2, 3], 8), 4)), TOLERANCE.float64)
    expect(dataOf(first)).toEqual(kept)
    expect(dataOf(run(w, xs) as Concrete)).toEqual(kept)
    expect([dataOf(w), dataOf(xs)]).toEqual(before)
  })

  it('holds empty tensors, scalars, and functions of shared arguments alone', () => {
    const empty = compile((y: Tensor) => add(y, 1), [perSample], options)(zeros([0, 3]))
    expect(empty.run(zeros([4, 0, 3])).shape).toEqual([4, 0, 3])
    const overNothing = compile((y: Tensor) => sum(y), [perSample], options)(zeros([0]))
    expect(dataOf(overNothing.run(zeros([3, 0])) as Concrete)).toEqual(new Float64Array(3))
    const scalars = compile((y: Tensor) => mul(y, y), [perSample], options)(tensor(2))
    expect([...dataOf(scalars.run(tensor([1, 2, 3])) as Concrete)]).toEqual([1, 4, 9])
    const alone = compile((y: Tensor) => exp(y), [shared], options)(w)
    expectClose(alone.run(w), stack([exp(w)]), TOLERANCE.float64)
  })

  it('computes in the precision asked for, whatever it is given', () => {
    const f = (y: Tensor): Tensor => add(y, 1e-9)
    for (const precision of precisions)
      for (const given of precisions) {
        const run = compile(f, [perSample], { backend, precision })(tensor([1], [1], given)).run
        const got = run(tensor([1], [1, 1], given)) as Concrete
        expect(got.data).toBeInstanceOf(precision === 'float64' ? Float64Array : Float32Array)
        expect(dataOf(got)[0]).toBe(precision === 'float64' ? 1 + 1e-9 : 1)
      }
  })

  it('shows the program of one sample', () => {
    const f = (a: Tensor, b: Tensor): Tensor => add(mul(a, b), mul(a, b))
    const { program } = compile(f, [shared, perSample], options)(w, x)
    expect(program.inputs.map((v) => v.shape)).toEqual([
      [2, 3],
      [2, 3],
    ])
    expect(program.outputs.map((v) => v.shape)).toEqual([[2, 3]])
    expect(program.equations.length).toBeLessThanOrEqual(programOf(f)(w, x).equations.length)
  })

  it('says which input does not fit, and what would', () => {
    const weighted = (a: Tensor, b: Tensor): Tensor => mul(a, b)
    const { run } = compile(weighted, [shared, perSample], options)(w, x)
    const where = 'ShapeError in run of weighted'
    problemOf(() => run(noise([3, 2], 1), xs), where, 'argument 1', '[3, 2]', '[2, 3]')
    problemOf(() => run(w, noise([4, 3, 2], 1)), where, 'argument 2', '[4, 3, 2]', '[4, 2, 3]')
    problemOf(() => run(w, x), where, 'argument 2')
    const both = compile(weighted, [perSample, perSample], options)(w, x).run
    problemOf(() => both(noise([4, 2, 3], 1), xs), where, 'argument 2', '[33, 2, 3]', '[4, 2, 3]')
  })

  it('with memory that is kept gives the same numbers in memory that the next call takes again', () => {
    const f = (a: Tensor, b: Tensor): Record<string, Tensor> => ({ y: mul(a, b), total: sum(b) })
    const plain = compile(f, [shared, perSample], options)(w, x)
    const reusing = plain.runInto(keptMemory())
    const memoryOf = (out: Record<'y', Tensor>): unknown => dataOf(out.y as Concrete).buffer
    const memories = [33, 5, 33, 70].map((count) => {
      const rows = noise([count, 2, 3], count)
      const [got, wanted] = [reusing(w, rows), plain.run(w, rows)]
      for (const name of ['y', 'total']) {
        const [a, b] = [got[name] as Concrete, wanted[name] as Concrete]
        expect([a.shape, Array.from(dataOf(a))]).toEqual([b.shape, Array.from(dataOf(b))])
      }
      return memoryOf(got)
    })
    expect(memories[1]).toBe(memories[0])
    expect(memories[2]).toBe(memories[0])
    expect(memories[3]).not.toBe(memories[0])
    expect(memoryOf(plain.run(w, xs))).not.toBe(memoryOf(plain.run(w, xs)))
  })

  it('cannot be made from a traced value of another function', () => {
    const inner = (outer: Tensor): Tensor =>
      compile((y: Tensor) => mul(y, outer), [perSample], options)(x).run(xs)
    problemOf(() => programOf(inner)(tensor(2)), 'TraceError', 'pass it as an argument')
  })
})
