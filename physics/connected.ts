/** Rows of an operator: the sigma' with <sigma|H|sigma'> not zero, one row or many at once. */
import { fail } from '../core/errors.ts'
import { type CompiledOperator, compileOperator } from './compiled.ts'
import type { Operator } from './operator.ts'

/** One element <sigma|H|sigma'> of a row. */
export interface Connection {
  /** The column sigma'. */
  readonly sigma: Int8Array
  readonly re: number
  readonly im: number
}

/**
 * All non-zero elements of the row of sigma, each sigma' once, the diagonal first.
 *
 *   (H psi)(sigma) = sum over the result of <sigma|H|sigma'> psi(sigma')
 *
 * Errors  SectorError for spins other than +1 and -1; LatticeError for too short a configuration.
 * Cost    prepares the operator at each call: in loops use `compileOperator`, `connectedBatch`.
 */
export const connected = (operator: Operator, sigma: ArrayLike<number>): readonly Connection[] => {
  const row = Int8Array.from(sigma)
  const n = row.length
  const batch = connectedBatch(compileOperator(operator, n), row)
  const diagonal = { sigma: row, re: batch.diagonalRe[0]!, im: batch.diagonalIm[0]! }
  const others = Array.from({ length: batch.start[1]! }, (_, k) => ({
    sigma: batch.configurations.slice(k * n, (k + 1) * n),
    re: batch.re[k]!,
    im: batch.im[k]!,
  }))
  return diagonal.re === 0 && diagonal.im === 0 ? others : [diagonal, ...others]
}

/**
 * The rows of many configurations. The diagonal stands apart, for it needs no new amplitude.
 * Arrays may be longer than what is filled, which is up to start[samples].
 */
export interface ConnectedBatch {
  readonly samples: number
  /** <sigma|H|sigma>, shape [samples]. */
  readonly diagonalRe: Float64Array
  readonly diagonalIm: Float64Array
  /** Off-diagonal elements of sample s are start[s] .. start[s+1]; shape [samples + 1]. */
  readonly start: Int32Array
  /** The columns sigma', shape [start[samples], sites]. */
  readonly configurations: Int8Array
  readonly re: Float64Array
  readonly im: Float64Array
}

const checkSpins = (c: CompiledOperator, configurations: Int8Array): void => {
  if (configurations.length % c.sites !== 0) {
    fail({
      kind: 'LatticeError',
      where: 'connectedBatch',
      what: `${configurations.length} spins are no whole number of ${c.sites}-site configurations.`,
    })
  }
  for (let i = 0; i < configurations.length; i++) {
    const s = configurations[i]!
    if (s !== 1 && s !== -1) {
      fail({
        kind: 'SectorError',
        where: 'connectedBatch',
        what: `spin ${i % c.sites} of sample ${Math.floor(i / c.sites)} is ${s}.`,
        fix: 'a spin is +1 (up) or -1 (down).',
      })
    }
  }
}

/** Where in the tables' entries the spins at `offset` point to. */
const entryOf = (c: CompiledOperator, t: number, sigma: Int8Array, offset: number): number => {
  const first = c.spinStart[t]!
  let index = 0
  for (let k = c.spinStart[t + 1]! - 1; k >= first; k--) {
    index = 2 * index + ((sigma[offset + c.spins[k]!]! + 1) >> 1)
  }
  return c.entryStart[t]! + index
}

const countConnected = (c: CompiledOperator, configurations: Int8Array): Int32Array => {
  const samples = configurations.length / c.sites
  const start = new Int32Array(samples + 1)
  let count = 0
  for (let s = 0; s < samples; s++) {
    for (let g = 1; g <= c.maxConnected; g++) {
      let re = 0
      let im = 0
      for (let t = c.tableStart[g]!; t < c.tableStart[g + 1]!; t++) {
        const entry = entryOf(c, t, configurations, s * c.sites)
        re += c.re[entry]!
        im += c.im[entry]!
      }
      if (re !== 0 || im !== 0) count++
    }
    start[s + 1] = count
  }
  return start
}

/**
 * All rows of a batch of configurations, into new arrays or into those of an earlier result that
 * are long enough (`reuse`; what they held is lost).
 *
 * Shapes  configurations [samples, sites], flat.
 * Errors  as `connected`.
 * Cost    O(samples · flip groups); allocates nothing but `start` when reused arrays fit.
 */
export const connectedBatch = (
  c: CompiledOperator,
  configurations: Int8Array,
  reuse?: ConnectedBatch,
): ConnectedBatch => {
  checkSpins(c, configurations)
  const n = c.sites
  const samples = configurations.length / n
  const start = countConnected(c, configurations)
  const total = start[samples]!
  const fits =
    reuse !== undefined &&
    reuse.re.length >= total &&
    reuse.configurations.length >= total * n &&
    reuse.diagonalRe.length >= samples
  const out: ConnectedBatch = fits
    ? { ...reuse, samples, start }
    : {
        samples,
        start,
        diagonalRe: new Float64Array(samples),
        diagonalIm: new Float64Array(samples),
        configurations: new Int8Array(total * n),
        re: new Float64Array(total),
        im: new Float64Array(total),
      }
  let at = 0
  for (let s = 0; s < samples; s++) {
    const row = s * n
    for (let g = 0; g <= c.maxConnected; g++) {
      let re = 0
      let im = 0
      for (let t = c.tableStart[g]!; t < c.tableStart[g + 1]!; t++) {
        const entry = entryOf(c, t, configurations, row)
        re += c.re[entry]!
        im += c.im[entry]!
      }
      if (g === 0) {
        out.diagonalRe[s] = re
        out.diagonalIm[s] = im
      } else if (re !== 0 || im !== 0) {
        const column = at * n
        for (let i = 0; i < n; i++) out.configurations[column + i] = configurations[row + i]!
        for (let f = c.flipStart[g]!; f < c.flipStart[g + 1]!; f++) {
          const i = column + c.flips[f]!
          out.configurations[i] = -out.configurations[i]!
        }
        out.re[at] = re
        out.im[at] = im
        at++
      }
    }
  }
  return out
}
