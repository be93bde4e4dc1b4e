/**
 * This file holds finite lattices as plain data: unit cells on a grid, each with the same few
 * sites; every direction is closed into a ring or open. `bonds.ts` finds which sites are near each
 * other.
 */
import { fail } from '../../core/values/index.ts'

export type Boundary = 'periodic' | 'open'

/** A shape defines a lattice; `lattice` derives the rest. */
export interface LatticeShape {
  readonly name: string
  /** Unit cells along each direction. */
  readonly dims: readonly number[]
  /** One boundary per direction. */
  readonly boundary: readonly Boundary[]
  /** Primitive vectors, one per direction, in units of the lattice constant. */
  readonly vectors: readonly (readonly number[])[]
  /** Positions of the sites of one unit cell. */
  readonly cell: readonly (readonly number[])[]
}

export interface Lattice extends LatticeShape {
  readonly sites: number
  /** Position of every site, in units of the lattice constant. */
  readonly positions: readonly (readonly number[])[]
}

/** Above this number of sites the positions alone would fill memory. */
const maxSites = 1_000_000

const checkLength = (name: string, length: number): void => {
  if (!Number.isInteger(length) || length < 1) {
    fail('LatticeError', name, `a length must be a whole number of at least 1, got ${length}.`, {
      fix: 'give each length as 1, 2, 3, ...',
    })
  }
}

const checkBoundary = (name: string, boundary: unknown): void => {
  if (boundary !== 'periodic' && boundary !== 'open') {
    fail('LatticeError', name, `boundary ${JSON.stringify(boundary)} is not known.`, {
      fix: "use 'periodic' or 'open'.",
    })
  }
}

const checkShape = ({ name, dims, boundary, vectors, cell }: LatticeShape): void => {
  const directions = dims.length
  if (directions < 1 || directions > 2) {
    fail('LatticeError', name, `a lattice has 1 or 2 directions, got ${directions} dims.`)
  }
  if (boundary.length !== directions || vectors.length !== directions || cell.length < 1) {
    fail(
      'LatticeError',
      name,
      `${directions} dims, ${boundary.length} boundaries, ${vectors.length} vectors.`,
      {
        operands: [`unit cell of ${cell.length} sites`],
        fix: 'give every direction one length, boundary and vector, and the cell at least one site.',
      },
    )
  }
  for (const length of dims) checkLength(name, length)
  for (const b of boundary) checkBoundary(name, b)
  const sites = dims.reduce((product, length) => product * length, cell.length)
  if (sites > maxSites) {
    fail('LatticeError', name, `${sites} sites are too many.`, { fix: `use at most ${maxSites}.` })
  }
}

/**
 * Returns a lattice in one or two directions, with one or more sites in a cell.
 *
 *   site = (x·dims[1] + y)·cell.length + c,   position = x·vectors[0] + y·vectors[1] + cell[c]
 *
 * Errors  LatticeError for a length that is not a positive whole number, an unknown boundary, parts
 *         that do not match, or more than a million sites.
 */
export const lattice = (shape: LatticeShape): Lattice => {
  checkShape(shape)
  const { dims, vectors, cell } = shape
  const positions: number[][] = []
  for (let x = 0; x < dims[0]!; x += 1) {
    for (let y = 0; y < (dims[1] ?? 1); y += 1) {
      for (const offset of cell) {
        positions.push(offset.map((o, k) => o + x * vectors[0]![k]! + y * (vectors[1]?.[k] ?? 0)))
      }
    }
  }
  return { ...shape, sites: positions.length, positions }
}

/** Throws unless `site` is a site of the lattice. */
export const checkSite = (where: string, lat: Lattice, site: number): void => {
  if (!Number.isInteger(site) || site < 0 || site >= lat.sites) {
    fail('LatticeError', where, `${lat.name} has no site ${site}.`, {
      fix: `sites run from 0 to ${lat.sites - 1}.`,
    })
  }
}

export interface SiteAddress {
  /** Unit cell, one number per direction. */
  readonly cell: readonly number[]
  /** The index of the site within its cell. */
  readonly offset: number
}

/** Returns the unit cell of a site and its index within the cell: the inverse of `siteAt`. */
export const addressOf = (lat: Lattice, site: number): SiteAddress => {
  checkSite('addressOf', lat, site)
  const index = Math.floor(site / lat.cell.length)
  const ly = lat.dims[1]
  return {
    cell: ly === undefined ? [index] : [Math.floor(index / ly), index % ly],
    offset: site % lat.cell.length,
  }
}

/**
 * Returns the site at an address, wrapped along periodic directions, or undefined beyond an open
 * edge.
 */
export const siteAt = (lat: Lattice, { cell, offset }: SiteAddress): number | undefined => {
  let index = 0
  for (let k = 0; k < lat.dims.length; k += 1) {
    const length = lat.dims[k]!
    const x = cell[k] ?? 0
    if (lat.boundary[k] === 'open' && (x < 0 || x >= length)) return undefined
    index = index * length + (((x % length) + length) % length)
  }
  return index * lat.cell.length + offset
}

/**
 * Returns the translation by whole unit cells as a permutation: site i moves to `result[i]`.
 *
 * Errors  LatticeError for a shift along an open direction, which is no symmetry, or by fractions.
 */
export const translation = (lat: Lattice, shift: readonly number[]): Int32Array => {
  shift.forEach((step, k) => {
    if (!Number.isInteger(step) || (step !== 0 && lat.boundary[k] !== 'periodic')) {
      fail(
        'LatticeError',
        'translation',
        `${lat.name} has no translation by ${step} along direction ${k}.`,
        { fix: 'shift by whole cells, and by 0 along open directions.' },
      )
    }
  })
  return Int32Array.from({ length: lat.sites }, (_, site) => {
    const { cell, offset } = addressOf(lat, site)
    return siteAt(lat, { cell: cell.map((x, k) => x + (shift[k] ?? 0)), offset })!
  })
}

/**
 * Returns all translations of the lattice, the identity first; there are none along open
 * directions.
 */
export const translations = (lat: Lattice): readonly Int32Array[] => {
  const steps = lat.dims.map((length, k) => (lat.boundary[k] === 'periodic' ? length : 1))
  return Array.from({ length: steps[0]! }, (_, x) =>
    Array.from({ length: steps[1] ?? 1 }, (_, y) =>
      translation(lat, [x, y].slice(0, lat.dims.length)),
    ),
  ).flat()
}
