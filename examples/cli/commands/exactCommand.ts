import { availableParallelism } from 'node:os'
import { either as E } from 'fp-ts'
import { showProblem } from '../../../core/index.ts'
import { dimension, fitsWithin, szSector } from '../../../physics/configurations/index.ts'
import { exactStates, sectorOf } from '../../../physics/exact/index.ts'
import { exitCodes, type Failure, problemOf } from '../../run/index.ts'
import { exactGround, keptGround } from '../../session/index.ts'
import {
  type Model,
  modelOf,
  resolveModel,
  type Sources,
  showConfigProblem,
  showCount,
  showDecimals,
  showModel,
  showSector,
  showSmall,
  sitesOf,
} from '../../settings/index.ts'
import { table } from '../columns.ts'
import { type CommandContext, reportFailure } from '../context.ts'
import { exactProgress } from '../exactProgress.ts'

// `psigrad exact`: the lowest energies of the sector of least S^z by exact diagonalisation.

/** More than one state is found without symmetries: C(24, 12) = 2,704,156 take a minute or two. */
const maxDimension = 3_000_000

/** C(50, 25) is the last that fits a number exactly. */
const countable = 50

export interface ExactArguments {
  readonly flags: Sources['flags']
  readonly states: string
  /** The lowest state of every sector of symmetry. */
  readonly sectors?: boolean
  readonly json: boolean
}

interface ExactLevel {
  readonly energy: number
  readonly energyPerSite: number
  readonly residual: number
  /** As for --sector; null when the state is in none, such as one of several degenerate ones. */
  readonly sector: string | null
}

/** The lowest state of a sector of symmetry. */
interface LowestOfSector extends ExactLevel {
  /** States of the sector. */
  readonly dimension: number
  /** Sectors of the same energies, such as momenta that a rotation exchanges, with this one. */
  readonly alike: number
}

/** What `--json` prints; `states` and `sectors` only when they were asked for. */
export interface ExactResult extends ExactLevel {
  readonly dimension: number
  readonly seconds: number
  /** Were sectors that hold all states looked through? */
  readonly complete: boolean
  /** Sectors of symmetry that were looked at. */
  readonly looked: number
  readonly states?: readonly ExactLevel[]
  readonly sectors?: readonly LowestOfSector[]
}

const unusable = (message: string): Failure => ({ code: exitCodes.unusable, message })

const levelOf = (
  { energy, residual }: Pick<ExactLevel, 'energy' | 'residual'>,
  lattice: { readonly sites: number },
) => ({ energy, energyPerSite: energy / lattice.sites, residual })

/** Total S^z 0, or 1/2 for an odd number of sites. */
const leastSz = (sites: number) => szSector(sites, (sites % 2) / 2)

/** The ground state, sector by sector of its symmetries. */
const lowest = (
  model: Model,
  every: boolean,
  { stderr }: Pick<CommandContext, 'stderr'>,
): ExactResult => {
  const { lattice, operator } = modelOf(model)
  const request = { lattice, operator, sector: leastSz(lattice.sites), every }
  if (keptGround(request) !== undefined) stderr.write('  kept from an earlier calculation\n')
  const progress = exactProgress(stderr)
  const found = exactGround({ ...request, threads: availableParallelism(), progress })
  return {
    ...levelOf(found, lattice),
    sector: found.sector === null ? null : showSector(found.sector),
    dimension: found.dimension,
    seconds: found.seconds,
    complete: found.complete,
    looked: found.levels.length,
    ...(every
      ? {
          sectors: found.levels.map((l) => ({
            ...levelOf(l, lattice),
            sector: showSector(l.sector),
            dimension: l.dimension,
            alike: l.alike,
          })),
        }
      : {}),
  }
}

