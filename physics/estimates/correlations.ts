import { vectorLength } from '../../core/values/index.ts'
import { cached, type LogPsi, type Sector } from '../configurations/index.ts'
import { expectation, type StateVector } from '../exact/index.ts'
import { apply, displacement, inverse, type Lattice, sublattice } from '../lattice/index.ts'
import {
  compileOperator,
  fromBonds,
  identityOperator,
  type Operator,
  scaleOperator,
} from '../operators/index.ts'
import { chainsOf, complexMoments, estimate } from '../statistics/index.ts'
import { localEnergies } from './localEnergy.ts'
import { dimerOrder, dimerProblem } from './observables.ts'

// This file measures a state: correlations by displacement, S(k) at every momentum, and the two
// orders of the square lattice, from samples, from a full sum, or from an exact vector.

/** A mean with its error: the standard error of correlated samples, 0 where nothing is sampled. */
export interface Quantity {
  readonly value: number
  readonly error: number
  /** The number of samples that count as one independent sample; 1 where nothing is sampled. */
  readonly autocorrelationTime: number
  /** Tells whether the error of a sampled quantity can be trusted, as in `Estimate`. */
  readonly reliable?: boolean
}

/** The mean of S_i · S_j over all ordered pairs (i, j) at one displacement r_j − r_i. */
export interface Correlation extends Quantity {
  readonly displacement: readonly number[]
  readonly pairs: number
}

/** S(k) at the wave vector k, in 1/(lattice constant). */
export interface Momentum extends Quantity {
  readonly k: readonly number[]
}

/** D² along one direction of the lattice, see `dimerOrder`. */
export interface DimerOrder extends Quantity {
  readonly direction: number
}

/** An order that the lattice does not have, with the reason. */
export interface Absent {
  readonly quantity: 'staggeredMagnetisation' | 'dimerOrder'
  /** The direction of a dimer order. */
  readonly direction?: number
  readonly reason: string
}

export interface Observables {
  readonly correlations: readonly Correlation[]
  readonly structureFactor: readonly Momentum[]
  /** m² = 1/N² sum_ij ε_i ε_j S_i · S_j; null unless the lattice is bipartite. */
  readonly staggeredMagnetisation: Quantity | null
  /** D² along every direction that has one, see `dimerOrder`; null where none has. */
  readonly dimerOrder: readonly DimerOrder[] | null
  /** The orders that the lattice does not have. */
  readonly absent: readonly Absent[]
}

interface Class {
  readonly displacement: readonly number[]
  readonly pairs: readonly (readonly [number, number])[]
}

const keyOf = (r: readonly number[]): string => r.map((x) => x.toFixed(6)).join()

/** Returns all ordered pairs of sites, grouped by displacement, the nearest first. */
const classesOf = (lat: Lattice): readonly Class[] => {
  const classes = new Map<string, Class & { pairs: [number, number][] }>()
  for (let i = 0; i < lat.sites; i += 1)
    for (let j = 0; j < lat.sites; j += 1) {
      const r = displacement(lat, i, j)
      const found = classes.get(keyOf(r)) ?? { displacement: r, pairs: [] }
      found.pairs.push([i, j])
      classes.set(keyOf(r), found)
    }
  const length = ({ displacement: r }: Class): number => vectorLength(r)
  return [...classes.values()].sort((a, b) => length(a) - length(b))
}

const correlation = ({ pairs }: Class): Operator =>
  pairs[0]![0] === pairs[0]![1]
    ? scaleOperator(3 / 4, identityOperator)
    : fromBonds(pairs.map(([i, j]) => [i, j, 1 / pairs.length]))

/**
 * Positions within a cell that are not multiples of 1/n for some n up to 12 count as having no
 * period; S(k) is then given for one zone of the cells.
 */
const FINEST = 12
/** The tolerance of positions, which are sums of a few products. */
const ROUNDING = 1e-6

/**
 * Returns the number of zones of the cells over which S(k) is periodic: the positions within a cell
 * are whole multiples of 1/zones of the primitive vectors. It is 1 for one site per cell, 3 for
 * honeycomb, 2 for kagome and Lieb.
 */
const zonesOf = ({ vectors, cell }: Lattice): number => {
  const coordinates = inverse(vectors)
  const parts = cell.flatMap((p) =>
    apply(
      coordinates,
      p.map((x, c) => x - cell[0]![c]!),
    ),
  )
  const near = (x: number): boolean => Math.abs(x - Math.round(x)) < ROUNDING
  const all = Array.from({ length: FINEST }, (_, n) => n + 1)
  return all.find((n) => parts.every((x) => near(n * x))) ?? 1
}

/**
 * Returns the wave vectors of a lattice. On a periodic lattice they are those of its translations,
 * k = sum_a n_a b_a / L_a, in the order of n, from 0 up along every side until S(k) repeats. For
 * one site per cell this is one Brillouin zone. For several sites it is as many zones as
 * distinguish their positions; their orders appear there (the order of a honeycomb antiferromagnet
 * is at k = 0 in the first zone). Square lattices and chains have k = 2π n / L, n < L.
 */
