import { TensorError } from '../../core/index.ts'
import { largest, smallest } from '../../core/values/index.ts'
import * as physics from '../../physics/index.ts'
import { type Model, modelOf } from '../settings/index.ts'

// The properties of a lattice that matter before a run on it.

/** All pairs of sites that are equally far from each other. */
export interface Shell {
  readonly distance: number
  readonly bonds: number
  /** The fewest and the most neighbours that a site has at this distance. */
  readonly neighbours: readonly [fewest: number, most: number]
}

/** Square patches of unit cells that fill the lattice; each is a token of the network. */
export interface Patching {
  /** Unit cells along the side of a patch. */
  readonly side: number
  readonly patches: number
}

/** The properties of a lattice that `psigrad lattice` prints. */
export interface LatticeFacts {
  readonly name: string
  readonly sites: number
  readonly cells: number
  /** Shells by their distance, the nearest first. */
  readonly shells: readonly Shell[]
  /** Sites of both sublattices, nearest neighbours being on different ones; null without these. */
  readonly sublattices: readonly [number, number] | null
  /** Translations that the nearest-neighbour model has; null on lattices too large to look. */
  readonly translations: number | null
  /** All its symmetries, spin inversion included; null likewise. */
  readonly symmetries: number | null
  readonly patchings: readonly Patching[]
  /** Number of states with Sz = 0; null where it is no exact number. */
  readonly dimension: number | null
  /** Dimension of the space of those that every symmetry leaves as they are; null likewise. */
  readonly symmetricDimension: number | null
}

/** C(50, 25) is the last number of states that fits a number exactly. */
const COUNTABLE = 50
/** Symmetries take sites² steps each, and there are several for each site. */
const LOOKED_UP = 256

const shellsOf = (lattice: physics.Lattice, most: number): readonly Shell[] =>
  physics
    .shellDistances(lattice)
    .slice(0, most)
    .map((distance, k) => {
      const bonds = physics.bonds(lattice, k + 1)
      const counts = new Array<number>(lattice.sites).fill(0)
      for (const site of bonds.flat()) counts[site]! += 1
      return {
        distance,
        bonds: bonds.length,
        neighbours: [smallest(counts), largest(counts)],
      }
    })

const sublatticesOf = (lattice: physics.Lattice): readonly [number, number] | null => {
  try {
    const onB = physics.sublattice(lattice).reduce((sum, colour) => sum + colour, 0)
    return [lattice.sites - onB, onB]
  } catch (error) {
    if (error instanceof TensorError) return null
    throw error
  }
}

const patchingsOf = (size: readonly number[]): readonly Patching[] =>
  Array.from({ length: smallest(size) }, (_, k) => k + 1)
    .filter((side) => size.every((length) => length % side === 0))
    .map((side) => ({ side, patches: size.reduce((n, length) => n * (length / side), 1) }))

/**
 * Returns the properties of a lattice, with its nearest `shells`. Symmetries are those of the
 * Heisenberg model with equal couplings on all of its bonds, dimers included. States are those of
 * least S^z, which is 1/2 for an odd number of sites.
 *
 * Errors  LatticeError when there is no such lattice.
 */
export const latticeFacts = (
  model: Pick<Model, 'lattice' | 'size' | 'boundary'>,
  shells = 3,
): LatticeFacts => {
  const dimers = model.lattice === 'shastry-sutherland'
  const { lattice, operator } = modelOf({ ...model, j1: 1, j2: dimers ? 1 : 0 })
  const { sites } = lattice
  const odd = sites % 2 === 1
  const sector = physics.szSector(sites, odd ? 1 / 2 : 0)
  const looked = sites <= LOOKED_UP
  const full = looked ? physics.symmetriesOf(lattice, operator, 'full') : null
  const moves = looked ? physics.symmetriesOf(lattice, operator, 'translations') : null
  const counted = sites <= COUNTABLE
  return {
    name: dimers ? `${lattice.name} with orthogonal dimers` : lattice.name,
    sites,
    cells: sites / lattice.cell.length,
    shells: shellsOf(lattice, shells),
    sublattices: sublatticesOf(lattice),
    translations: moves === null ? null : moves.length,
    symmetries: full === null ? null : full.length,
    patchings: patchingsOf(model.size),
    dimension: counted ? physics.dimension(sector) : null,
    // Spin inversion leads out of S^z = 1/2.
    symmetricDimension:
      counted && !odd && full !== null ? physics.sectorDimension(full, sector) : null,
  }
}
