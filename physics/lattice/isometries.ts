import { largest, vectorLength } from '../../core/values/index.ts'
import { type Lattice, siteAt } from './lattice.ts'

// This file finds which motions of the plane (or the line) map a lattice to itself.

/**
 * An isometry is an orthogonal matrix and a translation; `sites` says where both together move each
 * site.
 */
export interface Isometry {
  readonly matrix: readonly (readonly number[])[]
  /** Site i moves to `sites[i]`. */
  readonly sites: Int32Array
}

/** The tolerance of positions, which are sums of a few products. */
const ROUNDING = 1e-6

type Matrix = readonly (readonly number[])[]

/** Returns the product of a matrix and a vector. */
export const apply = (m: Matrix, x: readonly number[]): number[] =>
  m.map((row) => row.reduce((sum, a, k) => sum + a * x[k]!, 0))
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, k) => sum + x * b[k]!, 0)
const combined = (vectors: Matrix, steps: readonly number[]): number[] =>
  vectors[0]!.map((_, c) => steps.reduce((sum, n, k) => sum + n * vectors[k]![c]!, 0))

/**
 * Returns the matrix whose product with a position gives its coordinates along the primitive
 * vectors.
 */
export const inverse = (vectors: Matrix): Matrix => {
  const [a, b] = vectors
  if (b === undefined) return [[1 / a![0]!]]
  const area = a![0]! * b[1]! - a![1]! * b[0]!
  return [
    [b[1]! / area, -b[0]! / area],
    [-a![1]! / area, a![0]! / area],
  ]
}

const range = (reach: number): number[] =>
  Array.from({ length: 2 * reach + 1 }, (_, n) => n - reach)

/**
 * Returns the integer combinations of the primitive vectors that are no longer than the longest of
 * them.
 */
const shortSteps = (vectors: Matrix): number[][] => {
  const longest = largest(vectors.map(vectorLength))
  // |n_k| is at most the length over the height of the cell along k.
  const reach = inverse(vectors).map((row) => Math.floor(vectorLength(row) * longest + ROUNDING))
  return reach.reduce<number[][]>(
    (all, most) => all.flatMap((steps) => range(most).map((n) => [...steps, n])),
    [[]],
  )
}

/**
 * Returns the sets of vectors to which an isometry can map the primitive vectors, as integer
 * combinations of them.
 */
const imagesOf = (vectors: Matrix): number[][][] => {
  const steps = shortSteps(vectors).map((n) => ({ n, at: combined(vectors, n) }))
  const alike = (x: number, y: number): boolean => Math.abs(x - y) < ROUNDING
  return vectors
    .reduce<{ n: number[]; at: number[] }[][]>(
      (all, v, k) =>
        all.flatMap((chosen) =>
          steps
            .filter(
              ({ at }) =>
                alike(dot(at, at), dot(v, v)) &&
                chosen.every((c, l) => alike(dot(at, c.at), dot(v, vectors[l]!))),
            )
            .map((step) => [...chosen.slice(0, k), step]),
        ),
      [[]],
    )
    .map((chosen) => chosen.map(({ n }) => n))
}

/** Tests whether the vectors around the torus are mapped to vectors around the torus. */
const keepsTorus = (lat: Lattice, images: readonly (readonly number[])[]): boolean =>
  images.every(
    (n, k) =>
      lat.boundary[k] === 'open' ||
      n.every((m, j) => {
        const along = m * lat.dims[k]!
        return lat.boundary[j] === 'open' ? along === 0 : along % lat.dims[j]! === 0
      }),
  )

/** Returns a function that finds the site at a position, if there is one. */
const finder = (lat: Lattice) => {
  const coordinates = inverse(lat.vectors)
  return (position: readonly number[]): number | undefined => {
    for (let offset = 0; offset < lat.cell.length; offset += 1) {
      const steps = apply(
        coordinates,
        position.map((x, c) => x - lat.cell[offset]![c]!),
      )
      const cell = steps.map((x) => Math.round(x) + 0)
      if (steps.every((x, k) => Math.abs(x - cell[k]!) < ROUNDING))
        return siteAt(lat, { cell, offset })
    }
    return undefined
  }
}

/**
 * Returns all isometries of a lattice: rotations and reflections of the plane that map its cells to
 * cells, each with every translation that the boundaries allow. The translations come first, the
 * identity before all. On small tori several isometries move the sites alike; all are listed.
 *
 * Laws   every distance between sites is kept, so all distance shells are.
 * Cost   O(matrices · sites²), with at most 12 matrices.
 * @example isometries(square(4, 4)).length // → 128
 */
export const isometries = (lat: Lattice): readonly Isometry[] => {
  const siteOf = finder(lat)
  const coordinates = inverse(lat.vectors)
  const origin = lat.positions[0]!
  const found = imagesOf(lat.vectors)
    .filter((images) => keepsTorus(lat, images))
    .flatMap((images): Isometry[] => {
      const to = images.map((n) => combined(lat.vectors, n))
      // R a_k = b_k, so R = Σ_k b_k (row k of the inverse).
      const matrix = origin.map((_, c) =>
        origin.map((_, d) => to.reduce((sum, b, k) => sum + b[c]! * coordinates[k]![d]!, 0)),
      )
      return lat.positions.flatMap((target) => {
        const shift = target.map((x, c) => x - apply(matrix, origin)[c]!)
        const sites = new Int32Array(lat.sites)
        for (let i = 0; i < lat.sites; i += 1) {
          const at = siteOf(apply(matrix, lat.positions[i]!).map((x, c) => x + shift[c]!))
          if (at === undefined) return []
          sites[i] = at
        }
        return new Set(sites).size === lat.sites ? [{ matrix, sites }] : []
      })
    })
  const plain = ({ matrix }: Isometry): boolean =>
    matrix.every((row, c) => row.every((x, d) => Math.abs(x - (c === d ? 1 : 0)) < ROUNDING))
  return [...found.filter(plain), ...found.filter((g) => !plain(g))]
}

/** Returns the determinant: 1 for rotations, −1 for reflections. */
export const determinant = ({ matrix: [a, b] }: Isometry): number =>
  b === undefined ? a![0]! : a![0]! * b[1]! - a![1]! * b[0]!

/** Returns the angle of a rotation in (0, 2π], or of the axis of a reflection in [0, π). */
export const angleOf = (g: Isometry): number => {
  const [a, b] = g.matrix
  if (b === undefined) return a![0]! > 0 ? 2 * Math.PI : 0
  const angle = Math.atan2(b[0]!, a![0]!)
  if (determinant(g) > 0) return angle < ROUNDING ? angle + 2 * Math.PI : angle
  return angle < -ROUNDING ? angle / 2 + Math.PI : Math.max(0, angle / 2)
}
