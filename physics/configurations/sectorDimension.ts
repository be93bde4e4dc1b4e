import type { Symmetry, SymmetryGroup } from '../../models/index.ts'
import { fitsWithin, type Sector } from './szSector.ts'

// This file counts the states in a symmetry sector without listing configurations.

/** Returns the lengths of the cycles of a permutation. */
const cyclesOf = ({ sites }: Symmetry): readonly number[] => {
  const seen = new Uint8Array(sites.length)
  const lengths: number[] = []
  for (let i = 0; i < sites.length; i += 1) {
    let length = 0
    for (let at = i; seen[at] === 0; at = sites[at]!) {
      seen[at] = 1
      length += 1
    }
    if (length > 0) lengths.push(length)
  }
  return lengths
}

/**
 * Returns the number of configurations in a sector that a symmetry maps to themselves.
 *
 * Spins are equal along each cycle, so a whole cycle is up or down. With inversion they alternate
 * along a cycle, in two ways, which needs even lengths and half of all spins up.
 */
const fixedBy = (g: Symmetry, cycles: readonly number[], { sites, up }: Sector): number => {
  if (g.flip === -1) {
    const alternating = cycles.every((length) => length % 2 === 0)
    return alternating && (up === undefined || 2 * up === sites) ? 2 ** cycles.length : 0
  }
  if (up === undefined) return 2 ** cycles.length
  // ways[up] becomes the coefficient of x^up in Π (1 + x^length).
  const ways = new Float64Array(up + 1)
  ways[0] = 1
  for (const length of cycles) for (let n = up; n >= length; n -= 1) ways[n]! += ways[n - length]!
  return ways[up]!
}

/**
 * Returns the number of states in a symmetry sector: the trace of the projector on it,
 *
 *   dim = 1/|G| Σ_g χ(g) · #{σ : gσ = σ}
 *
 * Laws    the dimensions of all sectors of an abelian group sum to that of the space.
 * Special cases  exact up to 2^50 configurations; beyond, to some 13 digits.
 * Cost    O(group · sites²) at most: it follows from the lengths of cycles.
 * Source  Burnside's lemma with characters, such as in Serre, Linear Representations of Finite
 *         Groups (1977), section 2.3.
 * @example sectorDimension([identitySymmetry(4)], szSector(4)) // → 6
 */
export const sectorDimension = (group: SymmetryGroup, sector: Sector): number => {
  let sum = 0
  for (const g of group) {
    const { re } = g.character
    sum += re * fixedBy(g, cyclesOf(g), sector)
  }
  return Math.round(sum / group.length) + 0
}

/** In sectors with more configurations than this, a bound is tried before states are counted. */
const COUNTED = 2 ** 20

const isIdentity = ({ sites, flip }: Symmetry): boolean =>
  flip === 1 && sites.every((from, i) => from === i)

/**
 * Returns a lower bound of log₂ C(n, k): C(n, k) >= (n/k)^k, and >= 2^n / (n + 1) in the middle.
 */
const leastLog2 = ({ sites, up }: Sector): number => {
  if (up === undefined) return sites
  if (2 * up === sites) return sites - Math.log2(sites + 1)
  const few = Math.min(up, sites - up)
  return few === 0 ? 0 : few * Math.log2(sites / few)
}

/**
 * Tests whether a symmetry sector has any state; in a sector without states every wave function is
 * 0.
 *
 * If the identity fixes more configurations than all other symmetries together can (at most 2 to
 * the number of cycles each), the characters cannot cancel its term; otherwise the states are
 * counted.
 */
export const hasStates = (group: SymmetryGroup, sector: Sector): boolean => {
  if (!fitsWithin(sector, COUNTED)) {
    const least = leastLog2(sector)
    let others = 0
    for (const g of group) if (!isIdentity(g)) others += 2 ** (cyclesOf(g).length - least)
    if (others < 1) return true
  }
  return sectorDimension(group, sector) > 0
}
