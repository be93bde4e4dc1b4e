import { fail } from '../../core/values/index.ts'
import type { LogPsi } from '../configurations/index.ts'
import { addressOf, type Lattice, siteAt, sublattice } from '../lattice/index.ts'
import {
  addOperators,
  compileOperator,
  fromBonds,
  identityOperator,
  multiplyOperators,
  type Operator,
  scaleOperator,
  spinDot,
  sumOperators,
} from '../operators/index.ts'
import { chainsOf, type Estimate, estimate } from '../statistics/index.ts'
import { localEnergies } from './localEnergy.ts'

// This file holds operators that describe a state beside its energy and are measured like an
// energy. Their exact twins are `expectation` on a vector and `localEnergies` with the weights of a
// full sum.

/** The value of S_i · S_i for a spin 1/2. */
const SQUARED = 3 / 4

/** Returns sum_ij w_ij S_i · S_j over ordered pairs, for symmetric weights. */
const quadratic = (sites: number, weight: (i: number, j: number) => number): Operator => {
  const all = Array.from({ length: sites }, (_, i) => i)
  const own = all.reduce((sum, i) => sum + weight(i, i) * SQUARED, 0)
  const pairs = all.flatMap((i) => all.slice(i + 1).map((j) => [i, j, 2 * weight(i, j)] as const))
  return addOperators(scaleOperator(own, identityOperator), fromBonds(pairs))
}

/**
 * Returns the static structure factor at a wave vector k,
 *
 *   S(k) = 1/N sum_ij cos(k · (r_i − r_j)) S_i · S_j
 *
 * Units  k in 1/(lattice constant); on a periodic lattice a multiple of 2π/L along every side.
 * Laws   averages to 3/4 over the wave vectors of `momenta`, whatever the cell and the boundary;
 *        S(0) = S(S + 1)/N for total spin S.
 */
export const structureFactor = (lat: Lattice, k: readonly number[]): Operator => {
  const phase = lat.positions.map((r) => r.reduce((sum, x, a) => sum + x * (k[a] ?? 0), 0))
  return quadratic(lat.sites, (i, j) => Math.cos(phase[i]! - phase[j]!) / lat.sites)
}

/**
 * Returns the squared staggered magnetisation m² = 1/N² sum_ij ε_i ε_j S_i · S_j, with ε = ±1 on
 * the two sublattices: the order parameter of an antiferromagnet.
 *
 * Errors  LatticeError unless the lattice is bipartite.
 */
export const staggeredMagnetisation = (lat: Lattice): Operator => {
  const side = sublattice(lat)
  const sign = (i: number): number => (side[i] === 1 ? -1 : 1)
  return quadratic(lat.sites, (i, j) => (sign(i) * sign(j)) / lat.sites ** 2)
}

/**
 * Returns why bonds along a direction cannot alternate between strong and weak; undefined where
 * they can.
 */
export const dimerProblem = (lat: Lattice, direction: number): string | undefined => {
  const [length, boundary] = [lat.dims[direction], lat.boundary[direction]]
  if (length === undefined) return `${lat.name} has no direction ${direction}`
  if (lat.cell.length > 1)
    return `a cell has ${lat.cell.length} sites, so no row of bonds leads from cell to cell`
  if (length === 1) return 'a side of one site has no bonds'
  if (length === 2) return 'a side of two sites has one bond, which has none to alternate with'
  return boundary === 'periodic' && length % 2 === 1
    ? `around a ring of ${length}, strong and weak bonds cannot alternate`
    : undefined
}

/**
 * Returns the squared columnar dimer order along a direction a of the lattice, D² with D = 1/N
 * sum_i (−1)^{n_i} S_i · S_{i+a}, where n_i is the number of the cell along a: bonds alternate
 * between strong and weak. On an open side the last site has no bond.
 *
 * Errors  LatticeError where bonds cannot alternate, see `dimerProblem`: several sites to a cell,
 *         sides of one or two sites, rings of odd length.
 */
export const dimerOrder = (lat: Lattice, direction = 0): Operator => {
  const problem = dimerProblem(lat, direction)
  if (problem !== undefined)
    fail(
      'LatticeError',
      'dimerOrder',
      `there is none along direction ${direction} of ${lat.name}: ${problem}.`,
      { fix: 'one site to a cell, and a side of 4, 6, … sites, or of 3 or more with open ends.' },
    )
  const terms = Array.from({ length: lat.sites }, (_, i) => {
    const { cell } = addressOf(lat, i)
    const next = cell.map((n, k) => (k === direction ? n + 1 : n))
    const j = siteAt(lat, { cell: next, offset: 0 })
    return j === undefined
      ? []
      : [scaleOperator(cell[direction]! % 2 === 0 ? 1 : -1, spinDot(i, j))]
  })
  const d = scaleOperator(1 / lat.sites, sumOperators(terms.flat()))
  return multiplyOperators(d, d)
}

/**
 * Measures an observable from Monte Carlo samples like an energy: it returns the mean of its local
 * values, with the standard error of correlated samples.
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
