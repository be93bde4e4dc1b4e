import fc from 'fast-check'
import { function as F, state as S } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { TensorError } from '../../../core/messages/errors.ts'
import * as R from '../../../core/values/random.ts'

const seed = fc.maxSafeInteger()
const key = seed.map(R.keyFrom)
const text = (k: R.Key) => k.join(' ')

describe('threefry2x32', () => {
  // The known answers of the Random123 distribution (kat_vectors, threefry2x32 20 rounds).
  it.each<[R.Key, R.Key, R.Key]>([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ])('key %j, counter %j', (k, [c0, c1], words) => {
    expect(R.threefry2x32(k, c0, c1)).toEqual(words)
  })
})

describe('keys', () => {
  it('hold the 64-bit two’s complement of the seed', () => {
    expect(R.keyFrom(0)).toEqual([0, 0])
    expect(R.keyFrom(-0)).toEqual([0, 0])
    expect(R.keyFrom(-1)).toEqual([0xffffffff, 0xffffffff])
    expect(R.keyFrom(2 ** 32 + 7)).toEqual([1, 7])
    fc.assert(
      fc.property(seed, (s) => {
        const [high, low] = R.keyFrom(s)
        expect(BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low))).toBe(BigInt(s))
      }),
    )
  })

  it('survive JSON', () => {
    fc.assert(
      fc.property(key, (k) => {
        expect(JSON.parse(JSON.stringify(R.split(k)))).toEqual(R.split(k))
      }),
    )
  })

  it('are pairwise distinct after split and foldIn, and distinct from each other', () => {
    fc.assert(
      fc.property(key, fc.uniqueArray(fc.maxSafeInteger(), { minLength: 20 }), (k, data) => {
        const children = [...R.split(k, 300), ...data.map((x) => R.foldIn(k, x === 0 ? 0 : x))]
        expect(new Set(children.map(text)).size).toBe(children.length)
      }),
    )
  })

  it('split and foldIn read none of the blocks that draws read', () => {
    fc.assert(
      fc.property(key, fc.nat(), (k, i) => {
        const drawn = text(R.threefry2x32(k, i, 0))
        expect(text(R.foldIn(k, i))).not.toBe(drawn)
        R.split(k, 20).forEach((child, j) => {
          expect(text(child)).not.toBe(text(R.threefry2x32(k, j, 0)))
        })
      }),
    )
  })

  it('split gives the same first keys however many are asked for', () => {
    fc.assert(
      fc.property(key, (k) => {
        expect(R.split(k, 9).slice(0, 4)).toEqual(R.split(k, 4))
      }),
    )
  })

  it.each([
    ['keyFrom', () => R.keyFrom(1.5)],
    ['keyFrom', () => R.keyFrom(2 ** 53)],
    ['keyFrom', () => R.keyFrom(Number.NaN)],
    ['foldIn', () => R.foldIn([0, 0], 0.1)],
    ['split', () => R.split([0, 0], -1)],
    ['uniforms', () => R.uniforms([0, 0], 2.5)],
    ['uniformAt', () => R.uniformAt([0, 0], -1)],
    ['fillUniforms', () => R.fillUniforms([0, 0], new Float64Array(1), -1)],
    ['integerAt', () => R.integerAt([0, 0], 0, 0)],
    ['integers', () => R.integers([0, 0], 2, 2 ** 33)],
  ])('%s refuses arguments outside its domain', (where, f) => {
    expect(f).toThrow(TensorError)
    expect(f).toThrow(`DomainError in ${where}`)
  })
})

/** A few elementary functions of numbers of order 1, undone by their inverses, round so. */
const ROUNDING = 1e-13

