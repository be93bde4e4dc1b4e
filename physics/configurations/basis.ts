/**
 * A basis numbers the configurations of a sector in ascending order of the integer whose bit i is 1
 * where sigma_i = +1.
 */
import { fail } from '../../core/values/index.ts'
import {
  checkConfiguration,
  dimension,
  pascalTriangle,
  type Sector,
  showSector,
} from './szSector.ts'

/** A sector with what numbering needs: its dimension and Pascal's triangle. */
export interface Basis {
  readonly sector: Sector
  readonly dimension: number
  readonly binomials: Float64Array
}

/**
 * Returns the numbered configurations of a sector. Errors: SectorError for more than 2^53 of them.
 */
export const basisOf = (sector: Sector): Basis => ({
  sector,
  dimension: dimension(sector),
  binomials: pascalTriangle(sector.sites),
})

/**
 * Returns the number of a configuration with up spins at p_1 < p_2 < ...: sum_j C(p_j, j), or sum_j
 * 2^p_j in the full space.
 *
 * Shapes  sigma [.., sites], read from `offset`.
 * Errors  SectorError for a configuration outside the sector.
 * Cost    O(sites).
 * @example stateIndex(basisOf(fullSpace(3)), [1, -1, 1]) // → 5
 */
export const stateIndex = (basis: Basis, sigma: ArrayLike<number>, offset = 0): number => {
  const { sector, binomials } = basis
  checkConfiguration('stateIndex', sector, sigma, offset)
  const width = sector.sites + 1
  let index = 0
  let seen = 0
  for (let p = 0; p < sector.sites; p += 1) {
    if (sigma[offset + p] !== 1) continue
    seen += 1
    index += sector.up === undefined ? 2 ** p : binomials[p * width + seen]!
  }
  return index
}

const write = (basis: Basis, index: number, into: Int8Array, offset: number): void => {
  const { sector, binomials } = basis
  const width = sector.sites + 1
  let rest = index
  let left = sector.up ?? 0
  for (let p = sector.sites - 1; p >= 0; p -= 1) {
    // States with spin p up follow all states whose remaining up spins are below p.
    const below = sector.up === undefined ? 2 ** p : binomials[p * width + left]!
    const up = (sector.up === undefined || left > 0) && rest >= below
    into[offset + p] = up ? 1 : -1
    if (up) {
      rest -= below
      left -= 1
    }
  }
}

/**
 * Returns the configuration with a given number: the inverse of `stateIndex`. Cost O(sites).
 *
 * Errors  SectorError for a number outside 0 .. dimension - 1.
 */
export const configurationAt = (basis: Basis, index: number): Int8Array => {
  if (!Number.isInteger(index) || index < 0 || index >= basis.dimension) {
    fail(
      'SectorError',
      'configurationAt',
      `there is no state ${index} in the ${showSector(basis.sector)}.`,
      { fix: `states run from 0 to ${basis.dimension - 1}.` },
    )
  }
  const sigma = new Int8Array(basis.sector.sites)
  write(basis, index, sigma, 0)
  return sigma
}

/** The largest list of configurations that is written out, in bytes. */
const maxBytes = 2 ** 31

/**
 * Returns all configurations in order, one after the other: the batch of a full summation.
 *
 * Shapes  [dimension, sites], flat.
 * Errors  SectorError when they would take more than 2 GiB.
 */
export const allConfigurations = (basis: Basis): Int8Array => {
  const { sites } = basis.sector
  if (basis.dimension * sites > maxBytes) {
    fail(
      'SectorError',
      'allConfigurations',
      `the ${basis.dimension} configurations of the ${showSector(basis.sector)} do not fit.`,
      { fix: 'take a smaller lattice, or sample.' },
    )
  }
  const all = new Int8Array(basis.dimension * sites)
  for (let index = 0; index < basis.dimension; index += 1) write(basis, index, all, index * sites)
  return all
}
