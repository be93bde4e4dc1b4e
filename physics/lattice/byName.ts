import { honeycomb, kagome, triangular } from './hexagonal.ts'
import { type Boundary, type Lattice, lattice } from './lattice.ts'

// This file holds the lattices with right angles, and the table of all lattices that have a name.

/**
 * Returns a ring ('periodic') or a line ('open') of `length` sites.
 *
 * @example chain(8).sites // → 8
 */
export const chain = (length: number, boundary: Boundary = 'periodic'): Lattice =>
  lattice({
    name: `chain ${length} ${boundary}`,
    dims: [length],
    boundary: [boundary],
    vectors: [[1]],
    cell: [[0]],
  })

/**
 * Returns a rectangle of `lx` x `ly` sites of the square lattice; site i = x·ly + y.
 *
 * @example square(4, 6, 'open').positions[7] // → [1, 1]
 */
export const square = (lx: number, ly: number, boundary: Boundary = 'periodic'): Lattice =>
  lattice({
    name: `square ${lx}x${ly} ${boundary}`,
    dims: [lx, ly],
    boundary: [boundary, boundary],
    vectors: [
      [1, 0],
      [0, 1],
    ],
    cell: [[0, 0]],
  })

/**
 * Returns `lx` x `ly` cells of the Lieb lattice, a square lattice with a site on every bond: each
 * cell has a corner with four neighbours, and two bond sites with two neighbours each. The lattice
 * is bipartite (corners against bond sites) and has twice as many bond sites as corners, so the
 * ground state of its Heisenberg antiferromagnet has spin lx ly / 2.
 *
 * Source  Lieb, Phys. Rev. Lett. 62, 1201 (1989).
 * @example lieb(2, 2).sites // → 12
 */
export const lieb = (lx: number, ly: number, boundary: Boundary = 'periodic'): Lattice =>
  lattice({
    name: `Lieb ${lx}x${ly} ${boundary}`,
    dims: [lx, ly],
    boundary: [boundary, boundary],
    vectors: [
      [2, 0],
      [0, 2],
    ],
    cell: [
      [0, 0],
      [1, 0],
      [0, 1],
    ],
  })

/**
 * The table holds the lattices by name; each is made of so many unit cells along its directions.
 */
export const lattices = {
  chain: ([length], boundary) => chain(length!, boundary),
  square: ([lx, ly], boundary) => square(lx!, ly!, boundary),
  triangular: ([lx, ly], boundary) => triangular(lx!, ly!, boundary),
  honeycomb: ([lx, ly], boundary) => honeycomb(lx!, ly!, boundary),
  lieb: ([lx, ly], boundary) => lieb(lx!, ly!, boundary),
  kagome: ([lx, ly], boundary) => kagome(lx!, ly!, boundary),
} as const satisfies Readonly<
  Record<string, (size: readonly number[], boundary?: Boundary) => Lattice>
>