describe('draws', () => {
  const count = fc.nat({ max: 40 })

  it('fillWords writes the words of counters 0, 1, … one block after the other', () => {
    const out = new Uint32Array(7)
    R.fillWords([3, 5], out)
    const words = [0, 1, 2, 3].flatMap((j) => R.threefry2x32([3, 5], j, 0))
    expect(Array.from(out)).toEqual(words.slice(0, 7))
  })

  it('uniformAt, uniforms and fillUniforms read one stream', () => {
    const offset = fc.oneof(count, fc.constant(2 ** 32 - 3), fc.constant(2 ** 52))
    fc.assert(
      fc.property(key, count, offset, (k, n, from) => {
        const out = new Float64Array(n)
        R.fillUniforms(k, out, from)
        out.forEach((u, i) => {
          expect(u).toBe(R.uniformAt(k, from + i))
          expect(u >= 0 && u < 1 && Number.isInteger(u * 2 ** 53)).toBe(true)
        })
        expect(R.uniforms(k, n)).toEqual(
          Float64Array.from({ length: n }, (_, i) => R.uniformAt(k, i)),
        )
      }),
    )
  })

  it('uniformAt is 53 bits of its block', () => {
    const [x, y] = R.threefry2x32([3, 4], 5, 0)
    // The 27 high bits of one word, then the 26 high bits of the other.
    expect(R.uniformAt([3, 4], 5) * 2 ** 53).toBe(
      Number((BigInt(x >>> 5) << 26n) | BigInt(y >>> 6)),
    )
  })

  it('blocks 2³² apart differ: the counter has more than 32 bits', () => {
    expect(R.uniformAt([1, 2], 2 ** 32)).not.toBe(R.uniformAt([1, 2], 0))
  })

  it('a longer draw starts with the shorter', () => {
    fc.assert(
      fc.property(key, count, (k, n) => {
        expect(R.normals(k, 41).slice(0, n)).toEqual(R.normals(k, n))
        expect(R.integers(k, 41, 10).slice(0, n)).toEqual(R.integers(k, n, 10))
      }),
    )
  })

  it('normals are the uniforms in polar form: |z|² = −2 ln(1 − u), angle 2πu′', () => {
    fc.assert(
      fc.property(key, fc.integer({ min: 1, max: 20 }), (k, pairs) => {
        const u = R.uniforms(k, 2 * pairs)
        const z = R.normals(k, 2 * pairs)
        for (let j = 0; j < 2 * pairs; j += 2) {
          const [x, y] = [z[j]!, z[j + 1]!]
          expect(Math.abs(Math.exp(-(x * x + y * y) / 2) - (1 - u[j]!))).toBeLessThan(ROUNDING)
          const turns = Math.atan2(y, x) / (2 * Math.PI) - u[j + 1]!
          expect(Math.abs(turns - Math.round(turns))).toBeLessThan(ROUNDING)
        }
      }),
    )
  })

  it('integers are the scaled uniforms, below the bound even for the largest uniform', () => {
    fc.assert(
      fc.property(key, fc.integer({ min: 1, max: 2 ** 32 }), (k, below) => {
        const list = R.integers(k, 20, below)
        list.forEach((x, i) => {
          expect(x).toBe(R.integerAt(k, i, below))
          expect(x).toBeLessThan(below)
        })
        expect(Math.floor((1 - 2 ** -53) * below)).toBe(below - 1)
      }),
    )
    expect(R.integers([0, 0], 50, 1)).toEqual(new Uint32Array(50))
  })

  it('permutations hold every element once', () => {
    fc.assert(
      fc.property(key, count, (k, n) => {
        const sorted = R.permutation(k, n).sort()
        expect(sorted).toEqual(Uint32Array.from({ length: n }, (_, i) => i))
      }),
    )
  })
})

// Fixed keys, so these cannot fail by chance; 5 standard errors would by chance fail once in a
// million, and any bias of the size of a bug fails.
const SIGMAS = 5
const N = 200_000
/** Standard error of a mean of N variables of this variance. */
const within = (variance: number) => SIGMAS * Math.sqrt(variance / N)
const mean = (x: Float64Array) => x.reduce((sum, v) => sum + v, 0) / x.length

