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
 * among calls, share one evaluation. Use it for one set of parameters, then let it go.
 *
 * Laws  gives what `logPsi` gives, whatever was asked before.
 */
export const remembered = (logPsi: LogPsi, sites: number): LogPsi => {
  const places = new Map<number | string, number>()
  let re = new Float64Array(1024)
  let im = new Float64Array(1024)
  const grown = (old: Float64Array, size: number): Float64Array<ArrayBuffer> => {
    const bigger = new Float64Array(size)
    bigger.set(old)
    return bigger
  }
  return (configurations) => {
    const samples = configurations.length / sites
    if (!Number.isInteger(samples))
      return fail({
        kind: 'ShapeError',
        where: 'logPsi',
        what: `${configurations.length} spins are no whole number of ${sites}-site configurations.`,
      })
    const at = new Int32Array(samples)
    const before = places.size
    const unseen: number[] = []
    for (let s = 0; s < samples; s += 1) {
      const key = keyOf(configurations, s * sites, sites)
      let place = places.get(key)
      if (place === undefined) {
        place = places.size
        places.set(key, place)
        unseen.push(s)
      }
      at[s] = place
    }
    if (unseen.length > 0) {
      const fresh = new Int8Array(unseen.length * sites)
      unseen.forEach((s, k) => {
        fresh.set(configurations.subarray(s * sites, (s + 1) * sites), k * sites)
      })
      const values = logPsi(fresh)
      if (places.size > re.length) {
        const size = Math.max(2 * re.length, places.size)
        re = grown(re, size)
        im = grown(im, size)
      }
      re.set(values.re, before)
      im.set(values.im, before)
    }
    return { re: Float64Array.from(at, (p) => re[p]!), im: Float64Array.from(at, (p) => im[p]!) }
  }
}
