import type { Distinct, LogPsi } from '../configurations/index.ts'
import { type CompiledOperator, connectedBatch } from '../operators/index.ts'
import { failVanishing } from '../sampling/index.ts'
import { type ComplexMoments, complexMoments } from '../statistics/index.ts'
import { heaviest, importanceWeights } from './importance.ts'
import { type LocalEnergies, localEnergies, rowSum } from './localEnergy.ts'

// Weighted sums of local energies: over all configurations, or over samples of |ψ|^p. Products of
// weights and energies have a limit where the weight is 0 and the energy has none.

/**
 * Σ_σ w(σ) |E_loc(σ)|² over some configurations, where w is too small for a number, or E_loc too
 * large, but not their product: w(σ) = |ψ(σ)|² e^(2 scale(σ)), and so
 *
 *   w |E_loc|² = |e^scale Σ_σ' ⟨σ|H|σ'⟩ ψ(σ')|²,
 *
 * which has a meaning where ψ(σ) = 0, too.
 *
 * Shapes  configurations [samples, sites], flat; scale [samples].
 */
const faintSquares = (
  h: CompiledOperator,
  logPsi: LogPsi,
  configurations: Int8Array,
  scale: Float64Array,
): number => {
  if (scale.length === 0) return 0
  const own = logPsi(configurations)
  const rows = connectedBatch(h, configurations)
  const other = logPsi(rows.configurations.subarray(0, rows.start[rows.samples]! * h.sites))
  let sum = 0
  for (let s = 0; s < rows.samples; s += 1) {
    const { x, y } = rowSum(rows, s, own, other, -scale[s]!)
    sum += x * x + y * y
  }
  return sum
}

/** Where |ψ|² w is less than e^(2 FAINT) of the largest, E_loc is left to `faintSquares`. */
const FAINT = -200

/** Those of some configurations whose numbers are given. */
const chosenRows = (
  configurations: Int8Array,
  which: readonly number[],
  sites: number,
): Int8Array => {
  const out = new Int8Array(which.length * sites)
  for (const [n, k] of which.entries())
    out.set(configurations.subarray(k * sites, (k + 1) * sites), n * sites)
  return out
}

/** The largest of some log |ψ|. Errors DomainError where all are −∞: ψ vanishes everywhere. */
const topOf = (where: string, logAmplitude: ArrayLike<number>): number => {
  let top = Number.NEGATIVE_INFINITY
  for (let k = 0; k < logAmplitude.length; k += 1) top = Math.max(top, logAmplitude[k]!)
  return top === Number.NEGATIVE_INFINITY && logAmplitude.length > 0
    ? failVanishing(where, `on all ${logAmplitude.length} configurations`)
    : top
}

/**
 * |ψ|² of configurations, normalised to sum 1: the weights of full summation. A configuration that
 * stands for several has their number as multiplicity.
 *
 * Errors  DomainError where ψ is 0 on all of them.
 */
export const probabilities = (
  logAmplitude: ArrayLike<number>,
  multiplicity?: ArrayLike<number>,
): Float64Array => {
  const top = topOf('probabilities', logAmplitude)
  const w = Float64Array.from(
    logAmplitude,
    (a, k) => Math.exp(2 * (a - top)) * (multiplicity?.[k] ?? 1),
  )
  const total = w.reduce((a, b) => a + b, 0)
  return w.map((x) => x / total)
}

/** Logarithms of weights too small for a number, maybe: w = m e^(2 root) = |ψ|² e^(2 scale). */
interface LogWeights {
  readonly root: Float64Array
  readonly scale: (k: number) => number
  /** Their sum. */
  readonly total: number
}

/** Weighted moments of local energies, what is too faint for a weight counted by `faintSquares`. */
const sumOf = (
  h: CompiledOperator,
  logPsi: LogPsi,
  configurations: Int8Array,
  localEnergy: LocalEnergies,
  weights: Float64Array,
  { root, scale, total }: LogWeights,
): ComplexMoments => {
  const faint = [...root.keys()].filter((k) => root[k]! < FAINT)
  if (faint.length === 0) return complexMoments(localEnergy, weights)
  const bright = weights.slice()
  for (const k of faint) bright[k] = 0
  const { mean, variance } = complexMoments(localEnergy, bright)
  const rows = chosenRows(configurations, faint, h.sites)
  const rest = faintSquares(h, logPsi, rows, Float64Array.from(faint, scale))
  return { mean, variance: variance + rest / total }
}

/** A sum over all configurations, each with its weight and its local energy. */
export interface FullSum extends ComplexMoments {
  /** |ψ|², of sum 1. */
  readonly weights: Float64Array
  readonly localEnergy: LocalEnergies
}

/**
 * ⟨H⟩ and ⟨H²⟩ − ⟨H⟩² by a sum over all configurations of a sector that H does not leave,
 *
 *   mean = Σ |ψ|² E_loc,   variance = Σ |Hψ − mean·ψ|²,   Σ |ψ|² = 1
 *
 * exact for amplitudes of any size: where |ψ|² is 0 or next to it, (Hψ)(σ) need not be.
 *
 * Shapes  configurations [samples, sites], flat; multiplicity as for `probabilities`.
 * Errors  DomainError where ψ is 0 on all of them; NonFinite { sample }.
 */
export const fullSum = (
  h: CompiledOperator,
  logPsi: LogPsi,
  configurations: Int8Array,
  multiplicity?: ArrayLike<number>,
): FullSum => {
  const { re } = logPsi(configurations)
  const weights = probabilities(re, multiplicity)
  const localEnergy = localEnergies(h, logPsi, configurations)
  const top = topOf('fullSum', re)
  const shares = (k: number): number => multiplicity?.[k] ?? 1
  // The weights as they were before they were divided by their sum.
  const norm = re.reduce((sum, a, k) => sum + Math.exp(2 * (a - top)) * shares(k), 0)
  const moments = sumOf(h, logPsi, configurations, localEnergy, weights, {
    root: re.map((a) => a - top),
    scale: (k) => -top + Math.log(shares(k) / norm) / 2,
    total: 1,
  })
  return { weights, localEnergy, ...moments }
}

/** What samples of |ψ|^p say of |ψ|²: their weights, and the moments of the energy. */
export const weightedSum = (
  h: CompiledOperator,
  logPsi: LogPsi,
  { configurations, multiplicity }: Pick<Distinct, 'configurations' | 'multiplicity'>,
  localEnergy: LocalEnergies,
  power: number,
): ComplexMoments & { readonly weights: Float64Array } => {
  const { re } = logPsi(configurations)
  const weights = importanceWeights(re, multiplicity, power)
  const top = heaviest(re, power)
  const moments = sumOf(h, logPsi, configurations, localEnergy, weights, {
    root: re.map((a) => ((2 - power) / 2) * (a - top)),
    scale: (k) => -(power / 2) * re[k]! - ((2 - power) / 2) * top + Math.log(multiplicity[k]!) / 2,
    total: weights.reduce((sum, w) => sum + w, 0),
  })
  return { weights, ...moments }
}
