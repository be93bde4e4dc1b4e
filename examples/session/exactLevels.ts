import { either as E, function as F } from 'fp-ts'
import { dimension, fitsWithin, szSector } from '../../physics/configurations/index.ts'
import { exactStates, sectorOf } from '../../physics/exact/index.ts'
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

// The lowest states of the Sz = 0 sector by exact diagonalisation.

/** C(24, 12) = 2,704,156 states take a minute or two and 2.5 GB; more is not for a laptop. */
const maxDimension = 3_000_000

/** C(50, 25) is the last that fits a number exactly. */
const countable = 50

/** A model, and how many of its lowest states are wanted. */
export interface ExactPlan {
  readonly model: Model
  readonly states: number
  /** Number of states in the sector. */
  readonly dimension: number
}

const dimensionOf = ({ lattice, size }: Model): E.Either<string, number> => {
  const sites = sitesOf(lattice, size)
  const sector = szSector(sites)
  if (sites <= countable && fitsWithin(sector, maxDimension)) return E.right(dimension(sector))
  const count = sites > countable ? 'more than 10^14' : showCount(dimension(sector))
  return E.left(
    `--size ${size.join('x')}: its Sz = 0 sector has ${count} states, expected at most ` +
      `${showCount(maxDimension)} (24 sites). Training needs no exact states.`,
  )
}

/** Plans the diagonalisation. Left: the problems of its arguments, in words. */
export const planExact = (flags: Sources['flags'], states: string): E.Either<string, ExactPlan> =>
  F.pipe(
    resolveModel(flags),
    E.bimap(showConfigProblems, (model) => ({ model })),
    E.bind('dimension', ({ model }) => dimensionOf(model)),
    E.bind('states', ({ dimension: most }) => wholeNumber('--states', states, most)),
  )

/** One state of the sector. Energies are in units of J. */
export interface ExactLevel {
  readonly energy: number
  readonly energyPerSite: number
  readonly residual: number
  /** As for --sector; null when the state is in none, such as one of several degenerate ones. */
  readonly sector: string | null
}

/** `--json` prints this; `states` is there only when more than one was requested. */
export interface ExactResult extends ExactLevel {
  readonly dimension: number
  readonly seconds: number
  readonly states?: readonly ExactLevel[]
}

/**
 * Diagonalises a model in its sector of Sz = 0, and names the symmetry sector of each state.
 *
 * Errors  LatticeError when the lattice cannot hold the couplings; NotConverged and NonFinite when
 *         the solver fails.
 */
export const exactLevels = ({ model, states }: Omit<ExactPlan, 'dimension'>): ExactResult => {
  const start = performance.now()
  const { lattice, operator } = modelOf(model)
  const sector = szSector(lattice.sites)
  const found = exactStates(operator, sector, { states })
  const levels = found.energies.map((energy, k) => {
    const characters = sectorOf(lattice, operator, found.vectors[k]!, sector)
    return {
      energy,
      energyPerSite: energy / lattice.sites,
      residual: found.residuals[k]!,
      sector: characters === undefined ? null : showSector(characters),
    }
  })
  return {
    ...levels[0]!,
    dimension: found.dimension,
    seconds: (performance.now() - start) / 1000,
    ...(states > 1 ? { states: levels } : {}),
  }
}
