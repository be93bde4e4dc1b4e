import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  type Concrete,
  compile,
  dataOf,
  dot,
  einsum,
  logSumExp,
  mean,
  mul,
  scatterAdd,
  sum,
  type Tensor,
  tensor,
  toNumber,
  zeros,
} from '../../../core/index.ts'
import { noise, seed } from '../../arbitraries.ts'

// Long sums of float32: a term that is small beside the sum so far must not be lost.

/** 2⁻²⁴: half the distance of neighbours, relative. */
const ROUNDING = 2 ** -24
/** Compiled: roundings of Σ|terms| in a short sum, two at its end, one of each product. */
const COMPILED = 64 + 6
/** Interpreted: one rounding of the result. */
const INTERPRETED = 1.01

const single = (values: ArrayLike<number>, shape: readonly number[]): Concrete =>
  tensor(Float32Array.from(values), shape)
const filled = (x: number, shape: readonly number[]): Concrete =>
  single(new Float32Array(shape.reduce((n, d) => n * d, 1)).fill(x), shape)
const total = (xs: ArrayLike<number>): number => Array.from(xs).reduce((s, x) => s + x, 0)
const sizes = (xs: ArrayLike<number>): number => total(Array.from(xs).map(Math.abs))

/** |got − wanted| within so many roundings of Σ|terms|. */
const within = (got: number, wanted: number, roundings: number, terms: number): void =>
  expect(Math.abs(got - wanted)).toBeLessThanOrEqual(roundings * ROUNDING * terms)

describe('interpreted', () => {
  it('sums, means, products and log-sums of a million equal terms are right', () => {
    const x = filled(0.1, [1e6])
    const tenth = Math.fround(0.1)
    within(toNumber(mean(x)), tenth, 2, tenth)
    within(toNumber(dot(x, x)), 1e6 * tenth ** 2, INTERPRETED, 1e4)
    within(toNumber(logSumExp(x)), tenth + Math.log(1e6), 4, 14)
    const put = scatterAdd(x, new Array<number>(1e6).fill(1), 3)
    within(dataOf(put as Concrete)[1]!, 1e6 * tenth, INTERPRETED, 1e5)
  })

  it('any axes, any strides: one rounding of the sum', () => {
    fc.assert(
      fc.property(seed, fc.constantFrom(0, 1), (n, axis) => {
        const exact = noise([400, 300], n)
        const x = single(dataOf(exact), [400, 300])
        const data = dataOf(x)
        const got = dataOf(sum(x, axis) as Concrete)
        for (const k of [0, 17, 299]) {
          const terms = Array.from({ length: axis === 0 ? 400 : 300 }, (_, i) =>
            axis === 0 ? data[i * 300 + k]! : data[k * 300 + i]!,
          )
          within(got[k]!, total(terms), INTERPRETED, sizes(terms))
        }
      }),
      { numRuns: 5 },
    )
  })

  it('short sums keep their order: a term after the other in float32', () => {
    const x = single(dataOf(noise([256], 4)), [256])
    const wanted = Array.from(dataOf(x)).reduce((s, v) => Math.fround(s + v), 0)
    expect(toNumber(sum(x))).toBe(wanted)
  })
})

