import { largest } from '../../core/values/index.ts'
import type { LogAmplitudes, LogPsi } from '../configurations/index.ts'
import { type CompiledOperator, type ConnectedBatch, connectedBatch } from '../operators/index.ts'

/** The real and imaginary parts of local energies, one of each per configuration. */
export interface LocalEnergies {
  readonly re: Float64Array
  readonly im: Float64Array
}

/**
 * Returns the local energies of configurations,
 *
 *   E_loc(σ) = Σ_σ' ⟨σ|H|σ'⟩ ψ(σ')/ψ(σ)
 *
 * with rows of H, not columns; for real H both are equal.
 *
 * Shapes  configurations [samples, sites], flat; result [samples].
 * Special cases  where ψ(σ) = 0 the quotient is undefined and 0 is returned: such a configuration
 *                is never sampled and has weight 0 in full sums. ±Infinity beyond the largest
 *                number, never NaN where log ψ is not NaN; `fullSum` replaces such values.
 * Cost    one row of H per sample; ψ is evaluated for all connected configurations at once.
 */
export const localEnergies = (
  h: CompiledOperator,
  logPsi: LogPsi,
  configurations: Int8Array,
): LocalEnergies => {
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
    const range = [rows.start[s]!, rows.start[s + 1]!] as const
    if (wide(other, own.re[s]!, range)) {
      const top = Math.max(own.re[s]!, largest(other.re.subarray(range[0], range[1])))
      const { x, y } = rowSum(rows, s, own, other, top)
      re[s] = product(x, Math.exp(top - own.re[s]!))
      im[s] = product(y, Math.exp(top - own.re[s]!))
      continue
    }
    for (let k = range[0]; k < range[1]; k += 1) {
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

/** From this exponent on, exp times a matrix element may be out of range. */
const WIDE = 600

type Range = readonly [number, number]

const wide = (other: LogAmplitudes, own: number, [from, to]: Range): boolean => {
  for (let k = from; k < to; k += 1) if (other.re[k]! - own > WIDE) return true
  return false
}

/** Returns x·y, and 0 for x = 0 even where y is infinite. */
const product = (x: number, y: number): number => (x === 0 ? 0 : x * y)

/**
 * Sums within this many roundings count as 0, so that terms which cancel by symmetry leave nothing.
 */
const CANCELLED = 8 * Number.EPSILON

/**
 * Returns e^(−top − i arg ψ(σ)) Σ_σ' ⟨σ|H|σ'⟩ ψ(σ') for the row s, where σ itself is one of the σ'.
 */
export const rowSum = (
  rows: ConnectedBatch,
  s: number,
  own: LogAmplitudes,
  other: LogAmplitudes,
  top: number,
): { readonly x: number; readonly y: number } => {
  const self = Math.exp(own.re[s]! - top)
  const turned = self === 0 ? 0 : own.im[s]! // a zero of ψ has no phase
  let [x, y] = [rows.diagonalRe[s]! * self, rows.diagonalIm[s]! * self]
  let size = Math.hypot(x, y)
  for (let k = rows.start[s]!; k < rows.start[s + 1]!; k += 1) {
    const modulus = Math.exp(other.re[k]! - top)
    if (modulus === 0) continue
    const phase = other.im[k]! - turned
    const [c, d] = [modulus * Math.cos(phase), modulus * Math.sin(phase)]
    x += rows.re[k]! * c - rows.im[k]! * d
    y += rows.re[k]! * d + rows.im[k]! * c
    size += modulus * Math.hypot(rows.re[k]!, rows.im[k]!)
  }
  return Math.hypot(x, y) <= CANCELLED * size ? { x: 0, y: 0 } : { x, y }
}
