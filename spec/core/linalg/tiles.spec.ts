import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Engine, makeStrips, simdMaker, stripMaker } from '../../../core/linalg/simd.ts'
import {
  addLowerProduct,
  DEPTH,
  packStrips,
  plainStrips,
  type Strips,
  TILE,
  tileCount,
} from '../../../core/linalg/tiles.ts'
import { gaussian, seeds } from './support.ts'

const engine = (globalThis as { readonly WebAssembly?: Engine }).WebAssembly
const simd = simdMaker(engine) ?? expect.unreachable('no WebAssembly SIMD, which Node 20 has')

type Maker = (count: number, depth: number) => Strips | undefined

/** n rows of `depth` values, with gaps: element (r, k) at base + r·rowStep + k·depthStep. */
interface Rows {
  readonly data: Float64Array
  readonly n: number
  readonly depth: number
  readonly base: number
  readonly rowStep: number
  readonly depthStep: number
}

const odd = fc.constantFrom(0, 1, 2, 3, 4, 5, 17, 63)
const depths = fc.constantFrom(1, 2, 3, 5, 17, DEPTH - 1, DEPTH)

const rows: fc.Arbitrary<Rows> = fc
  .record({
    n: odd,
    depth: depths,
    base: fc.nat(5),
    gap: fc.nat(4),
    across: fc.boolean(),
    seed: seeds,
  })
  .map(({ n, depth, base, gap, across, seed }) => {
    const [rowStep, depthStep] = across ? [1, n + gap] : [depth + gap, 1]
    const { data } = gaussian(1, base + (n + gap) * (depth + gap), seed)
    return { data, n, depth, base, rowStep, depthStep }
  })

const packed = (make: Maker, { data, n, depth, base, rowStep, depthStep }: Rows): Strips => {
  const strips = make(tileCount(n), depth) ?? expect.unreachable('no room')
  packStrips(strips, data, base, rowStep, depthStep, n)
  return strips
}

/** Σ_k a_ik a_jk in the order of k, straight from the rows. */
const inner = ({ data, depth, base, rowStep, depthStep }: Rows, i: number, j: number): number => {
  let sum = 0
  for (let k = 0; k < depth; k += 1) {
    const at = base + k * depthStep
    sum += data[at + i * rowStep]! * data[at + j * rowStep]!
  }
  return sum
}

// Of vitest's equalities toEqual tells 0 from -0, and it compares all other float64 exactly.

describe.each<[string, Maker]>([
  ['WebAssembly SIMD', simd],
  ['plain JavaScript', plainStrips],
])('addLowerProduct in %s', (_, make) => {
  it('adds the sums of the plain loop, bit for bit, to the lower triangle alone', () => {
    const signs = fc.constantFrom<1 | -1>(1, -1)
    fc.assert(
      fc.property(rows, signs, fc.nat(3), fc.nat(9), odd, (a, sign, gap, base, columns) => {
        const { n } = a
        const stride = n + gap
        const data = gaussian(1, base + n * stride, 1).data
        const expected = Float64Array.from(data)
        for (let i = 0; i < n; i += 1)
          for (let j = 0; j <= i && j < TILE * columns; j += 1)
            expected[base + i * stride + j]! += sign * inner(a, i, j)
        const block = { data, base, stride, size: n }
        const tiles = tileCount(n)
        addLowerProduct(block, packed(make, a), sign, 0, tiles, Math.min(columns, tiles))
        expect(data).toEqual(expected)
      }),
    )
  })

  it('does the same in two ranges of tile rows', () => {
    fc.assert(
      fc.property(rows, fc.nat(), (a, at) => {
        const tiles = tileCount(a.n)
        const cut = at % (tiles + 1)
        const run = (...ranges: (readonly [number, number])[]): Float64Array => {
          const data = new Float64Array(a.n ** 2)
          const strips = packed(make, a)
          const block = { data, base: 0, stride: a.n, size: a.n }
          for (const [from, to] of ranges) addLowerProduct(block, strips, 1, from, to)
          return data
        }
        expect(run([cut, tiles], [0, cut])).toEqual(run([0, tiles]))
      }),
    )
  })

  it('treats zeros of both signs, subnormals, infinities and NaN as the plain loop does', () => {
    const values = fc.array(fc.double(), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(values, values, (x, y) => {
        const depth = Math.min(x.length, y.length)
        const data = Float64Array.from([...x.slice(0, depth), ...y.slice(0, depth)])
        const a = { data, n: 2, depth, base: 0, rowStep: depth, depthStep: 1 }
        const strips = packed(make, a)
        strips.multiply(0, 0)
        const tile = [0, 1, TILE, TILE + 1].map((p) => strips.tile[p])
        expect(tile).toEqual([inner(a, 0, 0), inner(a, 0, 1), inner(a, 1, 0), inner(a, 1, 1)])
      }),
      { numRuns: 300 },
    )
  })
})

/** Strips in one shared memory are those of WebAssembly. */
const isShared = (make: Maker): boolean => make(1, 1)!.data.buffer === make(1, 2)!.data.buffer

describe('simdMaker', () => {
  it('grows its memory with the strips, and keeps it', () => {
    const make = simdMaker(engine)!
    const few = make(1, 1)!.data.buffer
    const many = make(1000, DEPTH)!
    expect(many.data.length).toBe(1000 * TILE * DEPTH)
    // Growing takes the memory away from the strips made before.
    expect(few.byteLength).toBe(0)
    expect(make(3, 5)!.data.buffer).toBe(many.data.buffer)
  })

  it('has no room beyond its bound of 256 MB', () => {
    expect(simd(2 ** 15, DEPTH)).toBeUndefined()
  })
})

describe('makeStrips', () => {
  it('takes WebAssembly SIMD', () => {
    expect(isShared(makeStrips)).toBe(true)
    expect(isShared(stripMaker(engine))).toBe(true)
  })

  const Refusing = class {
    readonly exports = {}
    constructor() {
      throw new TypeError('refused')
    }
  }
  const Full = class {
    readonly exports = {
      memory: { buffer: new ArrayBuffer(0), grow: () => new Refusing() },
      tile: () => {},
    }
  }
  it.each<[string, Engine | undefined]>([
    ['WebAssembly is missing', undefined],
    ['its SIMD is missing, or all of it forbidden', { Module: Refusing, Instance: Refusing }],
    ['its memory cannot grow', { Module: Object, Instance: Full as never }],
  ])('falls back to plain strips where %s', (_, broken) => {
    const make = stripMaker(broken)
    expect(isShared(make)).toBe(false)
    const a = { data: Float64Array.of(2, 3), n: 1, depth: 2, base: 0, rowStep: 2, depthStep: 1 }
    const strips = packed(make, a)
    strips.multiply(0, 0)
    expect(strips.tile[0]).toBe(13)
  })
})