describe('compiled', () => {
  const options = { precision: 'float32', backend: 'wasm' } as const
  /** Lengths around one short sum and blocks of them, with and without a rest. */
  const lengths = fc.constantFrom(255, 256, 257, 320, 1000, 4099)

  it('sums and products stay within their bound, whatever their length', () => {
    fc.assert(
      fc.property(lengths, seed, fc.boolean(), (n, k, summed) => {
        const f = (w: Tensor, y: Tensor): Tensor => add(mul(10, sum(y)), add(dot(y, y), dot(w, y)))
        const { run } = compile(f, ['shared', 'perSample'], { ...options, summed })(
          zeros([n]),
          zeros([n]),
        )
        const w = single(dataOf(noise([n], k)), [n])
        const xs = single(
          dataOf(noise([3, n], k + 1)).map((x) => x + 1),
          [3, n],
        )
        const rows = [0, 1, 2].map((s) => dataOf(xs).slice(s * n, (s + 1) * n))
        const terms = rows.map((row) => [
          ...Array.from(row, (x) => 10 * x),
          ...Array.from(row, (x) => x * x),
          ...Array.from(row, (x, i) => x * dataOf(w)[i]!),
        ])
        const got = dataOf(run(w, xs) as Concrete)
        const most = n <= 256 ? 256 + 6 : COMPILED
        if (summed) within(got[0]!, total(terms.map(total)), most, total(terms.map(sizes)))
        else terms.forEach((t, s) => void within(got[s]!, total(t), most, sizes(t)))
      }),
      { numRuns: 25 },
    )
  })

  it('sums of several axes, matrix products and their blocks, too', () => {
    const f = (y: Tensor): Tensor[] => [
      sum(y, [0, 2]),
      sum(y, [1]),
      einsum('i j k, l j k -> i l', y, y),
      einsum('i j k, i j m -> k m', y, y),
    ]
    const shape = [5, 7, 90]
    const { run } = compile(f, ['perSample'], options)(zeros(shape))
    const x = noise([2, ...shape], 8)
    const exact = compile(f, ['perSample'], { precision: 'float64' })(zeros(shape)).run(x)
    const size = compile(f, ['perSample'], { precision: 'float64' })(zeros(shape)).run(
      tensor(
        dataOf(x).map((v) => Math.abs(v)),
        x.shape,
      ),
    )
    ;(run(x) as Concrete[]).forEach((got, k) => {
      const [wanted, terms] = [dataOf(exact[k] as Concrete), dataOf(size[k] as Concrete)]
      dataOf(got).forEach((v, i) => {
        within(v, wanted[i]!, COMPILED + 3, terms[i]!)
      })
    })
  })

  it('scattered sums of any number of terms at one place, on any axis, summed or not', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(200, 256, 257, 400, 9000, 20_000),
        seed,
        fc.constantFrom(0, 1),
        fc.boolean(),
        (n, k, axis, summed) => {
          // Most terms at one place, few at others, none at the last.
          const indices = Array.from({ length: n }, (_, i) => (i % 7 === k % 7 ? i % 3 : 1))
          const shape = axis === 0 ? [n, 2] : [2, n]
          const f = (y: Tensor): Tensor => scatterAdd(mul(y, y), indices, 4, axis)
          const { run } = compile(f, ['perSample'], { ...options, summed })(zeros(shape))
          const x = single(
            dataOf(noise([3, ...shape], k)).map((v) => v + 1),
            [3, ...shape],
          )
          const exact = compile(f, ['perSample'], { precision: 'float64', summed })(zeros(shape))
          const wanted = dataOf(
            exact.run(tensor(Float64Array.from(dataOf(x)), x.shape)) as Concrete,
          )
          const levels = n <= 256 ? 4 : 2 + Math.floor(Math.log(n) / Math.log(64))
          dataOf(run(x) as Concrete).forEach((v, i) => {
            within(v, wanted[i]!, 64 * levels + 6, wanted[i]!)
          })
        },
      ),
      { numRuns: 12 },
    )
  })

  it('a hundred thousand equal terms stall nowhere, and infinite terms stay what they are', () => {
    const n = 100_000
    const { run } = compile((y: Tensor) => sum(y), ['perSample'], options)(zeros([n]))
    within(dataOf(run(filled(0.1, [1, n])) as Concrete)[0]!, n * Math.fround(0.1), COMPILED, n / 10)
    const short = compile((y: Tensor) => sum(y), ['perSample'], options)(zeros([1000]))
    for (const odd of [Infinity, -Infinity, Number.NaN]) {
      const data = new Float32Array(3000).fill(1)
      data[1500] = odd
      expect([...dataOf(short.run(tensor(data, [3, 1000])) as Concrete)]).toEqual([1000, odd, 1000])
    }
  })
})
