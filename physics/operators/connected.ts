/**
 * This file computes rows of an operator: the sigma' with <sigma|H|sigma'> not zero, for one or
 * many sigma.
 */
import { fail } from '../../core/values/index.ts'
import { type CompiledOperator, compileOperator } from './compiled.ts'
import type { Operator } from './operator.ts'

/** A connection is one element <sigma|H|sigma'> of a row. */
export interface Connection {
  /** The column sigma'. */
  readonly sigma: Int8Array
  readonly re: number
  readonly im: number
}

/**
 * Returns all non-zero elements of the row of sigma, each sigma' once, the diagonal first.
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
 * The rows of many configurations. The diagonal is kept separately because it needs no new
 * amplitude. Arrays may be longer than their filled part, which ends at start[samples].
 */
export interface ConnectedBatch {
  readonly samples: number
  /** <sigma|H|sigma>, shape [samples]. */
  readonly diagonalRe: Float64Array
  readonly diagonalIm: Float64Array
  /** The off-diagonal elements of sample s are start[s] .. start[s+1]; shape [samples + 1]. */
  readonly start: Int32Array
  /** The columns sigma', shape [start[samples], sites]. */
  readonly configurations: Int8Array
  readonly re: Float64Array
  readonly im: Float64Array
}

const checkSpins = (c: CompiledOperator, configurations: Int8Array): void => {
  if (configurations.length % c.sites !== 0) {
    fail(
      'LatticeError',
      'connectedBatch',
      `${configurations.length} spins are no whole number of ${c.sites}-site configurations.`,
    )
  }
  for (let i = 0; i < configurations.length; i += 1) {
    const s = configurations[i]!
    if (s !== 1 && s !== -1) {
      fail(
        'SectorError',
        'connectedBatch',
        `spin ${i % c.sites} of sample ${Math.floor(i / c.sites)} is ${s}.`,
        { fix: 'a spin is +1 (up) or -1 (down).' },
      )
    }
  }
}

interface Elements {
  readonly configurations: Int8Array
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Returns larger arrays that begin with the elements found so far. */
const enlarged = (old: Elements, capacity: number, sites: number): Elements => {
  const larger = {
    configurations: new Int8Array(capacity * sites),
    re: new Float64Array(capacity),
    im: new Float64Array(capacity),
  }
  larger.configurations.set(old.configurations)
  larger.re.set(old.re)
  larger.im.set(old.im)
  return larger
}

const none: Elements = {
  configurations: new Int8Array(0),
  re: new Float64Array(0),
  im: new Float64Array(0),
}

/**
 * Computes all rows of a batch of configurations, into new arrays or into those of an earlier
 * result for the same number of sites (`reuse`, whose contents are lost). Arrays that turn out too
 * short are replaced.
 *
 * Shapes  configurations [samples, sites], flat.
 * Errors  as `connected`.
 * Cost    O(samples · flip groups) time; 17 + sites bytes for each element.
 */
export const connectedBatch = (
  c: CompiledOperator,
  configurations: Int8Array,
  reuse?: ConnectedBatch,
): ConnectedBatch => {
  checkSpins(c, configurations)
  const { sites, maxConnected, tableStart, spinStart, spins, entryStart, flipStart, flips } = c
  const samples = configurations.length / sites
  const diagonals = reuse !== undefined && reuse.diagonalRe.length >= samples
  const diagonalRe = diagonals ? reuse.diagonalRe : new Float64Array(samples)
  const diagonalIm = diagonals ? reuse.diagonalIm : new Float64Array(samples)
  const start = new Int32Array(samples + 1)
  const fits = reuse !== undefined && reuse.configurations.length >= reuse.re.length * sites
  let out: Elements = fits ? reuse : none
  let at = 0
  for (let s = 0; s < samples; s += 1) {
    const row = s * sites
    const sigma = configurations.subarray(row, row + sites)
    if (at + maxConnected > out.re.length) {
      // A typical row is half full: this holds that many for all samples, and one full row.
      const typical = (samples * maxConnected) >> 1
      out = enlarged(out, Math.max(typical, at + (at >> 1)) + maxConnected, sites)
    }
    const { configurations: columns, re: elementsRe, im: elementsIm } = out
    for (let g = 0; g <= maxConnected; g += 1) {
      let re = 0
      let im = 0
      for (let t = tableStart[g]!; t < tableStart[g + 1]!; t += 1) {
        let entry = 0
        for (let k = spinStart[t + 1]! - 1; k >= spinStart[t]!; k -= 1) {
          entry = 2 * entry + ((sigma[spins[k]!]! + 1) >> 1)
        }
        entry += entryStart[t]!
        re += c.re[entry]!
        im += c.im[entry]!
      }
      if (g === 0) {
        diagonalRe[s] = re
        diagonalIm[s] = im
      } else if (re !== 0 || im !== 0) {
        const column = at * sites
        columns.set(sigma, column)
        for (let f = flipStart[g]!; f < flipStart[g + 1]!; f += 1) {
          columns[column + flips[f]!] = -sigma[flips[f]!]!
        }
        elementsRe[at] = re
        elementsIm[at] = im
        at += 1
      }
    }
    start[s + 1] = at
  }
  return {
    samples,
    start,
    diagonalRe,
    diagonalIm,
    configurations: out.configurations,
    re: out.re,
    im: out.im,
  }
}