describe('distributions', () => {
  const streams = R.split(R.keyFrom(2024), 4).map((k) => R.uniforms(k, N))

  it('uniforms have the moments and the histogram of [0, 1)', () => {
    for (const u of streams) {
      expect(Math.abs(mean(u) - 1 / 2)).toBeLessThan(within(1 / 12))
      expect(Math.abs(mean(u.map((x) => x * x)) - 1 / 3)).toBeLessThan(within(4 / 45))
      const cells = new Float64Array(256)
      for (const x of u) cells[Math.floor(x * 256)]! += 1
      const chi2 = cells.reduce((sum, c) => sum + (c - N / 256) ** 2 / (N / 256), 0)
      // 255 degrees of freedom: variance 510.
      expect(Math.abs(chi2 - 255)).toBeLessThan(SIGMAS * Math.sqrt(510))
    }
  })

  it('every bit of a uniform is fair', () => {
    const ones = new Float64Array(53)
    for (const u of streams[0]!) {
      const high = Math.floor(u * 2 ** 27)
      const low = (u * 2 ** 27 - high) * 2 ** 26
      for (let bit = 0; bit < 27; bit += 1) ones[bit]! += (high >>> bit) & 1
      for (let bit = 0; bit < 26; bit += 1) ones[27 + bit]! += (low >>> bit) & 1
    }
    for (const count of ones) expect(Math.abs(count / N - 1 / 2)).toBeLessThan(within(1 / 4))
  })

  it('streams of split and folded keys, and a stream and its shift, are uncorrelated', () => {
    const k = R.keyFrom(7)
    const folded = [0, 1, -1, 2 ** 40].map((i) => R.uniforms(R.foldIn(k, i), N))
    const neighbours = [R.uniforms(R.keyFrom(8), N), R.uniforms(k, N)]
    const shifted = Float64Array.from(streams[0]!, (_, i) => streams[0]![(i + 1) % N]!)
    const all = [...streams, ...folded, ...neighbours, shifted]
    for (let a = 0; a < all.length; a += 1)
      for (let b = 0; b < a; b += 1) {
        const product = all[a]!.map((x, i) => (x - 1 / 2) * (all[b]![i]! - 1 / 2))
        expect(Math.abs(mean(product))).toBeLessThan(within(1 / 144))
      }
  })

  it('normals have the moments and tails of the normal distribution', () => {
    const z = R.normals(R.keyFrom(11), N)
    expect(z.every(Number.isFinite)).toBe(true)
    // E z = 0, E z² = 1, E z³ = 0, E z⁴ = 3, with variances 1, 2, 15, 96.
    const moments: [number, number, number][] = [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ]
    for (const [power, value, variance] of moments)
      expect(Math.abs(mean(z.map((x) => x ** power)) - value)).toBeLessThan(within(variance))
    // P(|z| > 2), from tables.
    const tail = 0.04550026389635842
    const beyond = mean(z.map((x) => (Math.abs(x) > 2 ? 1 : 0)))
    expect(Math.abs(beyond - tail)).toBeLessThan(within(tail * (1 - tail)))
    const pairs = z.filter((_, i) => i % 2 === 0).map((x, i) => x * z[2 * i + 1]!)
    expect(Math.abs(mean(pairs))).toBeLessThan(within(2))
  })

  it('each of the 24 orders of 4 elements is equally likely', () => {
    const rounds = 24_000
    const seen = new Map<string, number>()
    R.split(R.keyFrom(5), rounds).forEach((k) => {
      const order = R.permutation(k, 4).join('')
      seen.set(order, (seen.get(order) ?? 0) + 1)
    })
    expect(seen.size).toBe(24)
    const chi2 = [...seen.values()].reduce((sum, c) => sum + (c - 1000) ** 2 / 1000, 0)
    expect(Math.abs(chi2 - 23)).toBeLessThan(SIGMAS * Math.sqrt(46))
  })
})

describe('State threading', () => {
  it('nextKey gives the two halves of a split', () => {
    fc.assert(
      fc.property(key, (k) => {
        expect(R.nextKey(k)).toEqual(R.split(k, 2))
      }),
    )
  })

  it('draws threaded in sequence use different keys, and depend only on the first', () => {
    const program = F.pipe(
      R.draw((k) => k),
      S.bindTo('a'),
      S.bind('b', () => R.draw((k) => k)),
      S.bind('c', () => R.draw((k) => R.normals(k, 3))),
    )
    fc.assert(
      fc.property(key, (k) => {
        const [drawn, rest] = program(k)
        expect(program(k)).toEqual([drawn, rest])
        expect(new Set([k, drawn.a, drawn.b, rest].map(text)).size).toBe(4)
        const [, k1] = R.nextKey(k)
        const [, k2] = R.nextKey(k1)
        expect(drawn.c).toEqual(R.normals(R.nextKey(k2)[0], 3))
      }),
    )
  })
})
