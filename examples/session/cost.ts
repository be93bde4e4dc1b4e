import { keyFrom } from '../../core/index.ts'
import { smallest } from '../../core/values/index.ts'
import { dimension, fitsWithin, type LogPsi, randomChains, type Vmc } from '../../physics/index.ts'
import { memoryForAll, showBytes, type UpdateSizes } from '../../physics/update/index.ts'
import { showCount } from '../settings/index.ts'

// This file estimates the cost of a step and reports it before the first step of a long run.

/** The number of configurations that are evaluated together for timing. */
const TIMED = 4096
/** Fewer are used where an evaluation takes so many operations that the batch would be slow. */
const TIMED_OPERATIONS = 2e9
const FEWEST = 64

/** Returns the seconds for log ψ of one configuration among many: the minimum of some tries. */
export const secondsPerEvaluation = (
  { sector }: Pick<Vmc<unknown>, 'sector'>,
  logPsi: LogPsi,
  { flops, tries }: { readonly flops: number; readonly tries: number },
): number => {
  const count = Math.max(FEWEST, Math.min(TIMED, Math.floor(TIMED_OPERATIONS / flops)))
  const many = randomChains(sector, count, keyFrom(0))
  const times = Array.from({ length: tries }, () => {
    const start = performance.now()
    logPsi(many)
    return performance.now() - start
  })
  return smallest(times) / 1000 / count
}

/**
 * The approximate numbers of evaluations of log ψ: half of all pairs are antiparallel, the others
 * cost none.
 */
interface StepCounts {
  readonly first: number
  readonly later: number
}

/** The log-derivatives of a sample cost about as much as this many evaluations. */
const PER_DERIVATIVE = 3

export const stepCounts = <P>(vmc: Vmc<P>): StepCounts => {
  const { average: source, sector, hamiltonian, symmetries = [] } = vmc
  const rows = hamiltonian.maxConnected / 2
  // One configuration of each orbit is evaluated once.
  const known = fitsWithin(sector, COUNTED)
    ? dimension(sector) / Math.max(1, symmetries.length)
    : Number.POSITIVE_INFINITY
  if (source.kind === 'full') {
    const each = source.configurations.length / sector.sites
    const all = Math.min(known, each * (1 + rows)) + PER_DERIVATIVE * each
    return { first: all, later: all }
  }
  const { chains, burnIn, plan } = source
  const samples = chains * plan.length
  const estimates =
    Math.min(known, samples * (1 + rows)) + PER_DERIVATIVE * Math.min(known, samples)
  const sampled = (rounds: number): number => Math.min(known, (chains * rounds) / 2)
  const rounds = plan.length * plan.proposals
  return { first: sampled(burnIn + rounds) + estimates, later: sampled(rounds) + estimates }
}

/** Larger sectors have more orbits than any step has samples. */
const COUNTED = 2 ** 50

/** The operations per second of any machine: a step that is short at this rate needs no message. */
const SURELY = 1e9
const LONG_SECONDS = 20

const showDuration = (seconds: number): string =>
  seconds < 90
    ? `${Math.max(1, Math.round(seconds))} s`
    : seconds < 5400
      ? `${Math.round(seconds / 60)} min`
      : seconds < 48 * 3600
        ? `${Math.round(seconds / 3600)} h`
        : `${showCount(Math.round(seconds / 86400))} days`

const rounded = (n: number): string => showCount(Number(n.toPrecision(2)))

/**
 * Returns nothing for a short step; else its evaluations, time and memory, and what reduces them.
 */
export const costNotes = <P>(
  vmc: Vmc<P>,
  sizes: UpdateSizes,
  { flops, seconds }: { readonly flops: number; readonly seconds: () => number },
): readonly string[] => {
  const { first, later } = stepCounts(vmc)
  if (first * flops < SURELY * LONG_SECONDS) return []
  const one = seconds()
  if (first * one < LONG_SECONDS) return []
  const memory = Math.min(memoryForAll(sizes), vmc.memory ?? Number.POSITIVE_INFINITY)
  return [
    `  a step takes about ${rounded(later)} evaluations of log ψ, ${showDuration(later * one)} at ` +
      `${(one * 1e6).toPrecision(2)} µs each, and up to ${showBytes(memory)}` +
      (first > later
        ? `; the first, whose chains settle, ${rounded(first)}, ${showDuration(first * one)}`
        : ''),
    '  less: fewer --samples, larger patches (--patch), smaller networks or groups of symmetries',
  ]
}
