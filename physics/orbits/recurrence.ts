import { tridiagonalEigen } from '../../core/linalg/index.ts'
import { largestSize } from '../../core/values/index.ts'
import type { SectorMatrix } from './sectorMatrix.ts'
import { sharedNumbers } from './sharedArrays.ts'

// The three-term recurrence of Lanczos, in some sectors side by side.

type Shape = Pick<SectorMatrix, 'sectors' | 'parts'>

/** T of a Lanczos basis: its diagonal α, and β beside it. */
export interface Tridiagonal {
  readonly alpha: readonly number[]
  readonly beta: readonly number[]
}

/** The state of the recurrence of some sectors; the next step overwrites its vectors. */
export interface Recurrence {
  readonly v: Float64Array
  readonly before: Float64Array
  readonly spare: Float64Array
  readonly small: readonly Tridiagonal[]
}

/** The sums over orbits and parts of x y, one for each sector. */
const dots = (x: Float64Array, y: Float64Array, { sectors, parts }: Shape): Float64Array => {
  const width = sectors * parts
  const sums = new Float64Array(width)
  if (width === 1) {
    let sum = 0
    for (let k = 0; k < x.length; k += 1) sum += x[k]! * y[k]!
    sums[0] = sum
  } else
    for (let k = 0; k < x.length; k += width)
      for (let c = 0; c < width; c += 1) sums[c]! += x[k + c]! * y[k + c]!
  return parts === 1
    ? sums
    : Float64Array.from({ length: sectors }, (_, s) => sums[2 * s]! + sums[2 * s + 1]!)
}

/** c of each sector, for each of its parts. */
const spread = (c: Float64Array, parts: 1 | 2): Float64Array =>
  parts === 1 ? c : Float64Array.from({ length: 2 * c.length }, (_, k) => c[k >> 1]!)

/** y += c x, with c of each sector. */
const addScaled = (y: Float64Array, c: Float64Array, x: Float64Array, parts: 1 | 2): void => {
  const each = spread(c, parts)
  for (let k = 0; k < y.length; k += each.length)
    for (let s = 0; s < each.length; s += 1) y[k + s]! += each[s]! * x[k + s]!
}

const scaleBy = (x: Float64Array, c: Float64Array, parts: 1 | 2): void => {
  const each = spread(c, parts)
  for (let k = 0; k < x.length; k += each.length)
    for (let s = 0; s < each.length; s += 1) x[k + s]! *= each[s]!
}

const inverse = (x: number): number => (x > 0 ? 1 / x : 0)

/** Numbers in [−1/2, 1/2) by an integer hash (the finaliser of MurmurHash3), 0 off the sector. */
const startVector = (h: SectorMatrix): Float64Array => {
  const { orbits, sectors, parts, rootOf } = h
  const v = sharedNumbers(orbits * sectors * parts)
  for (let orbit = 0; orbit < orbits; orbit += 1)
    for (let part = 0; part < parts; part += 1) {
      let x = Math.imul(orbit + 1, 0x9e3779b1) ^ Math.imul(part + 1, 0x85ebca6b)
      x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
      x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
      const number = ((x ^ (x >>> 16)) >>> 0) / 2 ** 32 - 0.5
      for (let s = 0; s < sectors; s += 1)
        v[(orbit * sectors + s) * parts + part] = rootOf(orbit, s) === 0 ? 0 : number
    }
  scaleBy(
    v,
    dots(v, v, h).map((d) => inverse(Math.sqrt(d))),
    parts,
  )
  return v
}

export const startRecurrence = (h: SectorMatrix): Recurrence => {
  const v = startVector(h)
  return {
    v,
    before: sharedNumbers(v.length),
    spare: sharedNumbers(v.length),
    small: Array.from({ length: h.sectors }, () => ({ alpha: [], beta: [] })),
  }
}

