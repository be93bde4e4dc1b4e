import { fail } from '../core/errors.ts'

/** log psi of many configurations: log-amplitude and phase. */
export interface LogAmplitudes {
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Configurations [samples, sites], flat, to their log psi. Parameters are fixed. */
export type LogPsi = (configurations: Int8Array) => LogAmplitudes

/** A configuration as a map key: its bits as a number, or as text beyond 53 sites. */
const keyOf = (sigma: Int8Array, offset: number, sites: number): number | string => {
  if (sites > 53) return String.fromCharCode(...packed(sigma, offset, sites))
  let low = 0
  let high = 0
  for (let i = 0; i < sites; i += 1)
    if (sigma[offset + i] === 1) {
      if (i < 30) low += 1 << i
      else high += 2 ** (i - 30)
    }
  return high * 2 ** 30 + low
}

const packed = (sigma: Int8Array, offset: number, sites: number): number[] => {
  const words: number[] = new Array<number>(Math.ceil(sites / 16)).fill(0)
  for (let i = 0; i < sites; i += 1) if (sigma[offset + i] === 1) words[i >> 4]! |= 1 << (i & 15)
  return words
}

/** The different ones among some configurations, in the order they first occur. */
export interface Distinct {
  /** [count, sites], flat */
  readonly configurations: Int8Array
  /** How often each occurs; sums to the number of samples. */
  readonly multiplicity: Float64Array
  /** For each sample, which of them it is. */
  readonly place: Int32Array
}

/**
 * Equal samples have equal amplitudes, local energies and derivatives: whatever is a sum over
 * samples is the same sum over the distinct ones, weighted by multiplicity.
 */
export const distinct = (configurations: Int8Array, sites: number): Distinct => {
  const samples = configurations.length / sites
  const places = new Map<number | string, number>()
  const place = new Int32Array(samples)
  const first: number[] = []
  for (let s = 0; s < samples; s += 1) {
    const key = keyOf(configurations, s * sites, sites)
    const known = places.get(key)
    place[s] = known ?? first.length
    if (known !== undefined) continue
    places.set(key, first.length)
    first.push(s)
  }
  const out = new Int8Array(first.length * sites)
  first.forEach((s, k) => {
    out.set(configurations.subarray(s * sites, (s + 1) * sites), k * sites)
  })
  const multiplicity = new Float64Array(first.length)
  for (const k of place) multiplicity[k]! += 1
  return { configurations: out, multiplicity, place }
}

/**
 * The same function, evaluated once per configuration: equal configurations, within a call and
 * among calls, share one evaluation; so do those with the same `representative`, where log psi is
 * known not to tell them apart. Use it for one set of parameters, then let it go.
 *
 * Laws  gives what `logPsi` gives, whatever was asked before.
 */
export const remembered = (
  logPsi: LogPsi,
  sites: number,
  representative: (configurations: Int8Array) => Int8Array = (c) => c,
): LogPsi => {
  const places = new Map<number | string, number>()
  const known = new Map<number | string, number>()
  let re = new Float64Array(1024)
  let im = new Float64Array(1024)
  const grown = (old: Float64Array, size: number): Float64Array<ArrayBuffer> => {
    const bigger = new Float64Array(size)
    bigger.set(old)
    return bigger
  }
  /** Evaluates those configurations whose representatives are new, and notes all places. */
  const learn = (unseen: Int8Array): void => {
    const standing = representative(unseen)
    const fresh: number[] = []
    const before = known.size
    for (let offset = 0; offset < unseen.length; offset += sites) {
      const key = keyOf(standing, offset, sites)
      let place = known.get(key)
      if (place === undefined) {
        place = known.size
        known.set(key, place)
        fresh.push(offset)
      }
      places.set(keyOf(unseen, offset, sites), place)
    }
    if (fresh.length === 0) return
    const batch = new Int8Array(fresh.length * sites)
    fresh.forEach((offset, k) => {
      batch.set(standing.subarray(offset, offset + sites), k * sites)
    })
    const values = logPsi(batch)
    if (known.size > re.length) {
      const size = Math.max(2 * re.length, known.size)
      re = grown(re, size)
      im = grown(im, size)
    }
    re.set(values.re, before)
    im.set(values.im, before)
  }
  return (configurations) => {
    const samples = configurations.length / sites
    if (!Number.isInteger(samples))
      return fail({
        kind: 'ShapeError',
        where: 'logPsi',
        what: `${configurations.length} spins are no whole number of ${sites}-site configurations.`,
      })
    const keys = Array.from({ length: samples }, (_, s) => keyOf(configurations, s * sites, sites))
    const unseen = [...keys.keys()].filter((s) => !places.has(keys[s]!))
    if (unseen.length > 0) {
      const rows = new Int8Array(unseen.length * sites)
      unseen.forEach((s, k) => {
        rows.set(configurations.subarray(s * sites, (s + 1) * sites), k * sites)
      })
      learn(rows)
    }
    const out = { re: new Float64Array(samples), im: new Float64Array(samples) }
    for (let s = 0; s < samples; s += 1) {
      const place = places.get(keys[s]!)!
      out.re[s] = re[place]!
      out.im[s] = im[place]!
    }
    return out
  }
}
