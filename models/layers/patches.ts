import { fail, reshape, type Tensor, transpose } from '../../core/index.ts'
import { counted, smallest, vectorLength } from '../../core/values/index.ts'

/** The unit cell of a lattice, with what patches need of it. */
export interface UnitCell {
  /** The positions of its sites; only their number matters. */
  readonly cell: readonly (readonly number[])[]
  /** The primitive vectors, one for each direction; their scale does not matter. */
  readonly vectors: readonly (readonly number[])[]
}

/**
 * A lattice divided into patches of b unit cells per side. A token holds all spins of a patch: b²
 * on a square lattice.
 */
export interface PatchGrid {
  /** The unit cells per side, [n] or [lx, ly]; cells are row-major, the sites of each together. */
  readonly dims: readonly number[]
  readonly patch: number
  /** The number of sites in a unit cell. */
  readonly cellSites: number
  /** The vectors from a patch to its neighbour along each direction; the first has length 1. */
  readonly vectors: readonly (readonly number[])[]
  /** The number of patches per side. */
  readonly grid: readonly number[]
  /** The number of patches n. */
  readonly tokens: number
  /** The number of spins in a patch. */
  readonly features: number
  readonly boundary: 'periodic' | 'open'
}

const unitVectors = (directions: number): number[][] =>
  Array.from({ length: directions }, (_, k) =>
    Array.from({ length: directions }, (_, c) => (c === k ? 1 : 0)),
  )

/**
 * Divides a lattice into patches of `patch` unit cells along every direction. Without a unit cell,
 * a cell has a single site and the directions are at right angles.
 *
 * Errors  LatticeError when patches do not tile the lattice.
 */
export const patchGrid = (
  dims: readonly number[],
  patch: number,
  boundary: PatchGrid['boundary'] = 'periodic',
  { cell, vectors }: UnitCell = { cell: [[0]], vectors: unitVectors(dims.length) },
): PatchGrid => {
  const bad = dims.find((d) => d % patch !== 0)
  if (!Number.isSafeInteger(patch) || patch < 1 || bad !== undefined)
    return fail(
      'LatticeError',
      'patches',
      `patches of ${dims.map(() => patch).join('x')} sites do not tile a ${dims.join('x')} lattice.`,
      { fix: `choose a patch that divides every side, e.g. ${commonDivisors(dims).join(' or ')}.` },
    )
  const grid = dims.map((d) => d / patch)
  const length = vectorLength(vectors[0]!)
  return {
    dims,
    patch,
    grid,
    tokens: grid.reduce((a, b) => a * b, 1),
    features: cell.length * patch ** dims.length,
    cellSites: cell.length,
    vectors: vectors.map((v) => v.map((x) => x / length)),
    boundary,
  }
}

const commonDivisors = (dims: readonly number[]): number[] =>
  Array.from({ length: smallest(dims) }, (_, i) => i + 1).filter((b) =>
    dims.every((d) => d % b === 0),
  )

/** A grid in words: `2x1 patches of 4 cells, periodic: 2 tokens of 4 spins`. */
export const showPatches = ({ dims, patch, grid, tokens, features, boundary }: PatchGrid): string =>
  `${grid.join('x')} patches of ${counted(patch ** dims.length, 'cell')}, ${boundary}: ` +
  `${counted(tokens, 'token')} of ${counted(features, 'spin')}`

/**
 * Maps σ [sites] → tokens [n, features]: patch (X, Y) holds the spins of the cells (Xb + u, Yb +
 * v), row-major in u, v, the sites of each cell together.
 */
export const toPatches = (
  { dims, patch, grid, tokens, features, cellSites }: PatchGrid,
  sigma: Tensor,
): Tensor => {
  if (dims.length === 1) return reshape(sigma, [tokens, features])
  if (dims.length !== 2)
    return fail('LatticeError', 'patches', `${dims.length} dimensions; 1 or 2 work.`)
  const split = reshape(sigma, [grid[0]!, patch, grid[1]!, patch * cellSites]) // [X, u, Y, v c]
  return reshape(transpose(split, [0, 2, 1, 3]), [tokens, features]) // [X, Y, u, v c] → [n, ·]
}