/** β_j v_{j+1} = H v_j − α_j v_j − β_{j−1} v_{j−1}, in each sector. */
export const recur = (h: SectorMatrix, { v, before, spare, small }: Recurrence): Recurrence => {
  const { apply, parts } = h
  const w = spare
  apply(v, w)
  const last = Float64Array.from(small, ({ beta }) => 0 - (beta.at(-1) ?? 0))
  if (last.some((b) => b !== 0)) addScaled(w, last, before, parts)
  const alpha = dots(v, w, h)
  addScaled(
    w,
    alpha.map((a) => 0 - a),
    v,
    parts,
  )
  const beta = dots(w, w, h).map(Math.sqrt)
  scaleBy(w, beta.map(inverse), parts)
  return {
    v: w,
    before: v,
    spare: before,
    small: small.map((t, s) => ({ alpha: [...t.alpha, alpha[s]!], beta: [...t.beta, beta[s]!] })),
  }
}

/** The same with some of the sectors only. */
export const keepSectors = (r: Recurrence, kept: readonly number[], parts: 1 | 2): Recurrence => {
  const width = r.small.length * parts
  const columns = kept.flatMap((s) => (parts === 1 ? [s] : [2 * s, 2 * s + 1]))
  const picked = (x: Float64Array): Float64Array => {
    const out = sharedNumbers((x.length / width) * columns.length)
    for (let k = 0, at = 0; k < x.length; k += width)
      for (const c of columns) {
        out[at] = x[k + c]!
        at += 1
      }
    return out
  }
  const v = picked(r.v)
  return {
    v,
    before: picked(r.before),
    spare: sharedNumbers(v.length),
    small: kept.map((s) => r.small[s]!),
  }
}

/** The estimate of the lowest level from T: an upper bound, and the residual of its state. */
export interface Estimate {
  readonly value: number
  /** ‖H v − E v‖ of the Ritz vector, |β s_last|. */
  readonly residual: number
  /** The largest |Ritz value|. */
  readonly size: number
  /** The Ritz vector in the Lanczos basis. */
  readonly weights: Float64Array
}

/** Below this share of T, β is rounding: the steps so far hold a whole invariant space. */
const ROUNDING = 1e-14

export const lowestOf = ({ alpha, beta }: Tridiagonal): Estimate => {
  const norm = Math.max(largestSize(alpha), largestSize(beta))
  const end = beta.findIndex((b) => b <= ROUNDING * norm)
  const steps = end < 0 ? alpha.length : end + 1
  const small = tridiagonalEigen(
    Float64Array.from(alpha.slice(0, steps)),
    Float64Array.from(beta.slice(0, steps - 1)),
  )
  const weights = Float64Array.from({ length: steps }, (_, k) => small.vectors.data[k * steps]!)
  return {
    value: small.values[0]!,
    residual: Math.abs(beta[steps - 1]! * weights[steps - 1]!),
    size: Math.max(Math.abs(small.values[0]!), Math.abs(small.values[steps - 1]!)),
    weights,
  }
}

/** A state of one sector, from itself. */
export interface LowestState {
  readonly value: number
  /** A vector of unit length, in the shape of the matrix's vectors. */
  readonly vector: Float64Array
  /** ‖H v − E v‖. */
  readonly residual: number
}

/** Σ s_j v_j by the same steps again, its energy and its residual; h of one sector. */
export const stateOf = (h: SectorMatrix, weights: Float64Array): LowestState => {
  let r = startRecurrence(h)
  const vector = sharedNumbers(r.v.length)
  weights.forEach((weight, j) => {
    addScaled(vector, Float64Array.of(weight), r.v, h.parts)
    if (j < weights.length - 1) r = recur(h, r)
  })
  const norm = Math.sqrt(dots(vector, vector, h)[0]!)
  scaleBy(vector, Float64Array.of(1 / norm), h.parts)
  const y = r.spare
  h.apply(vector, y)
  const value = dots(vector, y, h)[0]!
  addScaled(y, Float64Array.of(-value), vector, h.parts)
  return { value, vector, residual: Math.sqrt(dots(y, y, h)[0]!) }
}
