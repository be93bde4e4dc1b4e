import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad, hessian, jvp, vjp } from '../../autodiff/index.ts'
import {
  atan2,
  bind,
  type Concrete,
  compile,
  dataOf,
  logSumExp,
  type Precision,
  type PrimitiveName,
  power,
  softmax,
  sum,
  type Tensor,
  tanh,
  tensor,
  toNumber,
  toPrecision,
  zeros,
} from '../../core/index.ts'

// Derivatives over the whole range of numbers, not only where everything is of order one: near 0,
// where functions saturate, where squares underflow or overflow, and at infinity. Both tables, both
// precisions, interpreted and compiled.

/** A few roundings; a compiled exp is within 1 ulp, a rule has at most six operations. */
const ULPS = 12
const formats = {
  float64: { epsilon: 2 ** -52, least: 2 ** -1022, most: Number.MAX_VALUE, decades: 300 },
  float32: { epsilon: 2 ** -23, least: 2 ** -126, most: 3.4e38, decades: 37 },
} as const
const precisions = ['float64', 'float32'] as const
const inPrecision = (x: number, precision: Precision): number =>
  precision === 'float32' ? Math.fround(x) : x

/** y′(x) to float64 accuracy, and by how much the rounding of its argument may be amplified. */
interface Slope {
  readonly slope: (x: number) => number
  readonly condition?: (x: number) => number
  readonly domain?: (x: number) => boolean
}
const positive = (x: number): boolean => x > 0
const slopes: { readonly [P in PrimitiveName]?: Slope } = {
  exp: { slope: Math.exp, condition: Math.abs },
  expm1: { slope: Math.exp, condition: Math.abs },
  log: { slope: (x) => 1 / x, domain: positive },
  log1p: { slope: (x) => 1 / (1 + x), domain: (x) => x > -0.999 },
  sqrt: { slope: (x) => 0.5 / Math.sqrt(x), domain: positive },
  tanh: {
    slope: (x) => {
      const e = Math.exp(-2 * Math.abs(x))
      return (4 * e) / (1 + e) ** 2
    },
  },
  sinh: { slope: Math.cosh, condition: Math.abs },
  cosh: { slope: Math.sinh, condition: Math.abs },
  asinh: { slope: (x) => 1 / Math.hypot(1, x), condition: (x) => Math.abs(Math.asinh(x)) },
  erf: { slope: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x), condition: (x) => x * x },
}

/** Signed numbers, every decade alike. */
const wide = (precision: Precision): fc.Arbitrary<number> => {
  const { decades } = formats[precision]
  const size = fc
    .double({ min: -decades, max: decades, noNaN: true })
    .map((d) => inPrecision(10 ** d, precision))
  const usual = fc.double({ min: -45, max: 45, noNaN: true })
  return fc
    .oneof(fc.tuple(size, fc.constantFrom(1, -1)), fc.tuple(usual, fc.constant(1)))
    .map(([x, sign]) => inPrecision(sign * x, precision))
}

const expectSlope = (
  got: number,
  wanted: number,
  precision: Precision,
  condition: number,
  what: readonly unknown[],
): void => {
  const { epsilon, least, most } = formats[precision]
  const size = Math.abs(wanted)
  const allowed = ULPS * epsilon * size * (1 + condition) + 4 * least
  // Next to the largest number it may overflow on the way; beyond, it has to.
  const right =
    size > 8 * most
      ? got === Math.sign(wanted) * Number.POSITIVE_INFINITY
      : Math.abs(got - wanted) <= allowed || (size > most / 8 && Math.abs(got) > most / 8)
  if (!right) expect([...what, got]).toEqual([...what, wanted])
}

