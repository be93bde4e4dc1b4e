import { fail, TensorError } from '../core/errors.ts'
import { cholesky, solveCholesky } from '../core/linalg/cholesky.ts'
import { type ProductOptions, symmetricProduct } from '../core/linalg/gram.ts'
import { type Matrix, matrix, matTVec } from '../core/linalg/matrix.ts'
import { alone, type Team } from '../core/threads/team.ts'
import type { ComplexSamples } from './statistics.ts'

/**
 * Conventions of stochastic reconfiguration in psigrad. Parameters θ are real, log ψ is complex.
 *
 *   O_k(σ) = ∂ log ψ(σ)/∂θ_k                         logarithmic derivatives, complex
 *   X      = [Re √w (O − ⟨O⟩); Im √w (O − ⟨O⟩)]       centred rows, 2·samples × params
 *   f      = 2 [Re √w (E − ⟨E⟩); Im √w (E − ⟨E⟩)]     with E the local energy of ROWS of H
 *   S = XᵀX = Re cov(O*, O)                           quantum geometric tensor
 *   F = Xᵀf = 2 Re cov(O*, E) = ∇⟨H⟩                  force: the gradient of the energy
 *
 * w are the samples' weights, 1/samples or |ψ|² in full sums. The caller applies θ ← θ − η δ.
 */
export interface Centred {
  /** X [2·samples, params]: Re rows, then Im rows */
  readonly x: Matrix
  /** f [2·samples] */
  readonly f: Float64Array
}

/** Rows of O: re and im each [samples, params], row-major. */
export interface LogDerivatives {
  readonly samples: number
  readonly params: number
  readonly re: ArrayLike<number>
  readonly im: ArrayLike<number>
}

const weightsOf = (samples: number, weights: ArrayLike<number> | undefined): Float64Array =>
  weights === undefined ? new Float64Array(samples).fill(1 / samples) : Float64Array.from(weights)

/** The samples that count: weight 0 means never sampled, and what stands there may be infinite. */
const sampledOnes = (w: Float64Array): number[] => [...w.keys()].filter((s) => w[s]! > 0)

/** Σ_s w_s row_s of a [samples, params] array. */
const weightedMean = (rows: ArrayLike<number>, w: Float64Array, params: number): Float64Array => {
  const mean = new Float64Array(params)
  const counted = sampledOnes(w)
  // Four rows at a time, in their order, so that the mean is read and written once for four.
  let n = 0
  for (; n + 3 < counted.length; n += 4) {
    const [s0, s1, s2, s3] = counted.slice(n, n + 4) as [number, number, number, number]
    const [w0, w1, w2, w3] = [w[s0]!, w[s1]!, w[s2]!, w[s3]!]
    const [r0, r1, r2, r3] = [s0 * params, s1 * params, s2 * params, s3 * params]
    for (let k = 0; k < params; k += 1)
      mean[k] =
        mean[k]! + w0 * rows[r0 + k]! + w1 * rows[r1 + k]! + w2 * rows[r2 + k]! + w3 * rows[r3 + k]!
  }
  for (; n < counted.length; n += 1) {
    const s = counted[n]!
    for (let k = 0; k < params; k += 1) mean[k]! += w[s]! * rows[s * params + k]!
  }
  return mean
}

/** row = root·(row of O − mean), from the place `from` to the place `to`. */
const centreRow = (
  x: Float64Array,
  to: number,
  rows: ArrayLike<number>,
  from: number,
  mean: Float64Array,
  root: number,
): void => {
  for (let k = 0; k < mean.length; k += 1) x[to + k] = root * (rows[from + k]! - mean[k]!)
}

const notFinite = (what: string, data: Readonly<Record<string, number>>): never =>
  fail({
    kind: 'NonFinite',
    where: 'srUpdate',
    what: `${what} is not finite.`,
    fix: 'a smaller learning rate or a larger diagShift.',
    data,
  })

/** Called where the mean is NaN or infinite: names the first derivative that is. */
const blameDerivative = (o: LogDerivatives, w: Float64Array): never => {
  for (const s of sampledOnes(w))
    for (let k = s * o.params; k < (s + 1) * o.params; k += 1)
      if (!Number.isFinite(o.re[k]! + o.im[k]!))
        return notFinite(`derivative ${k - s * o.params} of sample ${s}`, { sample: s })
  return notFinite('the mean of the derivatives', {})
}

/**
 * X and f of a set of samples, X in the team's memory: the next X of the team takes its place.
 *
 * Errors  ShapeError when counts differ; NonFinite { sample } for a derivative or energy that is
 *         no number.
 */
