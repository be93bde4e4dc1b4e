import { fail } from '../../core/values/index.ts'
import type { Sector } from '../configurations/index.ts'
import type { Bond } from '../lattice/index.ts'
import type { Operator } from '../operators/index.ts'

/**
 * A move draws one of these sets of sites, each with equal probability, and flips its spins. A pair
 * flips only if its spins are antiparallel, so that S^z_tot stays.
 */
export interface Move {
  readonly name: string
  /** Flat pairs [a, b, a, b, …]; b = −1 for a single site. */
  readonly sites: Int32Array
  readonly conservesSz: boolean
}

/** Returns the move that exchanges two antiparallel spins of a random bond; it keeps S^z_tot. */
export const bondExchange = (bonds: readonly Bond[]): Move => ({
  name: 'bondExchange',
  sites: Int32Array.from(bonds.flat()),
  conservesSz: true,
})

/** Returns the move that flips one random spin, for the full space. */
export const spinFlip = (sites: number): Move => ({
  name: 'spinFlip',
  sites: Int32Array.from({ length: 2 * sites }, (_, i) => (i % 2 === 0 ? i / 2 : -1)),
  conservesSz: false,
})

/**
 * Returns the move that goes where an operator leads: single flips where any number of spins may
 * be up, else exchanges of two spins that one of its strings turns over together.
 */
export const moveAlong = ({ strings }: Operator, { sites, up }: Sector): Move => {
  if (up === undefined) return spinFlip(sites)
  const pairs = strings.flatMap((s): Bond[] => {
    const turned = s.sites.filter((_, k) => s.axes[k] !== 'z')
    return turned.flatMap((i, k) => turned.slice(k + 1).map((j): Bond => [i, j]))
  })
  return bondExchange([...new Map(pairs.map((pair) => [pair.join(), pair])).values()])
}

/**
 * Checks a move. Errors: SectorError when it leaves the sector; LatticeError when it has no sites.
 */
export const checkMove = (move: Move, sector: Sector): void => {
  if (sector.up !== undefined && !move.conservesSz)
    fail(
      'SectorError',
      'metropolis',
      `${move.name} changes S^z, the sector is fixed at ${sector.up} up spins.`,
      { fix: 'use bondExchange, or sample the full space.' },
    )
  if (move.sites.length === 0)
    fail('LatticeError', 'metropolis', `${move.name} has no sites to move.`)
}
