/** This file diagonalises exactly: it finds the lowest states of a Hamiltonian on a sector. */

import {
  column,
  type Matrix,
  matrixFrom,
  scaleFor,
  symmetricEigen,
} from '../../core/linalg/index.ts'
import { fail } from '../../core/values/index.ts'
import { type Sector, showSector } from '../configurations/index.ts'
import {
  isHermitian,
  largestCoefficient,
  type Operator,
  scaleOperator,
} from '../operators/index.ts'
import {
  type DenseMatrix,
  multiplyRule,
  multiplySparse,
  type StateVector,
  toDense,
} from './apply.ts'
import { lowestEigenpair } from './lanczos.ts'
import { type RowRule, rowRule, sparseBytes, sparseMatrix } from './sparse.ts'

export interface ExactOptions {
  /** The number of states, from the lowest up; a degenerate level counts as often as it occurs. */
  readonly states?: number
  /**
   * The bound on residuals, relative to the largest |energy| seen. The error of an energy is at
   * most its residual r, and r²/gap where all other levels are a gap away. A multiple of 1 added to
   * H increases the largest |energy|, and the bound with it.
   */
  readonly tolerance?: number
  /**
   * The memory for the stored matrix; the elements of a larger matrix are recomputed in every
   * product.
   */
  readonly matrixBytes?: number
  /** The memory for Lanczos vectors. */
  readonly vectorBytes?: number
  readonly maxApplications?: number
}

export interface ExactStates {
  /** Ascending. */
  readonly energies: readonly number[]
  /** The residual ||H v - E v|| of each state. */
  readonly residuals: readonly number[]
  /** Orthonormal, over the sector's states in the order of `basisOf`. */
  readonly vectors: readonly StateVector[]
  readonly dimension: number
  /** The number of products with the matrix; 0 where it was diagonalised densely. */
  readonly applications: number
}

/** Up to this dimension dense diagonalisation is faster than iterations. */
const denseDimension = 200
/** More vectors save few products (one in twenty at 60), and keeping them orthogonal costs more. */
const mostVectors = 24
const fewestVectors = 10

/** Below the smallest normal number, 2^-1022, numbers have fewer digits. */
const LEAST = 2 ** -1020

const checkAsk = (operator: Operator, dimension: number, sector: Sector, states: number): void => {
  if (!isHermitian(operator)) {
    fail('DomainError', 'exactStates', 'the operator is not Hermitian.', {
      fix: 'add its adjoint: addOperators(a, adjoint(a)).',
    })
  }
  const largest = largestCoefficient(operator)
  if (largest > 0 && largest < LEAST)
    fail(
      'DomainError',
      'exactStates',
      `the largest coefficient is ${largest.toExponential(1)}, where numbers lose digits.`,
      {
        fix: `coefficients of at least ${LEAST.toExponential(1)}: energies are proportional to them.`,
      },
    )
  if (!Number.isInteger(states) || states < 1 || states > dimension) {
    fail(
      'DomainError',
      'exactStates',
      `${states} states were requested, but the ${showSector(sector)} has ${dimension}.`,
      { fix: `ask for 1 to ${dimension} states.` },
    )
  }
}

type Apply = (x: Float64Array, y: Float64Array) => void

interface Found {
  readonly value: number
  readonly vector: Float64Array
  readonly applications: number
}

/**
 * Returns i v: with v = [re; im] an eigenvector of the real form of H, i v = [-im; re] is another.
 */
const timesI = (v: Float64Array): Float64Array => {
  const n = v.length / 2
  const w = new Float64Array(v.length)
  for (let k = 0; k < n; k += 1) {
    w[k] = 0 - v[n + k]!
    w[n + k] = v[k]!
  }
  return w
}

/** Returns the vectors to which eigenvectors not yet found are orthogonal. */
const spanned = (found: readonly Found[], isReal: boolean): readonly Float64Array[] =>
  found.flatMap(({ vector }) => (isReal ? [vector] : [vector, timesI(vector)]))

/** Returns H = A + iB as the real matrix [[A, -B], [B, A]] on [re; im], or A alone when B = 0. */
const realForm = (h: DenseMatrix, isReal: boolean): Matrix => {
  const n = h.dimension
  const size = isReal ? n : 2 * n
  return matrixFrom(size, size, (row, column) => {
    const at = (row % n) * n + (column % n)
    return row < n === column < n ? h.re[at]! : (row < n ? -1 : 1) * h.im[at]!
  })
}

/**
 * A unit vector belongs to the span of others if its part outside that span is shorter than this.
 */
const newDirection = 0.1