/** dy/dx by both tables, interpreted and compiled. */
const ways = (f: (x: Tensor) => Tensor, precision: Precision) => {
  const pulled = (x: Tensor): Tensor => vjp(f)(x).pullback(1 as unknown as Tensor)[0]
  const pushed = (x: Tensor): Tensor => jvp(f)([x], [1 as unknown as Tensor]).tangent
  const single = (x: number): Concrete => toPrecision(tensor(x), precision)
  const made = [pulled, pushed].map((g) => compile(g, ['perSample'], { precision })(zeros([])))
  return (x: number): readonly number[] => [
    toNumber(pulled(single(x))),
    toNumber(pushed(single(x))),
    ...made.map(({ run }) => dataOf(run(toPrecision(tensor([x]), precision)) as Concrete)[0]!),
  ]
}

describe.each(precisions)('slopes over the whole range in %s', (precision) => {
  it.each(Object.entries(slopes))('of %s', (name, { slope, condition, domain }) => {
    const f = (x: Tensor): Tensor => bind(name as 'exp', {}, [x])
    const derivative = ways(f, precision)
    const check = (x: number): void => {
      if (domain?.(x) === false) return
      const wanted = slope(x)
      for (const got of derivative(x))
        expectSlope(got, wanted, precision, condition?.(x) ?? 0, [name, x])
    }
    fc.assert(fc.property(wide(precision), check), { numRuns: 40 })
    for (const x of [0, 1e-8, 5, 9, 17, 20, 30, 40, 44, 90, 350, 400, 800]) [x, -x].forEach(check)
  })

  it('of atan2, wherever the point is', () => {
    const both = (x: Tensor): Tensor => atan2(sum(slice0(x, 0)), sum(slice0(x, 1)))
    const pulled = (x: Tensor): Tensor => grad(both)(x)
    const { run } = compile(pulled, ['perSample'], { precision })(zeros([2]))
    fc.assert(
      fc.property(wide(precision), wide(precision), (s, c) => {
        fc.pre(Math.max(Math.abs(s), Math.abs(c)) > 8 * formats[precision].least)
        // x/(x² + y²), scaled by a power of two, which rounds nothing.
        const scale = 2 ** -Math.floor(Math.log2(Math.max(Math.abs(s), Math.abs(c))))
        const [y, x] = [s * scale, c * scale]
        const r2 = x * x + y * y
        const wanted = [(x / r2) * scale, (-y / r2) * scale]
        const at = toPrecision(tensor([s, c]), precision)
        const many = toPrecision(tensor([[s, c]]), precision)
        const [ds, dc] = [
          [1, 0],
          [0, 1],
        ].map((d) => toNumber(jvp(both)([at], [toPrecision(tensor(d), precision)]).tangent))
        const found = [dataOf(pulled(at) as Concrete), dataOf(run(many) as Concrete), [ds!, dc!]]
        for (const got of found)
          wanted.forEach((w, k) => {
            expectSlope(got[k]!, w, precision, 0, ['atan2', s, c, k])
          })
      }),
      { numRuns: 60 },
    )
  })

  it('of a quotient: no square of the divisor underflows or overflows', () => {
    fc.assert(
      fc.property(wide(precision), fc.double({ min: 0.1, max: 10, noNaN: true }), (b, ratio) => {
        const a = inPrecision(b * ratio, precision)
        fc.pre(Math.min(Math.abs(a), Math.abs(b)) > 8 * formats[precision].least)
        const [x, y] = [a, b].map((v) => toPrecision(tensor(v), precision))
        const f = (p: Tensor, q: Tensor): Tensor => bind('div', {}, [p, q])
        const wanted = -(a / b) / b
        const { tangent } = jvp(f)([x!, y!], [zeroLike(precision), 1 as unknown as Tensor])
        const [, pulled] = vjp(f)(x as Tensor, y as Tensor).pullback(1 as unknown as Tensor)
        for (const got of [tangent, pulled])
          expectSlope(toNumber(got), wanted, precision, 0, ['div', a, b])
      }),
    )
  })
})

