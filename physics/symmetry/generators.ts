import { fail } from '../../core/index.ts'
import {
  moved,
  type Symmetry,
  type SymmetryGroup,
  siteSymmetry,
  spinInversion,
  symmetryGroup,
  turn,
} from '../../models/index.ts'
import type { Sector } from '../configurations/index.ts'
import {
  angleOf,
  determinant,
  type Isometry,
  isometries,
  type Lattice,
  sublattice,
  translation,
} from '../lattice/index.ts'
import type { Operator } from '../operators/index.ts'
import { invariance } from './invariance.ts'

// This file finds the symmetries that a Hamiltonian has on a lattice, and the sectors into which
// they divide its states.

/** A one-dimensional representation, given by the characters of the generators. */
export interface Characters {
  /**
   * The momentum in units of 2π/L along each direction: χ = e^{2πi k·x/L} for (T_x σ)(r) = σ(r +
   * x).
   */
  readonly momentum?: readonly number[]
  /** The character of the rotation by the smallest angle. */
  readonly rotation?: 1 | -1
  /** The character of the reflection in the axis of the smallest angle. */
  readonly mirror?: 1 | -1
  /** The character of σ ↦ −σ. */
  readonly inversion?: 1 | -1
}

/** The generators of the symmetries of a Hamiltonian, each with character 1. */
export interface Generators {
  /** The translations by the shortest step along each direction that has one. */
  readonly translations: readonly { readonly shift: readonly number[]; readonly g: Symmetry }[]
  readonly rotation?: Symmetry
  readonly mirror?: Symmetry
  readonly inversion?: Symmetry
}

/** The tolerance of angles, which are arctangents of sums of products. */
const ROUNDING = 1e-6

const divisors = (n: number): number[] =>
  Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0)

const shiftsOf = (lat: Lattice, invariant: (g: Symmetry) => boolean) =>
  lat.dims.flatMap((length, k) => {
    if (lat.boundary[k] === 'open') return []
    const found = divisors(length)
      .filter((step) => step < length)
      .map((step) => lat.dims.map((_, other) => (other === k ? step : 0)))
      .map((shift) => ({ shift, g: siteSymmetry(translation(lat, shift)) }))
      .find(({ g }) => invariant(g))
    return found === undefined ? [] : [found]
  })

/**
 * Orders isometries by angle; of several with the same matrix, the one whose list of sites is
 * smaller comes first.
 */
const before = (a: Isometry, b: Isometry): number => {
  const angles = angleOf(a) - angleOf(b)
  if (Math.abs(angles) > ROUNDING) return angles
  const i = a.sites.findIndex((site, k) => site !== b.sites[k])
  return i < 0 ? 0 : a.sites[i]! - b.sites[i]!
}

/**
 * Returns the generators of the symmetries of a Hamiltonian on its lattice, as far as they exist:
 * translations, one rotation (about the first site where it is a centre), one reflection, spin
 * inversion.
 *
 * Cost  O(isometries of the lattice · strings of the operator) at most.
 */
export const generatorsOf = (
  lat: Lattice,
  operator: Operator,
  extent: Extent = 'full',
): Generators => {
  const invariant = invariance(operator)
  // Finding isometries takes sites² steps each: lattices of thousands of sites that only translate
  // need none.
  if (extent === 'translations') return { translations: shiftsOf(lat, invariant) }
  const all = isometries(lat)
  const first = (keep: (g: Isometry) => boolean): { readonly g?: Symmetry } => {
    const found = all
      .filter(keep)
      .sort(before)
      .map(({ sites }) => siteSymmetry(sites))
      .find(invariant)
    return found === undefined ? {} : { g: found }
  }
  const rotation = first((g) => determinant(g) > 0 && angleOf(g) < 2 * Math.PI - ROUNDING).g
  const mirror = first((g) => determinant(g) < 0).g
  const inversion = spinInversion(lat.sites)
  return {
    translations: shiftsOf(lat, invariant),
    ...(rotation === undefined ? {} : { rotation }),
    ...(mirror === undefined ? {} : { mirror }),
    ...(invariant(inversion) ? { inversion } : {}),
  }
}

const checkMomentum = (lat: Lattice, momentum: readonly number[]): void => {
  if (momentum.length !== lat.dims.length || !momentum.every(Number.isInteger))
    fail('SectorError', 'momentum', `[${momentum.join(', ')}] for ${lat.name}.`, {
      fix: `${lat.dims.length} whole number(s), in units of 2π/L along each direction.`,
    })
}

/** The extent is translations alone, or all symmetries. */
export type Extent = 'translations' | 'full'

/**
 * Returns the symmetries of a Hamiltonian on its lattice, with the characters of a sector; a
 * character that is not given is 1. A character of a symmetry that H does not have is ignored.
 *
 * Errors  SectorError when no one-dimensional representation has these characters, such as momenta
 *         that a rotation moves elsewhere.
 * @example symmetriesOf(square(4, 4), heisenberg(square(4, 4)), 'full').length // → 256
 */
export const symmetriesOf = (
  lat: Lattice,
  operator: Operator,
  extent: Extent,
  { momentum = lat.dims.map(() => 0), rotation = 1, mirror = 1, inversion = 1 }: Characters = {},
): SymmetryGroup => {
  checkMomentum(lat, momentum)
  const found = generatorsOf(lat, operator, extent)
  const translations = found.translations.map(({ shift, g }) => ({
    ...g,
    character: turn(shift.reduce((sum, x, k) => sum + (momentum[k]! * x) / lat.dims[k]!, 0)),
  }))
  const signed = (g: Symmetry | undefined, re: number): Symmetry[] =>
    g === undefined ? [] : [{ ...g, character: { re, im: 0 } }]
  const rest = [
    ...signed(found.rotation, rotation),
    ...signed(found.mirror, mirror),
    ...signed(found.inversion, inversion),
  ]
  return symmetryGroup(lat.sites, [...translations, ...rest])
}

/**
 * Returns the same symmetries with every character multiplied by the sign of Marshall's rule,
 *
 *   s(g) = M(gσ) M(σ),   M(σ) = (−1)^(up spins on A)
 *
 * This maps the characters of ψ = M φ to those of φ, which the network represents, and back. The
 * ground state of the nearest-neighbour antiferromagnet is M times a positive function φ, so φ has
 * characters 1 and the ground state has s(g).
 *
 * Errors  LatticeError when the lattice is not bipartite; SectorError when any number may be up.
 */
export const marshallSigned = (
  group: SymmetryGroup,
  lat: Lattice,
  { up }: Sector,
): SymmetryGroup => {
  if (up === undefined)
    return fail(
      'SectorError',
      'marshallSigned',
      'without a fixed number of up spins the sign is no character.',
      { fix: 'a sector such as szSector(sites).' },
    )
  const colour = sublattice(lat)
  const onA = (sigma: ArrayLike<number>): number =>
    colour.reduce((count, c, i) => count + (c === 0 && sigma[i] === 1 ? 1 : 0), 0)
  // The sign is the same for every configuration with this number of up spins, so one suffices.
  const probe = Int8Array.from({ length: lat.sites }, (_, i) => (i < up ? 1 : -1))
  return group.map((g) => {
    const sign = (onA(moved(g, probe)) + onA(probe)) % 2 === 0 ? 1 : -1
    const { re, im } = g.character
    return { ...g, character: { re: sign * re + 0, im: sign * im + 0 } }
  })
}
