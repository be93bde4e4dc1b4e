import fc from 'fast-check'
import {
  type Concrete,
  cos,
  keyFrom,
  maximum,
  mul,
  type PrimitiveName,
  type PrimitiveParams,
  primitives,
  programOf,
  type Shape,
  sin,
  sizeOf,
  type Tensor,
  tensor,
  uniforms,
  zeros,
} from '../core/index.ts'
import { type ElementwiseName, elementwise } from '../core/primitives/index.ts'
import {
  axesSubset,
  length,
  permutation,
  seed,
  shape,
  shapeOfRank,
  shuffled,
} from './arbitraries.ts'

/** One application of a primitive: parameters and operands inside its domain. */
export interface Case {
  readonly primitive: PrimitiveName
  readonly params: PrimitiveParams[PrimitiveName]
  readonly operands: readonly Concrete[]
}

const positive = (s: Shape): boolean => sizeOf(s) > 0

/**
 * Values in the primitive's domain: away from kinks, and, where operands are compared, all of them
 * at least 0.05 apart.
 */
const values = (name: PrimitiveName, shapes: readonly Shape[], seed: number): Concrete[] => {
  const { low, high, kinks = [], apart } = primitives[name].domain
  const total = shapes.reduce((n, s) => n + sizeOf(s), 0)
  const u = uniforms(keyFrom(seed), total)
  const order = [...u.keys()].sort((a, b) => u[a]! - u[b]!)
  const rank = new Array<number>(total)
  order.forEach((at, r) => {
    rank[at] = r
  })
  const all = u.map((x, i) => {
    const v =
      apart === true
        ? low + ((rank[i]! + 0.2 + 0.6 * x) / total) * (high - low)
        : low + x * (high - low)
    return kinks.some((k) => Math.abs(v - k) < 0.2) ? v + (v < kinks[0]! ? -0.3 : 0.3) : v
  })
  let next = 0
  return shapes.map((s) => {
    next += sizeOf(s)
    return tensor(all.slice(next - sizeOf(s), next), s)
  })
}

const build =
  <P extends PrimitiveName>(name: P) =>
  (
    shapes: fc.Arbitrary<{ shapes: readonly Shape[]; params: PrimitiveParams[P] }>,
  ): fc.Arbitrary<Case> =>
    fc.tuple(shapes, seed).map(([c, s]) => ({
      primitive: name,
      params: c.params,
      operands: values(name, c.shapes, s),
    }))

const same = (name: PrimitiveName, arity: number): fc.Arbitrary<Case> =>
  build(name)(shape.map((s) => ({ shapes: new Array<Shape>(arity).fill(s), params: {} as never })))

const withAxis = fc
  .integer({ min: 1, max: 3 })
  .chain((rank) => fc.tuple(shapeOfRank(rank), fc.integer({ min: 0, max: rank - 1 })))

// sin(2xy) with its own, right pullback
const product = (s: Shape): PrimitiveParams['customVjp'] => {
  const like = zeros(s)
  return {
    name: 'sin 2xy',
    forward: programOf((x: Tensor, y: Tensor) => sin(mul(2, mul(x, y))))(like, like),
    pullback: programOf((x: Tensor, y: Tensor, _: Tensor, bar: Tensor) => {
      const slope = mul(mul(2, bar), cos(mul(2, mul(x, y))))
      return [mul(slope, y), mul(slope, x)]
    })(like, like, like, like),
  }
}

const elementwiseCases = Object.fromEntries(
  Object.entries(elementwise).map(([name, { arity }]) => [
    name,
    same(name as ElementwiseName, arity),
  ]),
) as unknown as { readonly [P in ElementwiseName]: fc.Arbitrary<Case> }

