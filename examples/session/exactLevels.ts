import { availableParallelism } from 'node:os'
import { either as E, function as F } from 'fp-ts'
import { dimension, fitsWithin, type Sector, szSector } from '../../physics/configurations/index.ts'
import { exactStates, sectorOf } from '../../physics/exact/index.ts'
import type { Stage } from '../../physics/index.ts'
import {
  type Model,
  modelOf,
  resolveModel,
  type Sources,
  showConfigProblems,
  showCount,
  showSector,
  sitesOf,
  wholeNumber,
} from '../settings/index.ts'
import { exactGround, keptGround } from './exactGround.ts'

// The lowest states of the sector of least S^z by exact diagonalisation.

/** More than one state is found without symmetries: C(24, 12) = 2,704,156 take a minute or two. */
const maxDimension = 3_000_000

/** C(50, 25) is the last that fits a number exactly. */
const countable = 50

/** A model, and which of its lowest states are wanted. */
export interface ExactPlan {
  readonly model: Model
  readonly states: number
  /** Is the lowest state of every sector of symmetry wanted? */
  readonly sectors: boolean
  /** Number of states of least S^z. */
  readonly dimension: number
}

/** Total S^z is 0, or 1/2 for an odd number of sites. */
const leastSz = (sites: number): Sector => szSector(sites, (sites % 2) / 2)

const dimensionOf = ({ lattice, size }: Model, states: string): E.Either<string, number> => {
  const sites = sitesOf(lattice, size)
  const sector = leastSz(sites)
  const many = Number(states) > 1
  if (sites <= countable && (!many || fitsWithin(sector, maxDimension)))
    return E.right(dimension(sector))
  const count = sites > countable ? 'more than 10^14' : showCount(dimension(sector))
  const limit = many
    ? `at most ${showCount(maxDimension)} (24 sites) for --states ${states}`
    : 'far fewer'
  return E.left(
    `--size ${size.join('x')}: its sector of least Sz has ${count} states, expected ${limit}. ` +
      'Training needs no exact states.',
  )
}

/** Plans the requested diagonalisation. Left: what is wrong with it, in words. */
export const planExact = (
  flags: Sources['flags'],
  states: string,
  sectors = false,
): E.Either<string, ExactPlan> =>
  F.pipe(
    resolveModel(flags),
    E.bimap(showConfigProblems, (model) => ({ model, sectors })),
    E.bind('dimension', ({ model }) => dimensionOf(model, states)),
    E.bind('states', ({ dimension: most }) => wholeNumber('--states', states, most)),
    E.filterOrElse(
      (plan) => !(plan.sectors && plan.states > 1),
      () => `--states ${states} with --sectors: expected one of the two`,
    ),
  )

/** One state of the sector. Energies are in units of J. */
export interface ExactLevel {
  readonly energy: number
  readonly energyPerSite: number
  readonly residual: number
  /** As for --sector; null when the state is in none, such as one of several degenerate ones. */
  readonly sector: string | null
}

/** The lowest state of a sector of symmetry. */
export interface LowestOfSector extends ExactLevel {
  /** The number of states of the sector. */
  readonly dimension: number
  /**
   * The number of sectors with these energies, such as momenta that a rotation exchanges; this one
   * counts as well.
   */
  readonly alike: number
}

/** The result that `--json` prints; `states` and `sectors` are there only when requested. */
export interface ExactResult extends ExactLevel {
  readonly dimension: number
  readonly seconds: number
  /** Do the sectors that were examined hold all states? */
  readonly complete: boolean
  /** The number of sectors of symmetry that were examined. */
  readonly looked: number
  readonly states?: readonly ExactLevel[]
  readonly sectors?: readonly LowestOfSector[]
}

/** The reports of a diagonalisation while it runs. */
export interface ExactReports {
  readonly progress?: (stage: Stage) => void
  /** Called where the result was kept from an earlier calculation. */
  readonly kept?: () => void
}

const levelOf = ({ energy, residual }: Pick<ExactLevel, 'energy' | 'residual'>, sites: number) => ({
  energy,
  energyPerSite: energy / sites,
  residual,
})

/** Finds the ground state, sector by sector of its symmetries. */
const lowest = (
  { model, sectors }: ExactPlan,
  { kept = () => {}, ...reports }: ExactReports,
): ExactResult => {
  const { lattice, operator } = modelOf(model)
  const { sites } = lattice
  const request = { lattice, operator, sector: leastSz(sites), every: sectors }
  if (keptGround(request) !== undefined) kept()
  const found = exactGround({ ...request, threads: availableParallelism(), ...reports })
  return {
    ...levelOf(found, sites),
    sector: found.sector === null ? null : showSector(found.sector),
    dimension: found.dimension,
    seconds: found.seconds,
    complete: found.complete,
    looked: found.levels.length,
    ...(sectors
      ? {
          sectors: found.levels.map((level) => ({
            ...levelOf(level, sites),
            sector: showSector(level.sector),
            dimension: level.dimension,
            alike: level.alike,
          })),
        }
      : {}),
  }
}

/** Finds several of the lowest states, without symmetries, and names the sector of each. */
const severalStates = ({ model, states }: ExactPlan): ExactResult => {
  const start = performance.now()
  const { lattice, operator } = modelOf(model)
  const sector = leastSz(lattice.sites)
  const found = exactStates(operator, sector, { states })
  const levels = found.energies.map((energy, k) => {
    const characters = sectorOf(lattice, operator, found.vectors[k]!, sector)
    return {
      ...levelOf({ energy, residual: found.residuals[k]! }, lattice.sites),
      sector: characters === undefined ? null : showSector(characters),
    }
  })
  return {
    ...levels[0]!,
    dimension: found.dimension,
    seconds: (performance.now() - start) / 1000,
    complete: true,
    looked: 1,
    states: levels,
  }
}

/**
 * Diagonalises a model in its sector of least S^z, and names the symmetry sector of each state.
 *
 * Errors  LatticeError when the lattice cannot hold the couplings; NotConverged and NonFinite when
 *         the solver fails; SectorError with the cost where memory is too small.
 */
export const exactLevels = (plan: ExactPlan, reports: ExactReports = {}): ExactResult =>
  plan.states > 1 ? severalStates(plan) : lowest(plan, reports)
