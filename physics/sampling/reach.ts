import {
  allConfigurations,
  basisOf,
  type Representative,
  type Sector,
  stateIndex,
} from '../configurations/index.ts'
import type { Move } from './moves.ts'

/**
 * Tests whether a move connects all configurations with ψ ≠ 0, up to symmetries, without passing
 * the zeros of ψ that symmetries make. In a sector with many such zeros it may not; each chain
 * would then sample only a part.
 *
 * Cost  O(dimension · sets of sites of the move).
 */
export const reachesAll = (move: Move, sector: Sector, representative: Representative): boolean => {
  const { sites } = sector
  const basis = basisOf(sector)
  const all = allConfigurations(basis)
  const { configurations: standing, phase } = representative(all)
  const isZero = (k: number): boolean => phase !== undefined && Number.isNaN(phase[k]!)
  // Union-find: `rootOf` returns the root of the connected part that a configuration belongs to.
  const parent = Int32Array.from({ length: basis.dimension }, (_, k) => k)
  const rootOf = (k: number): number => {
    let at = k
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!
      at = parent[at]!
    }
    return at
  }
  const join = (k: number, sigma: Int8Array, offset: number): void => {
    const to = stateIndex(basis, sigma, offset)
    if (!isZero(to)) parent[rootOf(k)] = rootOf(to)
  }
  for (let k = 0; k < basis.dimension; k += 1) {
    if (isZero(k)) continue
    join(k, standing, k * sites)
    for (let s = 0; s < move.sites.length; s += 2) {
      const [a, b] = [move.sites[s]!, move.sites[s + 1]!]
      const sigma = all.slice(k * sites, (k + 1) * sites)
      if (b >= 0 && sigma[a] === sigma[b]) continue
      sigma[a]! *= -1
      if (b >= 0) sigma[b]! *= -1
      join(k, sigma, 0)
    }
  }
  const roots = new Set<number>()
  for (let k = 0; k < basis.dimension; k += 1) if (!isZero(k)) roots.add(rootOf(k))
  return roots.size <= 1
}