const slice0 = (x: Tensor, k: number): Tensor => bind('slice', { start: [k], stop: [k + 1] }, [x])
const zeroLike = (precision: Precision): Concrete => toPrecision(tensor(0), precision)

describe('higher derivatives at the ends', () => {
  it('of tanh: −2 tanh sech², finite everywhere, and −2 for the third at 0', () => {
    const slope = (x: Tensor): Tensor => grad((y: Tensor) => tanh(y))(x)
    for (const x of [0, 0.3, -2, 20, -35, 300, -400, 1000]) {
      const e = Math.exp(-2 * Math.abs(x))
      const wanted = (-8 * Math.tanh(x) * e) / (1 + e) ** 2
      const got = toNumber(hessian((y: Tensor) => tanh(y))(tensor(x)))
      expect(Math.abs(got - wanted)).toBeLessThanOrEqual(1e-13 * Math.abs(wanted))
    }
    expect(toNumber(hessian(slope)(tensor(0)))).toBeCloseTo(-2, 12)
  })
})

describe('logSumExp and softmax at infinite terms', () => {
  const term = fc.oneof(
    fc.constantFrom(Infinity, -Infinity),
    fc.double({ min: -50, max: 50, noNaN: true }),
  )
  /** ±∞ stands for whatever is larger than all others: such numbers give the limit. */
  const huge = (x: number): number => (Number.isFinite(x) ? x : Math.sign(x) * 1e30)

  it('have the limits of large terms; the gradient of one is the other', () => {
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 5 }), (xs) => {
        const [x, near] = [tensor(xs), tensor(xs.map(huge))]
        const limit = toNumber(logSumExp(near))
        const value = toNumber(logSumExp(x))
        if (Math.abs(limit) > 1e29) expect(value).toBe(limit > 0 ? Infinity : -Infinity)
        else expect(value).toBeCloseTo(limit, 12)
        const shares = [...dataOf(softmax(near) as Concrete)]
        const close = (got: Tensor): void =>
          dataOf(got as Concrete).forEach((p, i) => {
            expect(p).toBeCloseTo(shares[i]!, 12)
          })
        close(softmax(x))
        close(grad((y: Tensor) => logSumExp(y))(x))
        for (const precision of precisions) {
          const f = (y: Tensor): Tensor => grad((z: Tensor) => logSumExp(z))(y)
          const { run } = compile(f, ['perSample'], { precision })(x)
          const got = dataOf(run(tensor([xs])) as Concrete)
          got.forEach((p, i) => {
            expect(p).toBeCloseTo(shares[i]!, 5)
          })
        }
        const weights = vjp((y: Tensor) => softmax(y))(x).pullback(tensor(xs.map((_, i) => i)))
        expect([...dataOf(weights[0] as Concrete)].every(Number.isFinite)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  it('hide no NaN', () => {
    for (const xs of [
      [Number.NaN, 1],
      [Infinity, Number.NaN],
      [Number.NaN, -Infinity],
    ]) {
      expect(toNumber(logSumExp(tensor(xs)))).toBeNaN()
      expect([...dataOf(softmax(tensor(xs)) as Concrete)].some(Number.isNaN)).toBe(true)
    }
  })
})

describe('compiled powers', () => {
  it('have the special values of Math.pow, half exponents too', () => {
    const xs = [Infinity, -Infinity, 0, -0, 4, -4, 1e-300, Number.NaN]
    for (const p of [-4, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, -0.3, 0.3])
      for (const precision of precisions) {
        const { run } = compile((x: Tensor) => power(x, p), ['perSample'], { precision })(tensor(1))
        const got = [...dataOf(run(tensor(xs)) as Concrete)]
        xs.forEach((x, i) => {
          const wanted = inPrecision(inPrecision(x, precision) ** p, precision)
          const close = Math.abs(got[i]! - wanted) <= 1e-6 * Math.abs(wanted)
          if (!close) expect([p, x, got[i]]).toEqual([p, x, wanted])
        })
      }
  })
})
