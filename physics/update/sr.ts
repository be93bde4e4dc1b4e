import {
  cholesky,
  choleskyInPlace,
  type Matrix,
  mirrorLower,
  solveCholesky,
} from '../../core/linalg/index.ts'
import type { Team } from '../../core/tiles/index.ts'
import { fail, TensorError } from '../../core/values/index.ts'
import type { Centred } from './centred.ts'
import type { SolveSpace } from './rowBudget.ts'
import {
  productOfColumns,
  productOfRows,
  type RowsOptions,
  timesVector,
  transposedTimesVector,
} from './rows.ts'

// This file solves stochastic reconfiguration; centred.ts defines the signs and factors.

/** Returns F = Xᵀ f, the gradient of the energy with respect to the parameters. */
export const force = ({ x, f }: Centred, options?: RowsOptions): Float64Array =>
  transposedTimesVector(x, f, options)

const mirrored = (a: Matrix): Matrix => {
  mirrorLower(a)
  return a
}

/** Returns S = XᵀX, [params, params]. */
export const quantumGeometricTensor = ({ x }: Centred, options: RowsOptions = {}): Matrix =>
  mirrored(productOfColumns(x, options))

/** Returns T = X Xᵀ, [2·samples, 2·samples]. */
export const neuralTangentKernel = ({ x }: Centred, options: RowsOptions = {}): Matrix =>
  mirrored(productOfRows(x, options))

/** Returns the space of the smaller matrix: S for fewer parameters than rows, else T. */
export const solveSpace = (rows: number, params: number): SolveSpace =>
  params <= rows ? 'parameters' : 'samples'

export interface SrOptions {
  /** λ >= 0, added to the diagonal; dimensionless */
  readonly diagShift: number
  /** The space of the solve; default: the one of the smaller matrix. */
  readonly space?: SolveSpace
  /** The team that shares the work; default: the calling thread. The bits do not depend on it. */
  readonly team?: Team
  /**
   * True: the products S and T are computed in float32 and their sums in float64, for derivatives
   * in float32. The solution is refined until the equation holds for X itself. If float32 is too
   * coarse for the diagonal shift, so that this fails, the product is computed again in float64.
   */
  readonly single?: boolean
}

const isIndefinite = (error: unknown): error is TensorError =>
  error instanceof TensorError && error.problem.kind === 'NotPositiveDefinite'

/**
 * Runs a solve; undefined where the matrix is not positive definite, as rounding in float32 can
 * make it.
 */
const whereDefinite = <A>(solve: () => A): A | undefined => {
  try {
    return solve()
  } catch (error) {
    if (isIndefinite(error)) return undefined
    throw error
  }
}

/** Returns a shift with which A is positive definite where it is not with the given one. */
const shiftFor = (a: Matrix, shift: number): number => {
  try {
    cholesky(a, { shift })
    return shift
  } catch (error) {
    if (!isIndefinite(error)) throw error
    return (error.problem.data as { readonly works: number }).works
  }
}

/** Returns A y, with A = S + λ or T + λ of exactly this X. */
const applied =
  (x: Centred['x'], space: SolveSpace, shift: number, options: RowsOptions) =>
  (y: Float64Array): Float64Array => {
    const product =
      space === 'parameters'
        ? transposedTimesVector(x, timesVector(x, y, options), options)
        : timesVector(x, transposedTimesVector(x, y, options), options)
    return product.map((v, i) => v + shift * y[i]!)
  }

const norm = (v: Float64Array): number => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0))

/** A residual below this fraction of the right-hand side counts as zero. */
const RESIDUAL = 1e-6
/** Each round must reduce the residual by this factor; otherwise refinement stops. */
const GAIN = 0.5

/**
 * Returns y with A y = b, using a factorisation of a matrix that is only close to A: the residual
 * of b is solved for until it vanishes. Undefined where that does not converge.
 *
 * Source  iterative refinement: Wilkinson 1963; Carson and Higham, SIAM J. Sci. Comput. 40, A817
 *         (2018).
 */
const refined = (
  factor: Matrix,
  b: Float64Array,
  apply: (y: Float64Array) => Float64Array,
): Float64Array | undefined => {
  const enough = RESIDUAL * norm(b)
  let y = solveCholesky(factor, b)
  let last = Number.POSITIVE_INFINITY
  for (;;) {
    const product = apply(y)
    const rest = b.map((v, i) => v - product[i]!)
    const left = norm(rest)
    if (left <= enough) return y
    if (!(left < GAIN * last)) return undefined
    last = left
    const more = solveCholesky(factor, rest)
    y = y.map((v, i) => v + more[i]!)
  }
}

/**
 * Returns the stochastic-reconfiguration update.
 *
 *   δ = (S + λ)⁻¹ F            in parameter space                                    (1)
 *     = Xᵀ (X Xᵀ + λ)⁻¹ f      in sample space, the same vector                      (2)
 *
 * Units   δ per unit of energy; λ dimensionless; the caller applies θ ← θ − η δ.
 * Laws    (1) equals (2); unchanged by adding a constant to all energies; λ → ∞ gives F/λ.
 * Errors  NotPositiveDefinite { pivot, diagShift, works }: a diagShift that works.
 * Cost    O(min(P, 2M)² max(P, 2M)) for P parameters and M samples.
 * Source  Sorella, PRL 80, 4558 (1998); Rende et al., Commun. Phys. 7, 260 (2024).
 */
export const srUpdate =
  ({ diagShift, space, ...options }: SrOptions) =>
  (c: Centred): Float64Array => {
    const { x, f } = c
    const chosen = space ?? solveSpace(x.rows, x.cols)
    const product = chosen === 'parameters' ? productOfColumns : productOfRows
    const b = chosen === 'parameters' ? force(c, options) : f
    const factored = (single: boolean): Matrix =>
      choleskyInPlace(product(x, { ...options, single }), { shift: diagShift, ...options })
    try {
      const y =
        (options.single
          ? whereDefinite(() => refined(factored(true), b, applied(x, chosen, diagShift, options)))
          : undefined) ?? solveCholesky(factored(false), b)
      return chosen === 'parameters'
        ? y // (1)
        : transposedTimesVector(x, y, options) // (2)
    } catch (error) {
      if (!isIndefinite(error)) throw error
      const { pivot, value, size } = error.problem.data as Record<string, number>
      // The factorisation has overwritten the matrix, so the matrix is computed again to find a
      // shift.
      const works = shiftFor(product(x, { ...options, single: false }), diagShift)
      return fail(
        'NotPositiveDefinite',
        'srUpdate',
        `pivot ${pivot} of ${size} is ${value} with diagShift ${diagShift}.`,
        {
          fix: `diagShift >= ${works} is enough for this matrix; trainings take 1e-4 to 1e-2.`,
          data: { pivot, value, size, diagShift, works },
        },
      )
    }
  }
