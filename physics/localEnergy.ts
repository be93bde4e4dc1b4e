import type { LogPsi } from './amplitudes.ts'
import type { CompiledOperator } from './compiled.ts'
import { connectedBatch } from './connected.ts'

/**
 * Local energies of configurations,
 *
 *   E_loc(σ) = Σ_σ' ⟨σ|H|σ'⟩ ψ(σ')/ψ(σ)
 *
 * rows of H, not columns: the difference is invisible for real H only.
 *
 * Shapes  configurations [samples, sites], flat; result [samples].
 * Special cases  where ψ(σ) = 0 the quotient has no meaning and 0 is given: such a configuration
 *                is never sampled and has weight 0 in full sums.
 * Cost    one row of H per sample; ψ is asked for all connected configurations at once.
 */
export const localEnergies = (
  h: CompiledOperator,
  logPsi: LogPsi,
  configurations: Int8Array,
): { readonly re: Float64Array; readonly im: Float64Array } => {
  const own = logPsi(configurations)
  const rows = connectedBatch(h, configurations)
  const used = rows.start[rows.samples]!
  const other = logPsi(rows.configurations.subarray(0, used * h.sites))
  const re = rows.diagonalRe.slice(0, rows.samples)
  const im = rows.diagonalIm.slice(0, rows.samples)
  for (let s = 0; s < rows.samples; s += 1) {
    if (own.re[s] === Number.NEGATIVE_INFINITY) {
      re[s] = 0
      im[s] = 0
      continue
    }
    for (let k = rows.start[s]!; k < rows.start[s + 1]!; k += 1) {
      const modulus = Math.exp(other.re[k]! - own.re[s]!) // |ψ(σ')/ψ(σ)|
      if (modulus === 0) continue
      const phase = other.im[k]! - own.im[s]!
      const [c, d] = [modulus * Math.cos(phase), modulus * Math.sin(phase)]
      re[s]! += rows.re[k]! * c - rows.im[k]! * d
      im[s]! += rows.re[k]! * d + rows.im[k]! * c
    }
  }
  return { re, im }
}

/**
 * |ψ|² of configurations, normalised to sum 1: the weights of full summation. A configuration that
 * stands for several has their number as multiplicity.
 */
export const probabilities = (
  logAmplitude: ArrayLike<number>,
  multiplicity?: ArrayLike<number>,
): Float64Array => {
  let top = Number.NEGATIVE_INFINITY
  for (let k = 0; k < logAmplitude.length; k += 1) top = Math.max(top, logAmplitude[k]!)
  const w = Float64Array.from(
    logAmplitude,
    (a, k) => Math.exp(2 * (a - top)) * (multiplicity?.[k] ?? 1),
  )
  const total = w.reduce((a, b) => a + b, 0)
  return w.map((x) => x / total)
}
