import { largest } from '../../core/values/index.ts'
import type { Cost } from '../compare/index.ts'
import { showCount, showEnergy, showSmall } from '../settings/index.ts'
import { type Group, groupsOf, settingOf, uncertainty } from './bySeed.ts'
import type { CellData, StudyData } from './data.ts'

// This file answers the four claims of the paper by the numbers of the study. No verdict is written
// by hand: every judging word follows from a comparison of numbers.

export interface Answer {
  readonly claim: string
  readonly verdict: string
  /** The numbers behind the answer, one sentence each. */
  readonly evidence: readonly string[]
}

/** Energies that differ by more than this many standard errors count as different. */
const APART = 2
/** A standard deviation below this fraction of the mean counts as small. */
const SMALL = 0.1

const standard = ['t5', 'decoupled']

const noData = 'The study has no numbers for this yet.'

/** Returns "3 of 4" as a judgement: all, none, or a count. */
const counted = (count: number, of: number): string =>
  count === of ? `all ${of}` : count === 0 ? `none of ${of}` : `${count} of ${of}`

interface Pair {
  readonly factored: Group
  readonly other: Group
}

/** Returns pairs of Factored and each standard form at equal settings. */
const pairsOf = (groups: readonly Group[]): readonly Pair[] =>
  groups
    .filter((g) => standard.includes(g.form))
    .flatMap((other) => {
      const factored = groups.find(
        (g) => g.form === 'factored' && settingOf(g) === settingOf(other),
      )
      return factored === undefined ? [] : [{ factored, other }]
    })

/**
 * Returns the difference in standard errors; it is positive where Factored is higher, which is
 * worse.
 */
const distance = ({ factored, other }: Pair): number =>
  (factored.energy - other.energy) / Math.hypot(factored.error, other.error)

/**
 * Returns the difference of two runs that chance explains: the combined standard deviation over the
 * seeds.
 */
const seedsApart = ({ factored, other }: Pair): number | null =>
  factored.spread === null || other.spread === null
    ? null
    : Math.hypot(factored.spread, other.spread)

const formsApart = ({ factored, other }: Pair): number => Math.abs(factored.energy - other.energy)

const compared = (pair: Pair): string => {
  const sigmas = distance(pair)
  const word = Math.abs(sigmas) <= APART ? 'equal within errors' : sigmas < 0 ? 'lower' : 'higher'
  const { factored, other } = pair
  const apart = seedsApart(pair)
  const seeds =
    apart === null
      ? 'from one seed and its samples alone'
      : `they differ by ${showSmall(formsApart(pair))}, seeds by ${showSmall(apart)}`
  return (
    `${settingOf(factored)}: factored ${showEnergy(factored.energy)} ± ${showSmall(factored.error)}, ` +
    `${other.form} ${showEnergy(other.energy)} ± ${showSmall(other.error)}: ${word} ` +
    `(${sigmas.toFixed(1)} standard errors; ${seeds}).`
  )
}

const costs = ({ factored, other }: Pair): string => {
  const micro = ({ seconds }: Cost): string => (seconds * 1e6).toPrecision(3)
  const work =
    factored.cost === null || other.cost === null
      ? ''
      : `; ${showCount(factored.cost.flops)} against ${showCount(other.cost.flops)} operations, ` +
        `${micro(factored.cost)} against ${micro(other.cost)} µs for one log ψ`
  return (
    `${settingOf(factored)}: factored has ${showCount(factored.parameters)} parameters, ` +
    `${other.form} ${showCount(other.parameters)}${work}.`
  )
}

const quicker = ({ factored, other }: Pair): boolean =>
  factored.cost !== null && other.cost !== null && factored.cost.seconds < other.cost.seconds

const sameEnergy = (groups: readonly Group[]): Answer => {
  const pairs = pairsOf(groups)
  const notWorse = pairs.filter((p) => distance(p) <= APART).length
  const seeded = pairs.flatMap((pair) => {
    const seeds = seedsApart(pair)
    return seeds === null ? [] : [{ seeds, forms: formsApart(pair) }]
  })
  const within = seeded.filter(({ seeds, forms }) => forms <= seeds).length
  const timed = pairs.filter((p) => p.factored.cost !== null && p.other.cost !== null)
  const cheaper = timed.filter(
    (p) => p.factored.parameters < p.other.parameters && quicker(p),
  ).length
  return {
    claim:
      'Factored attention reaches the same variational energy as T5 and Decoupled, with fewer ' +
      'parameters and less work per evaluation.',
    verdict:
      pairs.length === 0
        ? noData
        : `In ${counted(notWorse, pairs.length)} comparisons at equal settings Factored is as low ` +
          'as the standard form or lower; ' +
          (seeded.length === 0
            ? ''
            : `over several seeds, ${counted(within, seeded.length)} differ by no more than seeds do; `) +
          (timed.length === 0
            ? 'the time of an evaluation is not measured yet.'
            : `in ${counted(cheaper, timed.length)} it has fewer parameters and is quicker.`),
    evidence: [...pairs.map(compared), ...pairs.map(costs)],
  }
}

