import { either as E } from 'fp-ts'
import { type Checked, fail, reshape, type Tensor, transpose } from '../core/index.ts'

/** A rectangular lattice cut into patches of b sites a side: tokens of b² (chain: b) spins. */
export interface PatchGrid {
  /** Sites per side, [n] or [lx, ly]; site index is row-major. */
  readonly dims: readonly number[]
  readonly patch: number
  /** Patches per side. */
  readonly grid: readonly number[]
  /** Number of patches n. */
  readonly tokens: number
  /** Spins in a patch. */
  readonly features: number
  readonly boundary: 'periodic' | 'open'
}

/** Errors  LatticeError when patches do not tile the lattice. */
export const patchGrid = (
  dims: readonly number[],
  patch: number,
  boundary: PatchGrid['boundary'] = 'periodic',
): Checked<PatchGrid> => {
  const bad = dims.find((d) => d % patch !== 0)
  if (!Number.isSafeInteger(patch) || patch < 1 || bad !== undefined)
    return E.left({
      kind: 'LatticeError',
      where: 'patches',
      what: `patches of ${dims.map(() => patch).join('x')} sites do not tile a ${dims.join('x')} lattice.`,
      fix: `choose a patch that divides every side, e.g. ${commonDivisors(dims).join(' or ')}.`,
    })
  const grid = dims.map((d) => d / patch)
  return E.right({
    dims,
    patch,
    grid,
    tokens: grid.reduce((a, b) => a * b, 1),
    features: patch ** dims.length,
    boundary,
  })
}

const commonDivisors = (dims: readonly number[]): number[] =>
  Array.from({ length: Math.min(...dims) }, (_, i) => i + 1).filter((b) =>
    dims.every((d) => d % b === 0),
  )

/**
 * σ [sites] → tokens [n, b²]: patch (X, Y) holds the spins at (Xb + u, Yb + v), row-major in u, v.
 */
export const toPatches = (
  { dims, patch, grid, tokens, features }: PatchGrid,
  sigma: Tensor,
): Tensor => {
  if (dims.length === 1) return reshape(sigma, [tokens, features])
  if (dims.length !== 2)
    return fail({
      kind: 'LatticeError',
      where: 'patches',
      what: `${dims.length} dimensions; 1 or 2 work.`,
    })
  const split = reshape(sigma, [grid[0]!, patch, grid[1]!, patch]) // [X, u, Y, v]
  return reshape(transpose(split, [0, 2, 1, 3]), [tokens, features]) // [X, Y, u, v] → [n, b²]
}
