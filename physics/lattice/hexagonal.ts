import { type Boundary, type Lattice, lattice } from './lattice.ts'

// This file holds the lattices with hexagonal symmetry. Nearest neighbours are one lattice constant
// apart in each.

const height = Math.sqrt(3) / 2

/** Returns two primitive vectors of length a at an angle of 60°. */
const hexagonal = (a: number): readonly (readonly number[])[] => [
  [a, 0],
  [a / 2, a * height],
]

/**
 * Returns `lx` x `ly` sites of the triangular lattice, with six neighbours each; site x·ly + y is
 * at x a₁ + y a₂.
 *
 * @example triangular(4, 4).positions[5] // → [1.5, 0.8660254]
 */
export const triangular = (lx: number, ly: number, boundary: Boundary = 'periodic'): Lattice =>
  lattice({
    name: `triangular ${lx}x${ly} ${boundary}`,
    dims: [lx, ly],
    boundary: [boundary, boundary],
    vectors: hexagonal(1),
    cell: [[0, 0]],
  })

/**
 * Returns `lx` x `ly` cells of the honeycomb lattice. Each cell has two sites with three
 * neighbours: A at the corner, B above the middle of the lower triangle. The lattice is bipartite,
 * A against B.
 *
 * @example honeycomb(3, 3).sites // → 18
 */
export const honeycomb = (lx: number, ly: number, boundary: Boundary = 'periodic'): Lattice =>
  lattice({
    name: `honeycomb ${lx}x${ly} ${boundary}`,
    dims: [lx, ly],
    boundary: [boundary, boundary],
    vectors: hexagonal(Math.sqrt(3)),
    cell: [
      [0, 0],
      [height, 0.5],
    ],
  })

/**
 * Returns `lx` x `ly` cells of the kagome lattice. Each cell has three sites with four neighbours:
 * the corners of the upward triangle.
 *
 * @example kagome(2, 2).sites // → 12
 */
export const kagome = (lx: number, ly: number, boundary: Boundary = 'periodic'): Lattice =>
  lattice({
    name: `kagome ${lx}x${ly} ${boundary}`,
    dims: [lx, ly],
    boundary: [boundary, boundary],
    vectors: hexagonal(2),
    cell: [
      [0, 0],
      [1, 0],
      [0.5, height],
    ],
  })