/** Complete by type: a primitive without a generator does not compile. */
export const cases: { readonly [P in PrimitiveName]: fc.Arbitrary<Case> } = {
  ...elementwiseCases,
  // The condition is 0 as often as not.
  select: same('select', 3).map((c) => ({
    ...c,
    operands: c.operands.map((x, k) => (k === 0 ? (maximum(x, 0) as Concrete) : x)),
  })),
  power: build('power')(
    fc
      .tuple(shape, fc.constantFrom(-1, 0, 0.5, 1, 2, 3))
      .map(([s, exponent]) => ({ shapes: [s], params: { exponent } })),
  ),
  sum: build('sum')(
    shape.chain((s) => axesSubset(s.length).map((axes) => ({ shapes: [s], params: { axes } }))),
  ),
  max: build('max')(
    shape
      .filter(positive)
      .chain((s) => axesSubset(s.length).map((axes) => ({ shapes: [s], params: { axes } }))),
  ),
  contract: build('contract')(
    fc
      .record({
        sizes: fc.array(length, { minLength: 5, maxLength: 5 }),
        batch: fc.subarray(['b', 'c']),
        left: fc.subarray(['i']),
        right: fc.subarray(['j']),
        shared: fc.subarray(['k', 'l']),
      })
      .chain(({ sizes, batch, left, right, shared }) => {
        const size = (l: string): number => sizes['bcijk'.indexOf(l === 'l' ? 'k' : l)]!
        return fc
          .tuple(
            shuffled([...batch, ...left, ...shared]),
            shuffled([...batch, ...right, ...shared]),
            shuffled([...batch, ...left, ...right]),
          )
          .map(([l, r, out]) => ({
            shapes: [l.map(size), r.map(size)],
            params: { left: l, right: r, out },
          }))
      }),
  ),
  reshape: build('reshape')(
    shape.map((s) => ({ shapes: [s], params: { shape: s.length > 1 ? [sizeOf(s)] : [...s, 1] } })),
  ),
  transpose: build('transpose')(
    shape.chain((s) => permutation(s.length).map((axes) => ({ shapes: [s], params: { axes } }))),
  ),
  broadcast: build('broadcast')(
    fc.integer({ min: 0, max: 3 }).chain((rank) =>
      fc
        .tuple(
          shapeOfRank(rank),
          fc.shuffledSubarray([...Array(rank).keys()]),
          fc.array(fc.boolean(), { minLength: rank, maxLength: rank }),
        )
        .map(([full, axes, ones]) => ({
          shapes: [axes.map((a, i) => (ones[i] ? 1 : full[a]!))],
          params: { shape: full, axes },
        })),
    ),
  ),
  slice: build('slice')(
    fc.tuple(shape, seed).map(([s, n]) => {
      // Squares make long slices more frequent than empty ones.
      const u = uniforms(keyFrom(n), 2 * s.length).map((x) => x * x)
      const start = s.map((d, i) => Math.floor(u[2 * i]! * (d + 1)))
      const stop = s.map((d, i) => d - Math.floor(u[2 * i + 1]! * (d - start[i]! + 1)))
      return { shapes: [s], params: { start, stop } }
    }),
  ),
  pad: build('pad')(
    fc.tuple(shape, seed).map(([s, n]) => ({
      shapes: [s],
      params: { low: s.map((_, i) => (n + i) % 3), high: s.map((_, i) => (n + 2 * i) % 2) },
    })),
  ),
  concatenate: build('concatenate')(
    fc
      .tuple(withAxis, fc.array(length, { minLength: 1, maxLength: 3 }))
      .map(([[s, axis], lengths]) => ({
        shapes: lengths.map((n) => s.map((d, i) => (i === axis ? n : d))),
        params: { axis },
      })),
  ),
  gather: build('gather')(
    fc.tuple(withAxis, fc.array(fc.nat(100), { maxLength: 5 })).map(([[s, axis], picks]) => ({
      shapes: [s],
      params: { axis, indices: s[axis] === 0 ? [] : picks.map((p) => p % s[axis]!) },
    })),
  ),
  scatterAdd: build('scatterAdd')(
    fc.tuple(withAxis, fc.integer({ min: 1, max: 3 }), seed).map(([[s, axis], size, n]) => ({
      shapes: [s],
      params: {
        axis,
        size,
        indices: Array.from({ length: s[axis]! }, (_, i) => (n + i * i) % size),
      },
    })),
  ),
  constant: fc.constant({
    primitive: 'constant',
    params: { data: Float64Array.of(1, 2), shape: [2] },
    operands: [],
  }),
  stopGradient: same('stopGradient', 1),
  customVjp: build('customVjp')(shape.map((s) => ({ shapes: [s, s], params: product(s) }))),
}
