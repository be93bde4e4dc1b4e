// Finds faults in core/programs/create.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkGradient, grad, hessian, jacobian, jvp, vmap } from '../../../autodiff/index.ts'
import {
  arange,
  argmax,
  type Concrete,
  clip,
  compile,
  cumsum,
  dataOf,
  exp,
  eye,
  min,
  mul,
  ones,
  relu,
  sigmoid,
  stack,
  sum,
  type Tensor,
  tensor,
  toNested,
  toNumber,
  toPrecision,
  topK,
  variance,
} from '../../../core/index.ts'
import { noise, seed, shape, shapeOfRank } from '../../arbitraries.ts'
import { expectClose, problemOf } from '../../expectations.ts'

/** A few operations on numbers of order one. */
const ROUNDING = 1e-13

const ends = fc.constantFrom(
  -Infinity,
  Infinity,
  0,
  -0,
  1,
  -1,
  40,
  -40,
  700,
  -700,
  800,
  -800,
  1e300,
)
const line = fc.array(fc.oneof(fc.double({ noNaN: true, min: -9, max: 9 }), ends), {
  minLength: 1,
  maxLength: 9,
})
const listOf = (x: Tensor): number[] => Array.from(dataOf(x as Concrete))
/** Few different values: ties are common. */
const tied = fc.array(fc.constantFrom(-Infinity, -1, 0, 2, Infinity), {
  minLength: 1,
  maxLength: 7,
})
const sorted = (x: readonly number[]): number[] =>
  x.map((_, i) => i).sort((a, b) => (x[a] === x[b] ? a - b : x[b]! > x[a]! ? 1 : -1))

describe('tensors of known values', () => {
  it('are ones, identities and ranges, in either precision', () => {
    expect(toNested(ones([2, 3]))).toEqual([
      [1, 1, 1],
      [1, 1, 1],
    ])
    expect(listOf(ones([]))).toEqual([1])
    expect(ones([0, 2]).size).toBe(0)
    expect(toNested(eye(3, 2))).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
    ])
    expect([ones([1], 'float32'), eye(1, 1, 'float32'), arange(0, 2, 1, 'float32')]).toSatisfy(
      (all: Concrete[]) => all.every((x) => x.data instanceof Float32Array),
    )
    problemOf(() => ones([-1]), 'ShapeError')
    problemOf(() => eye(1.5), 'ShapeError')
  })

  it('a range holds what lies before its end, and never the end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 50 }),
        fc.nat(60),
        fc.constantFrom(0.1, 0.2, 0.3, 1, 2, 1 / 3, -0.1, -1),
        (first, count, step) => {
          const start = first * 0.1
          const wanted = Array.from({ length: count }, (_, k) => start + k * step)
          expect(listOf(arange(start, start + count * step, step))).toEqual(wanted)
        },
      ),
    )
    expect(listOf(arange(3))).toEqual([0, 1, 2])
    expect(listOf(arange(0, 2.5))).toEqual([0, 1, 2])
    expect(listOf(arange(2, 5, -1))).toEqual([])
    problemOf(() => arange(0, 1, 0), 'DomainError', 'by 0')
    problemOf(() => arange(Number.NaN), 'DomainError')
    problemOf(() => arange(0, Infinity), 'DomainError')
  })
})

