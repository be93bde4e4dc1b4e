/**
 * Samples of Markov chains are a list of chains, one Float64Array each, all of the same length and
 * in order of time.
 */
import { fail, fewInRow } from '../../core/values/index.ts'

export type Chains = readonly Float64Array[]

/**
 * Splits a flat record of samples, stored chain after chain, into chains.
 *
 * Shapes  values [chains, steps], flat; result `chains` arrays of [steps].
 * Errors  ShapeError when the values do not fill the chains evenly.
 */
export const chainsOf = (values: ArrayLike<number>, chains: number): Chains => {
  const steps = values.length / chains
  if (!Number.isInteger(chains) || chains < 1 || !Number.isInteger(steps)) {
    fail('ShapeError', 'chainsOf', `${values.length} samples do not fill ${chains} chains evenly.`)
  }
  const all = new Float64Array(values)
  return Array.from({ length: chains }, (_, c) => all.subarray(c * steps, (c + 1) * steps))
}

/** Throws unless there are samples, all finite, in chains of equal length. */
export const checkChains = (where: string, chains: Chains): void => {
  const length = chains[0]?.length ?? 0
  if (length === 0 || chains.some((c) => c.length !== length)) {
    fail(
      'ShapeError',
      where,
      `chains of lengths ${fewInRow([...new Set(chains.map((c) => `${c.length}`))]) || '(none)'}.`,
      { fix: 'give at least one chain, all of the same length of at least 1.' },
    )
  }
  for (let c = 0; c < chains.length; c += 1) {
    const chain = chains[c]!
    for (let sample = 0; sample < length; sample += 1) {
      if (Number.isFinite(chain[sample])) continue
      fail('NonFinite', where, `sample ${sample} of chain ${c} is ${chain[sample]}.`, {
        data: { chain: c, sample },
      })
    }
  }
}

/**
 * Squares of numbers between 1/SAFE and SAFE, and sums of such squares, neither overflow nor
 * vanish.
 */
const SAFE = 2 ** 300

/**
 * Returns a power of two by which to divide numbers before they are squared: 1 where squares are
 * safe, else about the largest number. Division by it changes no digit.
 */
export const unitOf = (largest: number): number =>
  largest === 0 || (largest < SAFE && largest > 1 / SAFE)
    ? 1
    : 2 ** Math.max(-1000, Math.min(1000, Math.floor(Math.log2(largest))))

/**
 * Returns the chains divided by a unit, and the unit, so that no square of a sample is out of
 * range.
 */
export const inUnits = (chains: Chains): { readonly chains: Chains; readonly unit: number } => {
  let largest = 0
  for (const chain of chains) for (const x of chain) largest = Math.max(largest, Math.abs(x))
  const unit = unitOf(largest)
  return unit === 1
    ? { chains, unit }
    : { chains: chains.map((chain) => chain.map((x) => x / unit)), unit }
}

/** Returns the mean over all samples of all chains. Errors: ShapeError, NonFinite. */
export const mean = (chains: Chains): number => {
  checkChains('mean', chains)
  const scaled = inUnits(chains)
  return meanOf(scaled.chains) * scaled.unit
}

/**
 * Returns the mean of chains that were checked and divided by `inUnits`. The sum is relative to the
 * first sample, so it is exact for constants.
 */
export const meanOf = (chains: Chains): number => {
  const first = chains[0]![0]!
  let sum = 0
  for (const chain of chains) for (let t = 0; t < chain.length; t += 1) sum += chain[t]! - first
  return first + sum / (chains.length * chains[0]!.length)
}

/** Returns the sum of (x - mean)^2 of such chains. */
export const squaredDeviation = (chains: Chains): number => {
  const centre = meanOf(chains)
  let sum = 0
  for (const chain of chains)
    for (let t = 0; t < chain.length; t += 1) sum += (chain[t]! - centre) ** 2
  return sum
}

/** Returns the mean of values[from .. to], summed relative to the first of them. */
export const meanWithin = (values: Float64Array, from: number, to: number): number => {
  const first = values[from]!
  let sum = 0
  for (let t = from; t < to; t += 1) sum += values[t]! - first
  return first + sum / (to - from)
}

/**
 * Returns the mean of (x - mean)^2 over all samples; 0 for one sample, Infinity beyond the largest
 * number.
 *
 * Errors  ShapeError, NonFinite.
 */
export const variance = (chains: Chains): number => {
  checkChains('variance', chains)
  const { chains: scaled, unit } = inUnits(chains)
  return (squaredDeviation(scaled) / (chains.length * chains[0]!.length)) * unit * unit
}
