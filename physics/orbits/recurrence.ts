import { tridiagonalEigen } from '../../core/linalg/index.ts'
import type { SectorMatrix } from './sectorMatrix.ts'
import { sharedNumbers } from './sharedArrays.ts'

// The three-term recurrence of Lanczos, in some sectors side by side.

/** T of a Lanczos basis: its diagonal α, and β beside it. */
export interface Tridiagonal {
  readonly alpha: readonly number[]
  readonly beta: readonly number[]
}

/** Where the recurrence of some sectors stands; its vectors are written to by the next step. */
export interface Recurrence {
  readonly v: Float64Array
  readonly before: Float64Array
  readonly spare: Float64Array
  readonly small: readonly Tridiagonal[]
}

/** The sums over orbits and parts of x y, one for each sector. */
const dots = (x: Float64Array, y: Float64Array, sectors: number): Float64Array => {
  const sums = new Float64Array(sectors)
  if (sectors === 1) {
    let sum = 0
    for (let k = 0; k < x.length; k += 1) sum += x[k]! * y[k]!
    sums[0] = sum
    return sums
  }
  for (let k = 0; k < x.length; k += sectors)
    for (let s = 0; s < sectors; s += 1) sums[s]! += x[k + s]! * y[k + s]!
  return sums
}

/** y += c x, with c of each sector. */
const addScaled = (y: Float64Array, c: Float64Array, x: Float64Array): void => {
  for (let k = 0; k < y.length; k += c.length)
    for (let s = 0; s < c.length; s += 1) y[k + s]! += c[s]! * x[k + s]!
}

const scaleBy = (x: Float64Array, c: Float64Array): void => {
  for (let k = 0; k < x.length; k += c.length)
    for (let s = 0; s < c.length; s += 1) x[k + s]! *= c[s]!
}

const inverse = (x: number): number => (x > 0 ? 1 / x : 0)

/** Numbers in [−1/2, 1/2) by an integer hash (the finaliser of MurmurHash3), 0 off the sector. */
const startVector = ({ orbits, sectors, parts, rootOf }: SectorMatrix): Float64Array => {
  const v = sharedNumbers(parts * orbits * sectors)
  for (let k = 0; k < parts * orbits; k += 1) {
    let h = Math.imul(k + 1, 0x9e3779b1)
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    const x = ((h ^ (h >>> 16)) >>> 0) / 2 ** 32 - 0.5
    for (let s = 0; s < sectors; s += 1)
      v[k * sectors + s] = rootOf(k % orbits, s) === 0 ? 0 : x
  }
  scaleBy(v, dots(v, v, sectors).map((d) => inverse(Math.sqrt(d))))
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
export const recur = (
  { apply, sectors }: SectorMatrix,
  { v, before, spare, small }: Recurrence,
): Recurrence => {
  const w = spare
  apply(v, w)
  if (small.some(({ beta }) => beta.length > 0))
    addScaled(w, Float64Array.from(small, ({ beta }) => 0 - (beta.at(-1) ?? 0)), before)
  const alpha = dots(v, w, sectors)
  addScaled(w, alpha.map((a) => 0 - a), v)
  const beta = dots(w, w, sectors).map(Math.sqrt)
  scaleBy(w, beta.map(inverse))
  return {
    v: w,
    before: v,
    spare: before,
    small: small.map((t, s) => ({ alpha: [...t.alpha, alpha[s]!], beta: [...t.beta, beta[s]!] })),
  }
}

const picked = (x: Float64Array, sectors: number, kept: readonly number[]): Float64Array => {
  const out = sharedNumbers((x.length / sectors) * kept.length)
  for (let k = 0, at = 0; k < x.length; k += sectors)
    for (const s of kept) {
      out[at] = x[k + s]!
      at += 1
    }
  return out
}

/** The same with some of the sectors only. */
export const keepSectors = (r: Recurrence, kept: readonly number[]): Recurrence => ({
  v: picked(r.v, r.small.length, kept),
  before: picked(r.before, r.small.length, kept),
  spare: sharedNumbers((r.spare.length / r.small.length) * kept.length),
  small: kept.map((s) => r.small[s]!),
})

/** What T tells of the lowest level: a bound from above, and how far its state is from one. */
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
  const norm = Math.max(...alpha.map(Math.abs), ...beta)
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
  /** Of unit length; the shape of the matrix's vectors. */
  readonly vector: Float64Array
  /** ‖H v − E v‖. */
  readonly residual: number
}

/** Σ s_j v_j by the same steps again, its energy and its residual; h of one sector. */
export const stateOf = (h: SectorMatrix, weights: Float64Array): LowestState => {
  let r = startRecurrence(h)
  const vector = sharedNumbers(r.v.length)
  weights.forEach((weight, j) => {
    addScaled(vector, Float64Array.of(weight), r.v)
    if (j < weights.length - 1) r = recur(h, r)
  })
  scaleBy(vector, dots(vector, vector, 1).map((d) => inverse(Math.sqrt(d))))
  const y = r.spare
  h.apply(vector, y)
  const value = dots(vector, y, 1)[0]!
  addScaled(y, Float64Array.of(-value), vector)
  return { value, vector, residual: Math.sqrt(dots(y, y, 1)[0]!) }
}
