import type { Distinct, LogPsi } from '../configurations/index.ts'
import { type CompiledOperator, connectedBatch } from '../operators/index.ts'
import { failVanishing } from '../sampling/index.ts'
import { type ComplexMoments, complexMoments } from '../statistics/index.ts'
import { heaviest, importanceWeights } from './importance.ts'
import { type LocalEnergies, localEnergies, rowSum } from './localEnergy.ts'

// Weighted sums of local energies, over all configurations or over samples of |ψ|^p. Where the
// weight is 0 and the local energy infinite, their product has a finite limit.

/**
 * Returns Σ_σ w(σ) |E_loc(σ)|² over some configurations where w is too small, or E_loc too large,
 * for a floating-point number, but their product is not. With w(σ) = |ψ(σ)|² e^(2 scale(σ))
 *
 *   w |E_loc|² = |e^scale Σ_σ' ⟨σ|H|σ'⟩ ψ(σ')|²,
 *
 * which is also defined where ψ(σ) = 0.
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

/**
 * The limit of faint weights: where |ψ|² w is less than e^(2 FAINT) times the largest,
 * `faintSquares` computes the contribution of E_loc.
 */
const FAINT = -200

/** Returns the configurations with the given numbers. */
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

/**
 * Returns the largest of some log |ψ|. Errors DomainError where all are −∞: ψ vanishes everywhere.
 */
const topOf = (where: string, logAmplitude: ArrayLike<number>): number => {
  let top = Number.NEGATIVE_INFINITY
  for (let k = 0; k < logAmplitude.length; k += 1) top = Math.max(top, logAmplitude[k]!)
  return top === Number.NEGATIVE_INFINITY && logAmplitude.length > 0
    ? failVanishing(where, `on all ${logAmplitude.length} configurations`)
    : top
}

/**
 * |ψ|² of configurations, normalised to sum 1: the weights of full summation. A configuration that
 * Returns |ψ|² of configurations, normalised to sum 1: the weights of a full sum. A configuration
 * that represents several is counted `multiplicity` times.
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

/**
 * Logarithms of weights that may be too small for a number: w = m e^(2 root) = |ψ|² e^(2 scale).
 */
interface LogWeights {
  readonly root: Float64Array
  readonly scale: (k: number) => number
  /** The sum of the weights. */
  readonly total: number
}

/**
 * Returns weighted moments of local energies; `faintSquares` adds contributions whose weights are
 * too small.
 */
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

/** A sum over all configurations, with the weight and the local energy of each. */
export interface FullSum extends ComplexMoments {
  /** |ψ|², normalised to sum 1. */
  readonly weights: Float64Array
  readonly localEnergy: LocalEnergies
}

/**
 * Returns ⟨H⟩ and ⟨H²⟩ − ⟨H⟩² as sums over all configurations of a sector that H does not leave,
 *
 *   mean = Σ |ψ|² E_loc,   variance = Σ |Hψ − mean·ψ|²,   Σ |ψ|² = 1
 *
 * exact for amplitudes of any size: where |ψ|² is 0 or very small, (Hψ)(σ) may still contribute.
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
  // These are the weights before division by their sum.
  const norm = re.reduce((sum, a, k) => sum + Math.exp(2 * (a - top)) * shares(k), 0)
  const moments = sumOf(h, logPsi, configurations, localEnergy, weights, {
    root: re.map((a) => a - top),
    scale: (k) => -top + Math.log(shares(k) / norm) / 2,
    total: 1,
  })
  return { weights, localEnergy, ...moments }
}

/** Returns what samples of |ψ|^p say about |ψ|²: their weights, and the moments of the energy. */
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