describe('operations put together of others', () => {
  it('sigmoid keeps its digits at both ends, and its derivatives are finite and right', () => {
    for (const x of [-700, -100, -40, -1, -1e-9, 0, 1, 40, 700]) {
      // e^-|x| < 1: neither side overflows.
      const e = Math.exp(-Math.abs(x))
      const value = x < 0 ? e / (1 + e) : 1 / (1 + e)
      const slope = e / (1 + e) ** 2
      const bend = (slope * (x < 0 ? 1 - e : e - 1)) / (1 + e)
      const at = tensor(x)
      expect(toNumber(sigmoid(x)) / value).toBeCloseTo(1, 12)
      expect(toNumber(grad(sigmoid)(at)) / slope).toBeCloseTo(1, 12)
      expect(toNumber(jvp(sigmoid)([at], [tensor(1)]).tangent) / slope).toBeCloseTo(1, 12)
      if (x === 0) expect(toNumber(hessian(sigmoid)(at))).toBeCloseTo(0, 14)
      else expect(toNumber(hessian(sigmoid)(at)) / bend).toBeCloseTo(1, 6)
    }
    for (const x of [-Infinity, -1e308, -800, 800, Infinity])
      for (const precision of ['float64', 'float32'] as const) {
        const at = tensor([x], [1], precision)
        expect(listOf(sigmoid(at))).toEqual([x < 0 ? 0 : 1])
        expect(listOf(grad((y: Tensor) => sum(sigmoid(y)))(at)).map(Math.abs)).toEqual([0])
      }
    expect(toNumber(sigmoid(Number.NaN))).toBeNaN()
  })

  it('relu, clip and min are what arithmetic says, infinities and signs of zero included', () => {
    fc.assert(
      fc.property(line, (xs) => {
        const x = tensor(xs)
        expect(listOf(relu(x)).map((v) => v + 0)).toEqual(xs.map((v) => Math.max(v, 0) + 0))
        expect(listOf(clip(x, -2, 3))).toEqual(xs.map((v) => Math.min(Math.max(v, -2), 3)))
        expect(listOf(clip(x, -Infinity, Infinity))).toEqual(xs)
        expect(toNumber(min(x))).toBe(Math.min(...xs))
      }),
    )
  })

  it('clip: 1 inside, 0 outside, ½ at a bound; relu likewise; ties of min share', () => {
    const slopes = (f: (x: Tensor) => Tensor, at: number[]): number[] =>
      listOf(grad((x: Tensor) => sum(f(x)))(tensor(at)))
    expect(slopes((x) => clip(x, -1, 2), [-3, -1, 0, 2, 5])).toEqual([0, 0.5, 1, 0.5, 0])
    expect(slopes(relu, [-1, 0, 1])).toEqual([0, 0.5, 1])
    expect(slopes((x) => min(x), [3, 1, 1])).toEqual([0, 0.5, 0.5])
    problemOf(() => clip(1, 2, 1), 'DomainError in clip', 'between 2 and 1')
    problemOf(() => clip(1, Number.NaN, 1), 'DomainError in clip')
    expect(toNumber(clip(5, tensor(0), tensor(2)))).toBe(2)
  })

  it('variance does not cancel under a large mean, and refuses what has none', () => {
    fc.assert(
      fc.property(shapeOfRank(2, fc.constantFrom(1, 2, 3)), seed, (s, n) => {
        const x = noise(s, n)
        const rows = toNested(x) as number[][]
        const wanted = rows.map((row) => {
          const mean = row.reduce((a, b) => a + b, 0) / row.length
          return row.reduce((a, b) => a + (b - mean) ** 2, 0) / row.length
        })
        expectClose(variance(x, 1), tensor(wanted), ROUNDING)
        expect(variance(x, -1, { keepDims: true }).shape).toEqual([s[0], 1])
      }),
    )
    const far = [1e8, 1e8 + 1, 1e8 + 2, 1e8 + 3]
    expect(toNumber(variance(tensor(far)))).toBe(1.25)
    expect(toNumber(variance(tensor(far), 0, { correction: 1 }))).toBeCloseTo(5 / 3, 12)
    problemOf(() => variance(tensor([])), 'ShapeError in variance', 'no values')
    problemOf(() => variance(tensor([1]), 0, { correction: 1 }), 'DomainError in variance')
    problemOf(() => variance(tensor([1, 2]), [0, -1]), 'ShapeError in variance', 'twice')
  })

  it('cumsum adds up along any axis; an infinity reaches only what comes after it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 20 }), (xs) => {
        let total = 0
        const wanted = xs.map((v) => {
          total += v
          return total + 0
        })
        expect(listOf(cumsum(tensor(xs))).map((v) => v + 0)).toEqual(wanted)
        const column = cumsum(tensor(xs, [xs.length, 1]), 0)
        expect(listOf(column).map((v) => v + 0)).toEqual(wanted)
      }),
    )
    expect(listOf(cumsum(tensor([1, 2, Infinity, 4])))).toEqual([1, 3, Infinity, Infinity])
    problemOf(() => cumsum(1), 'ShapeError in cumsum', 'axis')
    problemOf(() => cumsum(tensor([1]), 1), 'ShapeError in cumsum', '1 is no axis of x [1]')
  })

  it('argmax and topK find the first of equal values, infinities included', () => {
    fc.assert(
      fc.property(tied, fc.nat(6), (xs, k) => {
        const order = sorted(xs)
        const most = 1 + (k % xs.length)
        const x = tensor(xs)
        expect(toNumber(argmax(x))).toBe(order[0])
        const { values, indices } = topK(x, most)
        expect(listOf(indices)).toEqual(order.slice(0, most))
        expect(listOf(values)).toEqual(order.slice(0, most).map((i) => xs[i]))
        const columns = topK(tensor([...xs, ...xs], [2, xs.length]), most, 1)
        expect(columns.indices.shape).toEqual([2, most])
        const rows = topK(tensor(xs, [xs.length, 1]), most, 0)
        expect(listOf(rows.indices)).toEqual(order.slice(0, most))
      }),
    )
    expect(
      listOf(
        argmax(
          tensor([
            [1, Number.NaN],
            [2, 3],
          ]),
        ),
      ),
    ).toEqual([Number.NaN, 1])
    expect(listOf(topK(tensor([1, Number.NaN]), 2).values)).toEqual([Number.NaN, Number.NaN])
    problemOf(() => argmax(tensor([])), 'ShapeError in argmax', 'no values')
    problemOf(() => argmax(1), 'ShapeError in argmax', 'axis')
    for (const k of [0, 3, 1.5, -1]) problemOf(() => topK(tensor([1, 2]), k), 'DomainError in topK')
  })

  it('indices have no derivative, values that of x at their places', () => {
    const x = tensor([3, 1, 4, 1, 5])
    expect(listOf(grad((y: Tensor) => sum(argmax(y)))(x))).toEqual([0, 0, 0, 0, 0])
    expect(listOf(grad((y: Tensor) => sum(topK(y, 3).indices))(x))).toEqual([0, 0, 0, 0, 0])
    const slopes = jacobian((y: Tensor) => topK(y, 2).values)(x)
    expect(toNested(slopes as Concrete)).toEqual([
      [0, 0, 0, 0, 1],
      [0, 0, 1, 0, 0],
    ])
  })

  const smooth: Record<string, (x: Tensor) => Tensor> = {
    min: (x) => min(x, -1),
    relu,
    clip: (x) => clip(x, -0.6, 0.9),
    sigmoid,
    variance: (x) => variance(x, -1),
    cumsum: (x) => cumsum(x),
    topK: (x) => topK(x, 2).values,
    'argmax beside x': (x) => mul(sum(exp(x), -1), argmax(x)),
  }
  for (const [name, f] of Object.entries(smooth))
    it(`${name} passes gradient checks of order 2, and compiles to what it is`, () => {
      fc.assert(
        fc.property(seed, fc.constantFrom('wasm', 'reference'), (n, backend) => {
          const x = noise([2, 3], n)
          const check = checkGradient(f, { order: 2, tolerance: 1e-5 })(x)
          expect(check).toMatchObject({ _tag: 'Right' })
          const rows = [0, 1, 2, 3, 4].map((k) => noise([2, 3], n + k))
          const many = stack(rows)
          const wanted = stack(rows.map(f))
          const options = { backend } as { readonly backend: 'wasm' | 'reference' }
          const { run } = compile(f, ['perSample'], options)(x)
          expectClose(run(many), wanted, 1e-12)
          expectClose(vmap(f)(many), wanted, 1e-12)
          const single = compile(f, ['perSample'], options)(toPrecision(x, 'float32'))
          const got = single.run(toPrecision(many as Concrete, 'float32')) as Concrete
          expectClose(toPrecision(got, 'float64'), wanted, 1e-5)
        }),
        { numRuns: 2 },
      )
    })

  it('compile to the same at infinities, ties and NaN', () => {
    const rows = [
      [Infinity, -Infinity, Infinity, -800, 800],
      [-Infinity, -Infinity, -Infinity, 0, -0],
      [1, Number.NaN, 2, 2, Infinity],
    ]
    const fs = [sigmoid, argmax, cumsum, (x: Tensor) => topK(x, 4).values]
    const more = [(x: Tensor) => topK(x, 5).indices, (x: Tensor) => clip(x, 0, 1), min]
    for (const f of [...fs, ...more] as ((x: Tensor) => Tensor)[]) {
      const { run } = compile(f, ['perSample'])(tensor(rows[0]!))
      expectClose(run(tensor(rows)), stack(rows.map((row) => f(tensor(row)))), 1e-15)
    }
  })

  it('any shape goes through, empty ones where there is something to say', () => {
    fc.assert(
      fc.property(shape, seed, (s, n) => {
        const x = noise(s, n)
        for (const f of [relu, sigmoid, (y: Tensor) => clip(y, -1, 1)])
          expect(f(x).shape).toEqual(s)
        if (s.length > 0) expect(cumsum(x).shape).toEqual(s)
      }),
    )
  })
})