const denseStates = (h: DenseMatrix, isReal: boolean, states: number): readonly Found[] => {
  const { values, vectors } = symmetricEigen(realForm(h, isReal))
  const found: Found[] = []
  for (let k = 0; found.length < states; k += 1) {
    const x = column(vectors, k)
    for (const u of isReal ? [] : spanned(found, isReal)) {
      const along = u.reduce((sum, c, row) => sum + c * x[row]!, 0)
      for (let row = 0; row < x.length; row += 1) x[row]! -= along * u[row]!
    }
    const norm = Math.sqrt(x.reduce((sum, c) => sum + c * c, 0))
    if (norm < newDirection) continue
    found.push({ value: values[k]!, vector: x.map((c) => c / norm), applications: 0 })
  }
  return found
}

/**
 * Finds one state after the other, each in the complement of the earlier ones, so that none is
 * missed.
 */
const lanczosStates = (
  apply: Apply,
  length: number,
  isReal: boolean,
  options: Required<ExactOptions>,
): readonly Found[] => {
  const found: Found[] = []
  let norm = 0
  const affordable = Math.floor(options.vectorBytes / (8 * length))
  while (found.length < options.states) {
    const pair = lowestEigenpair({
      dimension: length,
      apply,
      orthogonalTo: spanned(found, isReal),
      tolerance: options.tolerance,
      norm,
      maxApplications: options.maxApplications,
      maxVectors: Math.max(fewestVectors, Math.min(mostVectors, affordable)),
      seed: found.length,
    })
    found.push(pair)
    norm = pair.norm
  }
  return found
}

const residualOf = (apply: Apply, { value, vector }: Found): number => {
  const y = new Float64Array(vector.length)
  apply(vector, y)
  return Math.sqrt(y.reduce((sum, c, k) => sum + (c - value * vector[k]!) ** 2, 0))
}

const applier = (rule: RowRule, matrixBytes: number): Apply => {
  if (sparseBytes(rule) > matrixBytes) return (x, y) => multiplyRule(rule, x, y)
  const stored = sparseMatrix(rule)
  return (x, y) => multiplySparse(stored, x, y)
}

/** Returns energies or residuals in the units of the operator. */
const inUnits = (energies: readonly number[], unit: number): number[] => {
  const all = energies.map((x) => x / unit)
  return all.every(Number.isFinite)
    ? all
    : fail(
        'NonFinite',
        'exactStates',
        `the energies are beyond ${Number.MAX_VALUE.toExponential(1)}, where numbers end.`,
        { fix: 'smaller couplings: energies are proportional to them.' },
      )
}

const defaults: Required<ExactOptions> = {
  states: 1,
  tolerance: 1e-11,
  matrixBytes: 2 ** 31,
  vectorBytes: 2 ** 30,
  maxApplications: 5000,
}

/**
 * Returns the lowest states of a Hermitian operator on a sector, with their residuals.
 *
 * Lanczos finds one state at a time in the complement of those found, so a level of multiplicity m
 * is found m times. Below dimension 200 the matrix is diagonalised densely. The start vector is
 * always the same, so the result is too.
 *
 * Units   energies as the operator's couplings, of whatever size: every tolerance is relative to
 *         the operator, which is diagonalised with its largest coefficient between 1 and 2.
 * Errors  DomainError for an operator that is not Hermitian or a number of states the sector does
 *         not have, or coefficients below 1e-307; SectorError as `rowRule`; NotConverged
 *         { residual, applications }; NonFinite for energies beyond the largest number.
 * Cost    70 to 110 products with the matrix per state, of 6 bytes per element. Seconds and memory
 *         for one state on one core: 4x4 0.5, 20-site chain 2.5, 6x4 (2.7 million) 150 and 1.7 GB.
 * @example exactStates(heisenberg(chain(4)), szSector(4)).energies[0] // → -2
 */
export const exactStates = (
  operator: Operator,
  sector: Sector,
  options: ExactOptions = {},
): ExactStates => {
  const all = { ...defaults, ...options }
  // The unit is a power of two: division changes no digit, and no square underflows or overflows.
  const unit = scaleFor(largestCoefficient(operator))
  const scaled = scaleOperator(unit, operator)
  const rule = rowRule(scaled, sector)
  const { dimension } = rule.basis
  checkAsk(operator, dimension, sector, all.states)
  const apply = applier(rule, all.matrixBytes)
  const found =
    dimension <= denseDimension
      ? denseStates(toDense(scaled, sector), rule.isReal, all.states)
      : lanczosStates(apply, rule.isReal ? dimension : 2 * dimension, rule.isReal, all)
  const ordered = [...found].sort((a, b) => a.value - b.value)
  return {
    energies: inUnits(
      ordered.map((f) => f.value),
      unit,
    ),
    residuals: inUnits(
      ordered.map((f) => residualOf(apply, f)),
      unit,
    ),
    vectors: ordered.map(({ vector }) => ({
      re: vector.slice(0, dimension),
      im: rule.isReal ? new Float64Array(dimension) : vector.slice(dimension),
    })),
    dimension,
    applications: found.reduce((sum, f) => sum + f.applications, 0),
  }
}
