import fc from 'fast-check'
import {
  axesOf,
  type Concrete,
  copy,
  keyFrom,
  normals,
  type Shape,
  sizeOf,
  type Tensor,
  tensor,
  transpose,
} from '../core/index.ts'
import { broadcastView, sliceView, wrap } from '../core/values/tensor.ts'

// Generators that several specs share.

/** Lengths 0 and 1 are common, but not so common that most tensors are empty. */
export const length = fc.constantFrom(0, 1, 2, 2, 3, 3)
export const positiveLength = fc.constantFrom(1, 2, 3)
export const shapeOfRank = (rank: number, d = length): fc.Arbitrary<Shape> =>
  fc.array(d, { minLength: rank, maxLength: rank })
export const shape = fc.integer({ min: 0, max: 3 }).chain((rank) => shapeOfRank(rank))
export const seed = fc.integer({ min: 0, max: 1e6 })

export const axesSubset = (rank: number): fc.Arbitrary<number[]> => fc.subarray(axesOf(rank))
export const permutation = (rank: number): fc.Arbitrary<number[]> => shuffled(axesOf(rank))
export const shuffled = <A>(list: A[]): fc.Arbitrary<A[]> =>
  fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })

/** Normal numbers, the same for the same seed. */
export const noise = (s: Shape, n: number): Concrete => tensor(normals(keyFrom(n), sizeOf(s)), s)
export const noiseLike = (x: Tensor, n: number): Concrete => noise(x.shape, n)
export const tensorOf = (s: Shape): fc.Arbitrary<Concrete> => seed.map((n) => noise(s, n))
export const anyTensor = shape.chain(tensorOf)

/** Every index of a shape, row-major. */
export const indicesOf = (s: Shape): number[][] =>
  s.reduce<number[][]>(
    (found, d) => found.flatMap((index) => axesOf(d).map((i) => [...index, i])),
    [[]],
  )

/**
 * The same shape in memory that is not row-major. All but the last hold the values of x; the last
 * repeats the first position of one axis. What surrounds a slice is NaN, to be seen when read.
 */
export const layouts: Readonly<Record<string, (x: Concrete) => Concrete>> = {
  transposed: (x) => transpose(copy(transpose(x) as Concrete)) as Concrete,
  sliced: (x) => {
    const wide = x.shape.map((d) => d + 2)
    const around = tensor(new Float64Array(sizeOf(wide)).fill(Number.NaN), wide)
    const inside = sliceView(
      around,
      x.shape.map(() => 1),
      x.shape.map((d) => d + 1),
    )
    for (const i of indicesOf(x.shape)) inside.set(...i, x.get(...i))
    return inside
  },
  backwards: (x) => {
    const back = copy(x)
    back.data.reverse()
    return wrap(
      back.data,
      back.shape,
      back.stride.map((s) => -s),
      Math.max(back.size - 1, 0),
    )
  },
  'with stride 0': (x) => {
    const axis = x.shape.findIndex((d) => d > 0)
    if (axis < 0 || x.size === 0) return x
    const first = sliceView(
      x,
      x.shape.map(() => 0),
      x.shape.map((d, i) => (i === axis ? 1 : d)),
    )
    return broadcastView(first, x.shape, axesOf(x.shape.length))
  },
}