const diagonalise = (model: Model, states: number): ExactResult => {
  const start = performance.now()
  const { lattice, operator } = modelOf(model)
  const sector = leastSz(lattice.sites)
  const found = exactStates(operator, sector, { states })
  const levels = found.energies.map((energy, k) => {
    const characters = sectorOf(lattice, operator, found.vectors[k]!, sector)
    return {
      ...levelOf({ energy, residual: found.residuals[k]! }, lattice),
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

const requested = ({ flags, states, sectors = false }: ExactArguments) => {
  const model = resolveModel(flags)
  if (E.isLeft(model))
    return E.left(unusable(model.left.map(showConfigProblem).join('\n         ')))
  const { lattice, size } = model.right
  const sites = sitesOf(lattice, size)
  const sector = leastSz(sites)
  const k = Number(states)
  const tooMany = sites > countable || (k > 1 && !fitsWithin(sector, maxDimension))
  if (tooMany) {
    const count = sites > countable ? 'more than 10^14' : showCount(dimension(sector))
    const limit =
      k > 1 ? `at most ${showCount(maxDimension)} (24 sites) for --states ${k}` : 'far fewer'
    return E.left(
      unusable(
        `--size ${size.join('x')}: its sector of least Sz has ${count} states, expected ` +
          `${limit}. Training needs no exact states.`,
      ),
    )
  }
  const most = dimension(sector)
  if (sectors && k > 1)
    return E.left(unusable(`--states ${states} with --sectors: expected one of the two`))
  return Number.isInteger(k) && k >= 1 && k <= most
    ? E.right({ model: model.right, sites, states: k, sectors })
    : E.left(unusable(`--states ${states}: expected a whole number from 1 to ${most}`))
}

const levelTable = (levels: readonly ExactLevel[]): string =>
  [
    `  ${'state'.padStart(5)}${'energy (J)'.padStart(22)}${'per site (J)'.padStart(22)}` +
      `${'residual'.padStart(11)}  sector`,
    ...levels.map(
      ({ energy, energyPerSite, residual, sector }, k) =>
        `  ${String(k).padStart(5)}${showDecimals(energy, 10).padStart(22)}` +
        `${showDecimals(energyPerSite, 10).padStart(22)}${showSmall(residual).padStart(11)}` +
        `  ${sector ?? '–'}`,
    ),
  ].join('\n')

const sectorTable = (levels: readonly LowestOfSector[]): string =>
  [
    `  ${'energy (J)'.padStart(18)}${'per site (J)'.padStart(18)}${'residual'.padStart(11)}` +
      `${'states'.padStart(13)}${'alike'.padStart(7)}  sector`,
    ...levels.map(
      (l) =>
        `  ${showDecimals(l.energy, 10).padStart(18)}` +
        `${showDecimals(l.energyPerSite, 10).padStart(18)}${showSmall(l.residual).padStart(11)}` +
        `${showCount(l.dimension).padStart(13)}${String(l.alike).padStart(7)}  ${l.sector ?? '–'}`,
    ),
  ].join('\n')

const lookedThrough = ({ complete, looked }: ExactResult): string =>
  complete
    ? 'all states'
    : looked === 1
      ? "the sector of Marshall's signs, or of characters 1"
      : `${looked} one-dimensional sectors`

const groundTable = (r: ExactResult): string =>
  table([
    { name: 'ground-state energy', value: showDecimals(r.energy, 10), unit: 'J' },
    { name: 'energy per site', value: showDecimals(r.energyPerSite, 10), unit: 'J' },
    { name: 'residual', value: showSmall(r.residual), unit: 'J' },
    ...(r.sector === null ? [] : [{ name: 'sector of symmetries', value: r.sector }]),
    { name: 'looked through', value: lookedThrough(r) },
    { name: 'states', value: showCount(r.dimension) },
    { name: 'time', value: r.seconds.toFixed(2), unit: 's' },
  ])

const resultTable = (r: ExactResult): string =>
  r.states !== undefined
    ? levelTable(r.states)
    : [groundTable(r), ...(r.sectors === undefined ? [] : [sectorTable(r.sectors)])].join('\n\n')

/** Runs the command and gives the exit code. */
export const exactCommand = (
  args: ExactArguments,
  { stdout, stderr }: Pick<CommandContext, 'stdout' | 'stderr'>,
): number => {
  const asked = requested(args)
  if (E.isLeft(asked)) return reportFailure(stderr, asked.left)
  const { model, sites, states, sectors } = asked.right
  const title = `psigrad exact: ${showModel(model)}; ${showCount(dimension(leastSz(sites)))} states`
  stderr.write(`${title}\n`)
  const result = E.tryCatch(
    () => (states > 1 ? diagonalise(model, states) : lowest(model, sectors, { stderr })),
    problemOf,
  )
  if (E.isLeft(result)) {
    const numerical = result.left.kind === 'NotConverged' || result.left.kind === 'NonFinite'
    const code = numerical ? exitCodes.failed : exitCodes.unusable
    return reportFailure(stderr, { code, message: showProblem(result.left) })
  }
  stdout.write(args.json ? `${JSON.stringify(result.right)}\n` : `\n${resultTable(result.right)}\n`)
  return exitCodes.done
}
