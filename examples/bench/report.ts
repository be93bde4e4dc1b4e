import { cpus, release, totalmem, type } from 'node:os'
import * as v from 'valibot'
import type { Precision } from '../../core/index.ts'
import { smallest } from '../../core/values/index.ts'
import { geometricMean } from '../session/index.ts'
import {
  precisions as allPrecisions,
  type Item,
  itemsOf,
  nameOf,
  type SizeName,
  sizeNames,
  type Work,
  works,
} from './items.ts'
import type { Dropped, Measurement } from './measure.ts'

// This file holds the results of a run of the bench, and what follows from them.

/** The machine, described so that readers can compare with theirs. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryBytes: number
  readonly system: string
  readonly node: string
}

export interface Settings {
  readonly sizes: readonly SizeName[]
  readonly work: readonly Work[]
  readonly precisions: readonly Precision[]
  readonly repeats: number
  readonly threads: number
  readonly python: readonly string[]
  readonly quick: boolean
  /** The number of configurations of one call; default: by work and size. */
  readonly batch?: number
}

export interface Report {
  /** The start time, ISO 8601. */
  readonly date: string
  readonly machine: Machine
  readonly settings: Settings
  readonly measured: readonly Measurement[]
  readonly dropped: readonly Dropped[]
}

const text = v.string()
const number = v.number()
const item = v.looseObject({
  work: v.picklist(works),
  size: v.picklist(sizeNames),
  precision: v.picklist(allPrecisions),
})

/** The schema of `bench.json`; quantities that later versions measured may be missing. */
export const reportSchema = v.looseObject({
  date: text,
  machine: v.looseObject({ processor: text, cores: number, memoryBytes: number }),
  settings: v.looseObject({ threads: number, repeats: number, sizes: v.array(text) }),
  measured: v.array(
    v.looseObject({
      item,
      contender: text,
      kind: text,
      version: text,
      batch: number,
      seconds: v.array(number),
      minSeconds: number,
      medianSeconds: number,
    }),
  ),
  dropped: v.array(v.looseObject({ item, contender: text, why: text })),
}) as unknown as v.GenericSchema<unknown, Report>

export const thisMachine = (): Machine => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryBytes: totalmem(),
  system: `${type()} ${release()}`,
  node: process.version,
})

/**
 * Returns a report to which the items of an earlier one are added that it does not have, in the
 * usual order.
 */
export const added = (report: Report, earlier: Report): Report => {
  const { work, sizes, precisions } = report.settings
  const here = new Set(itemsOf(work, sizes, precisions).map(nameOf))
  const order = itemsOf(works, sizeNames, allPrecisions).map(nameOf)
  const merged = <T extends { readonly item: Item }>(mine: readonly T[], theirs: readonly T[]) =>
    [...mine, ...theirs.filter(({ item }) => !here.has(nameOf(item)))].toSorted(
      (a, b) => order.indexOf(nameOf(a.item)) - order.indexOf(nameOf(b.item)),
    )
  return {
    ...report,
    measured: merged(report.measured, earlier.measured),
    dropped: merged(report.dropped, earlier.dropped),
  }
}

/** One item with all contenders that did it. */
export interface Row {
  readonly item: Item
  readonly psigrad: Measurement
  readonly single: Measurement | undefined
  /** The fraction of the multiply-add ceiling of the same number of threads. */
  readonly share: number | null
  readonly singleShare: number | null
  readonly peers: readonly Measurement[]
}

/** Returns the multiplications and additions per second, at best. */
export const flopRate = ({ flops, minSeconds }: Measurement): number | null =>
  flops === null ? null : flops / minSeconds

const shareOf = (m: Measurement | undefined, ceiling: Measurement | undefined): number | null => {
  const rates = [m, ceiling].map((x) => (x === undefined ? null : flopRate(x)))
  return rates[0] != null && rates[1] != null ? rates[0] / rates[1] : null
}

/** Returns the items that psigrad did, in their order. */
export const rowsOf = ({ measured }: Report): readonly Row[] => {
  const names = [...new Set(measured.map(({ item }) => nameOf(item)))]
  return names.flatMap((name) => {
    const all = measured.filter(({ item }) => nameOf(item) === name)
    const own = all.filter(({ kind }) => kind === 'psigrad')
    const ceilings = all.filter(({ kind }) => kind === 'ceiling')
    const psigrad = own.find(({ alone }) => !alone)
    if (psigrad === undefined) return []
    const single = own.find(({ alone }) => alone)
    return [
      {
        item: psigrad.item,
        psigrad,
        single,
        share: shareOf(
          psigrad,
          ceilings.find(({ alone }) => !alone),
        ),
        singleShare: shareOf(
          single,
          ceilings.find(({ alone }) => alone),
        ),
        peers: all.filter(({ kind }) => kind === 'javascript' || kind === 'python'),
      },
    ]
  })
}

/**
 * Returns how many times faster than a peer psigrad is: by the best turns, and by the median turns.
 */
export const ratio = (ours: Measurement, peer: Measurement): { best: number; middle: number } => ({
  best: peer.minSeconds / ours.minSeconds,
  middle: peer.medianSeconds / ours.medianSeconds,
})

export interface Summary {
  readonly peer: string
  /** The geometric mean over the rows that the peer did, by best turns and by median turns. */
  readonly best: number
  readonly middle: number
  readonly least: number
  readonly rows: number
}

/** Returns one line for each peer. */
export const summaries = (rows: readonly Row[]): readonly Summary[] => {
  const names = [...new Set(rows.flatMap(({ peers }) => peers.map((p) => p.contender)))]
  return names.map((peer) => {
    const ratios = rows.flatMap(({ psigrad, peers }) =>
      peers.filter((p) => p.contender === peer).map((p) => ratio(psigrad, p)),
    )
    const best = ratios.map((r) => r.best)
    return {
      peer,
      best: geometricMean(best),
      middle: geometricMean(ratios.map((r) => r.middle)),
      least: smallest(best),
      rows: ratios.length,
    }
  })
}