const headsOf = (cells: readonly CellData[]) => cells.flatMap((c) => c.heads)

const inputIndependence = (groups: readonly Group[]): Answer => {
  const all = groups.filter((g) => standard.includes(g.form))
  const heads = headsOf(all.flatMap((g) => g.cells))
  const small = heads.filter((h) => h.spreadAfter < SMALL).length
  const falling = heads.filter((h) => h.after < h.before).length
  return {
    claim:
      'At the end of the optimisation the weights of standard attention do not depend on the ' +
      'input: over the configurations their variance is small against their mean.',
    verdict:
      heads.length === 0
        ? noData
        : `Of ${heads.length} trained heads of T5 and Decoupled, ${counted(small, heads.length)} ` +
          `have weights whose standard deviation over the configurations is below ${SMALL} of ` +
          `their size; in ${counted(falling, heads.length)} the training lowers the share of the ` +
          'variance that the input causes.',
    evidence: all.map(
      (g) =>
        `${settingOf(g)}, ${g.form}: input-driven share ${showSmall(g.before)} before and ` +
        `${showSmall(g.after)} after the training; standard deviation over size ` +
        `${showSmall(g.spreadBefore)} before and ${showSmall(g.spreadAfter)} after (means over ` +
        'heads and seeds).',
    ),
  }
}

/** The rounding of sums over the sector. */
const EXACTLY = 1e-9

const exactMapping = ({ dimer }: StudyData): Answer => {
  const mapped = dimer?.mapped ?? []
  const exact = mapped.filter(
    ({ energyPerSite, variance, gradient }) =>
      Math.abs(energyPerSite + 3 / 8) < EXACTLY && variance < EXACTLY && gradient < EXACTLY,
  ).length
  const lowest = mapped.filter(
    ({ energyPerSite, exactPerSite }) => energyPerSite - exactPerSite < EXACTLY,
  ).length
  return {
    claim:
      'Positions alone are enough where correlations decay: the exact ground state of the ' +
      'Shastry-Sutherland model in its dimer phase maps exactly onto a Factored-attention network.',
    verdict:
      mapped.length === 0
        ? noData
        : `At ${counted(exact, mapped.length)} values of J/J' the network with explicit parameters ` +
          "has the energy −3/8 J' per site, no variance and no gradient, to rounding: an " +
          `eigenstate. Of these, ${counted(lowest, mapped.length)} have it as the ground state of ` +
          'the 4x4 lattice.',
    evidence: mapped.map(
      ({ ratio, energyPerSite, exactPerSite, variance, gradient }) =>
        `J/J' = ${ratio}: energy per site ${energyPerSite.toFixed(12)} J', exact ground state ` +
        `${exactPerSite.toFixed(12)} J'; variance ${showSmall(Math.abs(variance))}, largest entry ` +
        `of the gradient ${showSmall(gradient)}.`,
    ),
  }
}

const relativeError = (c: CellData): number => c.relativeError ?? Number.POSITIVE_INFINITY

const scaling = (data: StudyData): Answer => {
  const blocks = [...new Set(data.cells.map((c) => c.block))]
  const best = (form: (f: string) => boolean, block: string): CellData | undefined =>
    data.cells
      .filter((c) => c.block === block && form(c.form))
      .toSorted((a, b) => relativeError(a) - relativeError(b))[0]
  const rows = blocks.flatMap((block) => {
    const without = best((f) => !standard.includes(f), block)
    const having = best((f) => standard.includes(f), block)
    return without === undefined || having === undefined ? [] : [{ block, without, having }]
  })
  const apart = ({ without, having }: (typeof rows)[number]): number =>
    (without.energy - having.energy) / Math.hypot(uncertainty(without), uncertainty(having))
  const unneeded = rows.filter((row) => apart(row) <= APART).length
  return {
    claim: 'Queries and keys may be unnecessary when scaling Transformer quantum states.',
    verdict:
      rows.length === 0
        ? noData
        : `In ${counted(unneeded, rows.length)} sections the best run without queries and keys is ` +
          'as low as the best run with them, or lower. These are lattices of up to ' +
          `${largest(data.cells.map((c) => c.config.size.reduce((n, d) => n * d, 1)))} sites: ` +
          'what the study says about scaling ends there.',
    evidence: rows.map(
      ({ block, without, having }) =>
        `${block}: best without them ${without.form}, ${showSmall(relativeError(without))} from the ` +
        `exact energy after ${Math.round(without.seconds)} s; best with them ${having.form}, ` +
        `${showSmall(relativeError(having))} after ${Math.round(having.seconds)} s.`,
    ),
  }
}

/** Returns the claims in the paper's order, each with its answer. */
export const answers = (data: StudyData): readonly Answer[] => {
  const groups = groupsOf(data)
  return [sameEnergy(groups), inputIndependence(groups), exactMapping(data), scaling(data)]
}
