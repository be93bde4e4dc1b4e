import { fail } from '../../core/values/index.ts'
import type { Bond } from './bonds.ts'
import { type Lattice, siteAt } from './lattice.ts'

// This file holds the orthogonal dimers of Shastry and Sutherland, and the state in which each
// dimer is a singlet.

/**
 * Returns one dimer for each site of a square lattice: plaquettes at (even, even) cells have one
 * along (1, 1), those at (odd, odd) cells one along (1, −1).
 *
 * Errors  LatticeError unless the lattice is a square one with sides that are even and, around the
 *         lattice, at least 4. On open lattices the sites at the edge may have no dimer.
 * Source  Shastry and Sutherland, Physica B+C 108, 1069 (1981).
 */
export const dimers = (lat: Lattice): readonly Bond[] => {
  const fits = (length: number, k: number): boolean =>
    length % 2 === 0 && (lat.boundary[k] === 'open' || length >= 4)
  if (lat.dims.length !== 2 || lat.cell.length !== 1 || !lat.dims.every(fits))
    return fail('LatticeError', 'dimers', `orthogonal dimers do not fit ${lat.name}.`, {
      fix: 'a square lattice with even sides of at least 4, such as 4x4.',
    })
  const [lx, ly] = lat.dims as [number, number]
  const across = (a: readonly number[], b: readonly number[]): readonly Bond[] => {
    const [i, j] = [siteAt(lat, { cell: a, offset: 0 }), siteAt(lat, { cell: b, offset: 0 })]
    return i === undefined || j === undefined ? [] : [i < j ? [i, j] : [j, i]]
  }
  const plaquettes = Array.from({ length: lx / 2 }, (_, x) =>
    Array.from({ length: ly / 2 }, (_, y) => [2 * x, 2 * y] as const),
  ).flat()
  return plaquettes.flatMap(([x, y]) => [
    ...across([x, y], [x + 1, y + 1]),
    ...across([x + 2, y + 1], [x + 1, y + 2]),
  ])
}

/**
 * Returns the amplitude of a product of singlets (|↑↓⟩ − |↓↑⟩)/√2, with the first site of each pair
 * written first. It is 0 where the spins of a pair are parallel.
 */
export const singletProduct =
  (pairs: readonly Bond[]) =>
  (sigma: ArrayLike<number>): number =>
    pairs.reduce((product, [i, j]) => (product * (sigma[i]! - sigma[j]!)) / 2 / Math.SQRT2, 1)