export const centred = (
  o: LogDerivatives,
  energy: ComplexSamples,
  weights?: ArrayLike<number>,
  team: Team = alone,
): Centred => {
  const { samples: n, params } = o
  if (energy.re.length !== n || o.re.length !== n * params)
    return fail({
      kind: 'ShapeError',
      where: 'srUpdate',
      what: `${n} samples of ${params} derivatives need ${n * params} numbers and ${n} energies.`,
      operands: [`logDerivatives ${o.re.length}`, `localEnergy ${energy.re.length}`],
    })
  const w = weightsOf(n, weights)
  for (const s of sampledOnes(w))
    if (!Number.isFinite(energy.re[s]! + energy.im[s]!))
      notFinite(`the local energy of sample ${s}`, { sample: s })
  const x = matrix(2 * n, params, team.memory('centred', 2 * n * params))
  const f = new Float64Array(2 * n)
  const parts = [
    [o.re, energy.re],
    [o.im, energy.im],
  ] as const
  parts.forEach(([rows, e], part) => {
    const mean = weightedMean(rows, w, params)
    if (!mean.every(Number.isFinite)) blameDerivative(o, w)
    let meanEnergy = 0
    for (let s = 0; s < n; s += 1) meanEnergy += w[s]! * e[s]!
    for (let s = 0; s < n; s += 1) {
      const root = Math.sqrt(w[s]!)
      const to = (part * n + s) * params
      if (root === 0) x.data.fill(0, to, to + params)
      else centreRow(x.data, to, rows, s * params, mean, root)
      f[part * n + s] = root > 0 ? 2 * root * (e[s]! - meanEnergy) : 0
    }
  })
  return { x, f }
}

/** F = Xᵀ f, the gradient of the energy with respect to the parameters. */
export const force = ({ x, f }: Centred): Float64Array => matTVec(x, f)

/** S = XᵀX, [params, params]. */
export const quantumGeometricTensor = ({ x }: Centred, options?: ProductOptions): Matrix =>
  symmetricProduct(x, 'columns', options)

/** T = X Xᵀ, [2·samples, 2·samples]. */
export const neuralTangentKernel = ({ x }: Centred, options?: ProductOptions): Matrix =>
  symmetricProduct(x, 'rows', options)

export interface SrOptions {
  /** λ >= 0, added to the diagonal; dimensionless */
  readonly diagShift: number
  /** Where to solve; default: the smaller of the two. */
  readonly space?: 'parameters' | 'samples'
  /** Who shares the work; default: the calling thread. The bits do not depend on it. */
  readonly team?: Team
  /**
   * S and T multiplied in float32, added up in float64? For derivatives that are float32. Where
   * that is too coarse for the diagonal shift, the product is made again in float64.
   */
  readonly single?: boolean
}

/** Rounding of float32 can make a product indefinite that float64 finds definite. */
const orElse = (first: () => Matrix, second: () => Matrix): Matrix => {
  try {
    return first()
  } catch (error) {
    if (error instanceof TensorError && error.problem.kind === 'NotPositiveDefinite')
      return second()
    throw error
  }
}

/**
 * Stochastic-reconfiguration update.
 *
 *   δ = (S + λ)⁻¹ F            in parameter space                                    (1)
 *     = Xᵀ (X Xᵀ + λ)⁻¹ f      in sample space, the same vector                      (2)
 *
 * Units   δ per unit of energy; λ dimensionless; the caller applies θ ← θ − η δ.
 * Laws    (1) equals (2); unchanged by adding a constant to all energies; λ → ∞ gives F/λ.
 * Errors  NotPositiveDefinite { pivot, diagShift }.
 * Cost    O(min(P, 2M)² max(P, 2M)) for P parameters and M samples.
 * Source  Sorella, PRL 80, 4558 (1998); Rende et al., Commun. Phys. 7, 260 (2024).
 */
export const srUpdate =
  ({ diagShift, space, team = alone, single = false }: SrOptions) =>
  (c: Centred): Float64Array => {
    const inParameters = space === undefined ? c.x.cols <= c.x.rows : space === 'parameters'
    const product = inParameters ? quantumGeometricTensor : neuralTangentKernel
    const factored = (inSingle: boolean): Matrix =>
      cholesky(product(c, { single: inSingle, team }), { shift: diagShift, team })
    try {
      const factor = single
        ? orElse(
            () => factored(true),
            () => factored(false),
          )
        : factored(false)
      return inParameters
        ? solveCholesky(factor, force(c)) // (1)
        : matTVec(c.x, solveCholesky(factor, c.f)) // (2)
    } catch (error) {
      if (!(error instanceof TensorError) || error.problem.kind !== 'NotPositiveDefinite')
        throw error
      const { pivot, value, size } = error.problem.data as Record<string, number>
      return fail({
        kind: 'NotPositiveDefinite',
        where: 'srUpdate',
        what: `pivot ${pivot} of ${size} is ${value} with diagShift ${diagShift}.`,
        fix: 'a larger diagShift, 1e-4 or 1e-3.',
        data: { pivot, value, size, diagShift },
      })
    }
  }
