import type { LogPsi } from './amplitudes.ts'
import { bonds, sublattice } from './bonds.ts'
import { chainsOf } from './chains.ts'
import { compileOperator } from './compiled.ts'
import { fromBonds, spinDot } from './hamiltonians.ts'
import type { Lattice } from './lattice.ts'
import { localEnergies } from './localEnergy.ts'
import {
  addOperators,
  identityOperator,
  multiplyOperators,
  type Operator,
  scaleOperator,
  sumOperators,
} from './operator.ts'
import { type Estimate, estimate } from './statistics.ts'

// What a state is like, beside its energy: operators, measured like an energy. Their exact twins
// are `expectation` on a vector and `localEnergies` with the weights of a full sum.

/** S_i · S_i of a spin 1/2. */
const SQUARED = 3 / 4

/** sum_ij w_ij S_i · S_j over ordered pairs, for symmetric weights. */
const quadratic = (sites: number, weight: (i: number, j: number) => number): Operator => {
  const all = Array.from({ length: sites }, (_, i) => i)
  const own = all.reduce((sum, i) => sum + weight(i, i) * SQUARED, 0)
  const pairs = all.flatMap((i) => all.slice(i + 1).map((j) => [i, j, 2 * weight(i, j)] as const))
  return addOperators(scaleOperator(own, identityOperator), fromBonds(pairs))
}

/**
 * Static structure factor at a wave vector k,
 *
 *   S(k) = 1/N sum_ij cos(k · (r_i − r_j)) S_i · S_j
 *
 * Units  k in 1/(lattice constant); on a periodic lattice a multiple of 2π/L along every side.
 * Laws   averages to 3/4 over the wave vectors of the lattice; S(0) = S(S + 1)/N for total spin S.
 */
export const structureFactor = (lat: Lattice, k: readonly number[]): Operator => {
  const phase = lat.positions.map((r) => r.reduce((sum, x, a) => sum + x * (k[a] ?? 0), 0))
  return quadratic(lat.sites, (i, j) => Math.cos(phase[i]! - phase[j]!) / lat.sites)
}

/**
 * Squared staggered magnetisation m² = 1/N² sum_ij ε_i ε_j S_i · S_j, ε = ±1 on the two
 * sublattices: the order of an antiferromagnet.
 *
 * Errors  LatticeError unless the lattice is bipartite.
 */
export const staggeredMagnetisation = (lat: Lattice): Operator => {
  const side = sublattice(lat)
  const sign = (i: number): number => (side[i] === 1 ? -1 : 1)
  return quadratic(lat.sites, (i, j) => (sign(i) * sign(j)) / lat.sites ** 2)
}

/**
 * Squared columnar dimer order along a direction, D² with D = 1/N sum_i (−1)^{x_i} S_i · S_{i+x}:
 * bonds that are strong and weak in turn.
 */
export const dimerOrder = (lat: Lattice, direction = 0): Operator => {
  const along = bonds(lat).filter(([i, j]) =>
    lat.positions[i]!.every((x, a) => a === direction || x === lat.positions[j]![a]),
  )
  const parity = ([i, j]: readonly [number, number]): number => {
    const [x, y] = [lat.positions[i]![direction]!, lat.positions[j]![direction]!]
    // A bond around the lattice starts at its far end.
    const start = Math.abs(x - y) > 1 ? Math.max(x, y) : Math.min(x, y)
    return start % 2 === 0 ? 1 : -1
  }
  const d = scaleOperator(
    1 / lat.sites,
    sumOperators(along.map((bond) => scaleOperator(parity(bond), spinDot(bond[0], bond[1])))),
  )
  return multiplyOperators(d, d)
}

/**
 * An observable from Monte Carlo samples, as an energy is: the mean of its local values, with the
 * standard error of correlated samples.
 *
 * Shapes  configurations [chains, records, sites], flat, chain after chain.
 * Errors  as `localEnergies` and `estimate`.
 */
export const measureOperator = (
  operator: Operator,
  logPsi: LogPsi,
  configurations: Int8Array,
  { sites, chains }: { readonly sites: number; readonly chains: number },
): Estimate => {
  const { re } = localEnergies(compileOperator(operator, sites), logPsi, configurations)
  return estimate(chainsOf(re, chains))
}