export const momenta = (lat: Lattice): readonly (readonly number[])[] => {
  const turn = 2 * Math.PI
  const zones = zonesOf(lat)
  const coordinates = inverse(lat.vectors)
  const counts = lat.dims.map((length) => length * zones)
  return Array.from({ length: counts.reduce((a, b) => a * b, 1) }, (_, at) => {
    const n = counts.length === 1 ? [at] : [Math.floor(at / counts[1]!), at % counts[1]!]
    // Row a of the inverse is b_a / 2π.
    return coordinates[0]!.map((_, c) =>
      n.reduce((sum, m, a) => sum + turn * (m / lat.dims[a]!) * coordinates[a]![c]!, 0),
    )
  })
}

/**
 * Returns the values of an operator in the samples of a state; one value, the mean, for an exact
 * state.
 */
type Evaluate = (operator: Operator) => Float64Array
type Summarise = (values: Float64Array) => Quantity

const observed = (lat: Lattice, evaluate: Evaluate, summarise: Summarise): Observables => {
  const classes = classesOf(lat)
  const known = new Map<string, Float64Array>()
  // S_i · S_j = S_j · S_i, so opposite displacements are equal.
  const values = classes.map((c) => {
    const [i, j] = c.pairs[0]!
    const series = known.get(keyOf(displacement(lat, j, i))) ?? evaluate(correlation(c))
    known.set(keyOf(c.displacement), series)
    return series
  })
  const combined = (weight: (c: Class) => number): Quantity => {
    const sum = new Float64Array(values[0]!.length)
    classes.forEach((c, k) => {
      const w = weight(c)
      for (let s = 0; s < sum.length; s += 1) sum[s]! += w * values[k]![s]!
    })
    return summarise(sum)
  }
  const side = bipartition(lat)
  const sign = ([i, j]: readonly [number, number]): number => (side![i] === side![j] ? 1 : -1)
  const perPair = ({ pairs }: Class, of: (pair: readonly [number, number]) => number): number =>
    pairs.reduce((sum, pair) => sum + of(pair), 0) / lat.sites
  const phase = (k: readonly number[], [i, j]: readonly [number, number]): number =>
    lat.positions[i]!.reduce((sum, x, a) => sum + k[a]! * (x - lat.positions[j]![a]!), 0)
  const along = lat.dims.map((_, direction) => ({
    direction,
    reason: dimerProblem(lat, direction),
  }))
  const dimers = along.filter(({ reason }) => reason === undefined)
  return {
    correlations: classes.map(({ displacement: r, pairs }, k) => ({
      displacement: r,
      pairs: pairs.length,
      ...summarise(values[k]!),
    })),
    structureFactor: momenta(lat).map((k) => ({
      k,
      ...combined((c) => perPair(c, (pair) => Math.cos(phase(k, pair)))),
    })),
    staggeredMagnetisation: side === null ? null : combined((c) => perPair(c, sign) / lat.sites),
    dimerOrder:
      dimers.length === 0
        ? null
        : dimers.map(({ direction }) => ({
            direction,
            ...summarise(evaluate(dimerOrder(lat, direction))),
          })),
    absent: [
      ...(side === null
        ? [{ quantity: 'staggeredMagnetisation' as const, reason: `${lat.name} is not bipartite` }]
        : []),
      ...along.flatMap(({ direction, reason }) =>
        reason === undefined ? [] : [{ quantity: 'dimerOrder' as const, direction, reason }],
      ),
    ],
  }
}

const bipartition = (lat: Lattice): readonly number[] | null => {
  try {
    return [...sublattice(lat)]
  } catch {
    return null
  }
}

/** Samples of |ψ|², or all configurations with their weights. */
export type Samples =
  | {
      /** [chains, records, sites], flat, chain after chain */
      readonly configurations: Int8Array
      readonly chains: number
    }
  | { readonly configurations: Int8Array; readonly weights: Float64Array }

/**
 * Returns the observables of a wave function, from samples of it or from a full sum.
 *
 * `rotated` maps an operator to the one that acts on the wave function, where signs are left to a
 * rule: see `marshallRotated`.
 *
 * Errors  as `localEnergies` and `estimate`.
 * Cost    every pair of antiparallel spins of every sample is exchanged once.
 */
export const observe = (
  lat: Lattice,
  logPsi: LogPsi,
  samples: Samples,
  rotated: (operator: Operator) => Operator = (o) => o,
): Observables => {
  const once = cached(logPsi, lat.sites)
  const local = (operator: Operator) =>
    localEnergies(compileOperator(rotated(operator), lat.sites), once, samples.configurations)
  return observed(
    lat,
    (operator) => local(operator).re,
    (re) => {
      if ('weights' in samples) {
        const { mean } = complexMoments({ re, im: new Float64Array(re.length) }, samples.weights)
        return { value: mean.re, error: 0, autocorrelationTime: 1 }
      }
      const { mean, standardError, autocorrelationTime, reliable } = estimate(
        chainsOf(re, samples.chains),
      )
      return { value: mean, error: standardError, autocorrelationTime, reliable }
    },
  )
}

/**
 * Returns the observables of a vector over a sector, the exact twin. For several vectors, such as
 * all of a degenerate level, it returns the average. Errors as `expectation`.
 */
export const observeExactly = (
  lat: Lattice,
  sector: Sector,
  ...vectors: readonly [StateVector, ...StateVector[]]
): Observables =>
  observed(
    lat,
    (operator) => Float64Array.from(vectors, (v) => expectation(operator, sector, v).re),
    (values) => {
      const value = values.reduce((sum, x) => sum + x, 0) / values.length
      return { value, error: 0, autocorrelationTime: 1 }
    },
  )
