/**
 * A sector says which configurations a state lives on: all of them, or those with a fixed number of
 * up spins. `basis.ts` numbers them.
 */
import { fail } from '../../core/values/index.ts'

export interface Sector {
  readonly sites: number
  /** The number of up spins; undefined means any number, the full space. */
  readonly up: number | undefined
}

const checkSites = (where: string, sites: number): void => {
  if (!Number.isInteger(sites) || sites < 1) {
    fail(
      'SectorError',
      where,
      `the number of sites must be a whole number of at least 1, got ${sites}.`,
    )
  }
}

/**
 * Returns the sector of all 2^sites configurations.
 *
 * @example dimension(fullSpace(3)) // → 8
 */
export const fullSpace = (sites: number): Sector => {
  checkSites('fullSpace', sites)
  return { sites, up: undefined }
}

/**
 * Returns the sector of configurations with `up` up spins. Errors: SectorError when there are none.
 */
export const upSector = (sites: number, up: number): Sector => {
  checkSites('upSector', sites)
  if (!Number.isInteger(up) || up < 0 || up > sites) {
    fail('SectorError', 'upSector', `${sites} sites cannot have ${up} up spins.`, {
      fix: `give a whole number from 0 to ${sites}.`,
    })
  }
  return { sites, up }
}

/**
 * Returns the sector of configurations with total S^z = sz = (up - down)/2.
 *
 * Errors  SectorError when N spins 1/2 cannot add up to sz: odd N gives half-integers, even N
 *         whole numbers, from -N/2 to N/2.
 * @example szSector(4, 1).up // → 3
 */
export const szSector = (sites: number, sz = 0): Sector => {
  checkSites('szSector', sites)
  const up = sites / 2 + sz
  if (!Number.isInteger(up) || up < 0 || up > sites) {
    fail('SectorError', 'szSector', `${sites} spins 1/2 cannot have total S^z = ${sz}.`, {
      fix:
        sites % 2 === 1
          ? `use an even number of sites, or S^z = 1/2 or another half-integer up to ${sites / 2}.`
          : `use a whole number from ${-sites / 2} to ${sites / 2}.`,
    })
  }
  return { sites, up }
}

/** Returns a sector as text, such as `sector of 16 sites with 8 up (S^z = 0)`. */
export const showSector = ({ sites, up }: Sector): string =>
  up === undefined
    ? `full space of ${sites} sites`
    : `sector of ${sites} sites with ${up} up (S^z = ${up - sites / 2})`

/**
 * Returns C(n, k) for all n, k up to `sites` at n·(sites + 1) + k. Values up to 2^53 are exact,
 * because sums of whole numbers below 2^53 are.
 */
export const pascalTriangle = (sites: number): Float64Array => {
  const width = sites + 1
  const table = new Float64Array(width * width)
  for (let n = 0; n <= sites; n += 1) {
    table[n * width] = 1
    for (let k = 1; k <= n; k += 1) {
      table[n * width + k] = table[(n - 1) * width + k - 1]! + table[(n - 1) * width + k]!
    }
  }
  return table
}

const countOf = ({ sites, up }: Sector): number =>
  up === undefined ? 2 ** sites : pascalTriangle(sites)[sites * (sites + 1) + up]!

/** Tests whether the sector has at most `limit` configurations. Never throws. */
export const fitsWithin = (sector: Sector, limit: number): boolean => countOf(sector) <= limit

/**
 * Returns the number of configurations, exactly.
 *
 * Errors  SectorError beyond 2^53, where it cannot be counted exactly.
 * @example dimension(szSector(16)) // → 12870
 */
export const dimension = (sector: Sector): number => {
  const count = countOf(sector)
  if (count > Number.MAX_SAFE_INTEGER) {
    fail(
      'SectorError',
      'dimension',
      `the ${showSector(sector)} has about ${count.toExponential(1)} configurations.`,
      { fix: 'sample it instead of summing over it, or take a smaller lattice.' },
    )
  }
  return count
}

const outside = (
  where: string,
  sector: Sector,
  sigma: ArrayLike<number>,
  offset: number,
): never => {
  const spins = Array.from({ length: sector.sites }, (_, i) => sigma[offset + i])
  const bad = spins.findIndex((s) => s !== 1 && s !== -1)
  const up = spins.filter((s) => s === 1).length
  return fail(
    'SectorError',
    where,
    bad >= 0
      ? `spin ${bad} is ${spins[bad]}; a spin is +1 or -1.`
      : `${up} spins are up, the sector has ${sector.up}.`,
    {
      operands: [showSector(sector)],
      fix: 'give a configuration of the sector, or work in the full space.',
    },
  )
}

/** Throws a SectorError unless the `sites` spins from `offset` on belong to the sector. */
export const checkConfiguration = (
  where: string,
  sector: Sector,
  sigma: ArrayLike<number>,
  offset = 0,
): void => {
  let up = 0
  for (let i = 0; i < sector.sites; i += 1) {
    const s = sigma[offset + i]
    if (s === 1) up += 1
    else if (s !== -1) outside(where, sector, sigma, offset)
  }
  if (sector.up !== undefined && up !== sector.up) outside(where, sector, sigma, offset)
}

/**
 * Draws a configuration uniformly from the sector, from one uniform number per site.
 *
 * Each site in turn is up with probability (up spins left)/(sites left), which makes every
 * configuration of the sector equally likely.
 *
 * Shapes  uniforms [sites] in [0, 1), read from `offset`; result [sites].
 * Errors  DomainError for a number outside [0, 1) or too few of them.
 * Source  Knuth, The Art of Computer Programming 2, section 3.4.2, algorithm S.
 */
export const randomConfiguration = (
  sector: Sector,
  uniforms: ArrayLike<number>,
  offset = 0,
): Int8Array => {
  const sigma = new Int8Array(sector.sites)
  let left = sector.up ?? 0
  for (let i = 0; i < sector.sites; i += 1) {
    const u = uniforms[offset + i] ?? Number.NaN
    if (!(u >= 0 && u < 1)) {
      fail(
        'DomainError',
        'randomConfiguration',
        `uniform number ${i} is ${uniforms[offset + i]}.`,
        { fix: `give ${sector.sites} numbers in [0, 1).` },
      )
    }
    const up = sector.up === undefined ? u < 0.5 : u * (sector.sites - i) < left
    sigma[i] = up ? 1 : -1
    if (up) left -= 1
  }
  return sigma
}
