import { fail } from '../../core/values/index.ts'
import { ARRAY_SITES, bitsOf, configurationIndex } from './configurationIndex.ts'

/** The log psi of many configurations: log-amplitudes and phases. */
export interface LogAmplitudes {
  readonly re: Float64Array
  readonly im: Float64Array
}

/** A LogPsi maps configurations [samples, sites], flat, to their log psi, at fixed parameters. */
export type LogPsi = (configurations: Int8Array) => LogAmplitudes

/**
 * The table holds log |ψ| at the index given by `bitsOf`, and NaN where it was not computed yet.
 */
export type AmplitudeTable = Float64Array

/** Returns an empty table for a number of sites, or undefined where it would be too long. */
export const amplitudeTable = (sites: number): AmplitudeTable | undefined =>
  sites <= ARRAY_SITES ? new Float64Array(2 ** sites).fill(Number.NaN) : undefined

/** The different configurations in a list, in the order in which they first occur. */
export interface Distinct {
  /** [count, sites], flat */
  readonly configurations: Int8Array
  /** How often each configuration occurs; the sum is the number of samples. */
  readonly multiplicity: Float64Array
  /** For each sample, the index of its configuration. */
  readonly place: Int32Array
}

const sampleCount = (where: string, configurations: Int8Array, sites: number): number => {
  const samples = configurations.length / sites
  if (Number.isInteger(samples)) return samples
  return fail(
    'ShapeError',
    where,
    `${configurations.length} spins are no whole number of ${sites}-site configurations.`,
  )
}

/** Returns some of the configurations, by their numbers, in the order given. */
const picked = (configurations: Int8Array, which: readonly number[], sites: number): Int8Array => {
  const out = new Int8Array(which.length * sites)
  which.forEach((s, k) => {
    out.set(configurations.subarray(s * sites, (s + 1) * sites), k * sites)
  })
  return out
}

/**
 * Finds the different configurations among samples. Equal samples have equal amplitudes, local
 * energies and derivatives, so every sum over samples equals the sum over the distinct ones,
 * weighted by multiplicity.
 *
 * Errors  ShapeError when the spins are no whole number of configurations.
 */
export const distinct = (configurations: Int8Array, sites: number): Distinct => {
  const samples = sampleCount('distinct', configurations, sites)
  const places = configurationIndex(sites)
  const place = new Int32Array(samples)
  const first: number[] = []
  for (let s = 0; s < samples; s += 1) {
    const known = places.find(configurations, s * sites)
    place[s] = known < 0 ? first.length : known
    if (known >= 0) continue
    places.set(configurations, s * sites, first.length)
    first.push(s)
  }
  const multiplicity = new Float64Array(first.length)
  for (const k of place) multiplicity[k]! += 1
  return { configurations: picked(configurations, first, sites), multiplicity, place }
}

/** The representatives of some configurations: [samples, sites], flat. */
export interface Representatives {
  readonly configurations: Int8Array
  /**
   * log ψ(σ) − log ψ(representative) = i phase for each configuration. The phase is NaN where ψ(σ)
   * = 0 because a symmetry with a character other than 1 maps σ to itself. Absent where all
   * characters are 1.
   */
  readonly phase?: Float64Array
}

/** A Representative maps configurations to their representatives. */
export type Representative = (configurations: Int8Array) => Representatives

/** Returns a list of log-amplitudes that grows; `re` and `im` are longer than `count`. */
const growing = () => {
  const grown = (old: Float64Array, size: number): Float64Array<ArrayBuffer> => {
    const bigger = new Float64Array(size)
    bigger.set(old)
    return bigger
  }
  const list = {
    count: 0,
    re: new Float64Array(1024),
    im: new Float64Array(1024),
    add: (more: LogAmplitudes): void => {
      const from = list.count
      list.count += more.re.length
      if (list.count > list.re.length) {
        const size = Math.max(2 * list.re.length, list.count)
        list.re = grown(list.re, size)
        list.im = grown(list.im, size)
      }
      list.re.set(more.re, from)
      list.im.set(more.im, from)
    },
  }
  return list
}

/**
 * Returns the same function, evaluated once per configuration: equal configurations, within a call
 * and among calls, share one evaluation. Configurations with the same `representative` share one
 * too; their log psi may differ by a phase only. The results hold for one set of parameters. A
 * `table`, where one is given, receives log |ψ| of every configuration that is evaluated.
 *
 * Laws    gives what `logPsi` gives, whatever was computed before.
 * Errors  ShapeError when the spins are no whole number of configurations.
 */
export const cached = (
  logPsi: LogPsi,
  sites: number,
  representative: Representative = (configurations) => ({ configurations }),
  table?: AmplitudeTable,
): LogPsi => {
  const places = configurationIndex(sites)
  const known = configurationIndex(sites)
  const computed = growing()
  const evaluated = growing()
  /** Evaluates those configurations whose representatives are new, and stores all results. */
  const evaluate = (unseen: Int8Array): void => {
    const { configurations: standing, phase } = representative(unseen)
    const fresh: number[] = []
    let next = evaluated.count
    for (let offset = 0; offset < unseen.length; offset += sites) {
      const vanishes = phase !== undefined && Number.isNaN(phase[offset / sites]!)
      if (vanishes || known.find(standing, offset) >= 0) continue
      known.set(standing, offset, next)
      next += 1
      fresh.push(offset / sites)
    }
    if (fresh.length > 0) evaluated.add(logPsi(picked(standing, fresh, sites)))
    const samples = unseen.length / sites
    const values = { re: new Float64Array(samples), im: new Float64Array(samples) }
    for (let s = 0; s < samples; s += 1) {
      const at = known.find(standing, s * sites)
      const turn = phase?.[s] ?? 0
      values.re[s] = Number.isNaN(turn) ? Number.NEGATIVE_INFINITY : evaluated.re[at]!
      values.im[s] = Number.isNaN(turn) ? 0 : evaluated.im[at]! + turn
      places.set(unseen, s * sites, computed.count + s)
    }
    computed.add(values)
  }
  return (configurations) => {
    const samples = sampleCount('logPsi', configurations, sites)
    const place = new Int32Array(samples)
    const unseen: number[] = []
    for (let s = 0; s < samples; s += 1) {
      const seen = places.find(configurations, s * sites)
      if (seen < 0) unseen.push(s)
      else place[s] = seen
    }
    if (unseen.length > 0) {
      evaluate(picked(configurations, unseen, sites))
      for (const s of unseen) {
        const at = places.find(configurations, s * sites)
        place[s] = at
        if (table !== undefined) table[bitsOf(configurations, s * sites, sites)] = computed.re[at]!
      }
    }
    const { re, im } = computed
    const out = { re: new Float64Array(samples), im: new Float64Array(samples) }
    for (let s = 0; s < samples; s += 1) {
      out.re[s] = re[place[s]!]!
      out.im[s] = im[place[s]!]!
    }
    return out
  }
}
