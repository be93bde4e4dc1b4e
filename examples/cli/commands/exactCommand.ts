import { either as E } from 'fp-ts'
import { showProblem } from '../../../core/index.ts'
import { dimension, fitsWithin, szSector } from '../../../physics/configurations/index.ts'
import { exactStates, sectorOf } from '../../../physics/exact/index.ts'
import { exitCodes, type Failure, problemOf } from '../../run/index.ts'
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

// `psigrad exact`: the lowest states of the Sz = 0 sector by exact diagonalisation.

/** C(24, 12) = 2,704,156 states take a minute or two and 2.5 GB; more is not for a laptop. */
const maxDimension = 3_000_000

/** C(50, 25) is the last that fits a number exactly. */
const countable = 50

export interface ExactArguments {
  readonly flags: Sources['flags']
  readonly states: string
  readonly json: boolean
}

interface ExactLevel {
  readonly energy: number
  readonly energyPerSite: number
  readonly residual: number
  /** As for --sector; null when the state is in none, such as one of several degenerate ones. */
  readonly sector: string | null
}

/** What `--json` prints; `states` only when more than one was asked for. */
export interface ExactResult extends ExactLevel {
  readonly dimension: number
  readonly seconds: number
  readonly states?: readonly ExactLevel[]
}

const unusable = (message: string): Failure => ({ code: exitCodes.unusable, message })

const diagonalise = (model: Model, states: number): ExactResult => {
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

const requested = ({ flags, states }: ExactArguments) => {
  const model = resolveModel(flags)
  if (E.isLeft(model))
    return E.left(unusable(model.left.map(showConfigProblem).join('\n         ')))
  const { lattice, size } = model.right
  const sites = sitesOf(lattice, size)
  const sector = szSector(sites)
  if (sites > countable || !fitsWithin(sector, maxDimension)) {
    const count = sites > countable ? 'more than 10^14' : showCount(dimension(sector))
    return E.left(
      unusable(
        `--size ${size.join('x')}: its Sz = 0 sector has ${count} states, expected at most ` +
          `${showCount(maxDimension)} (24 sites). Training needs no exact states.`,
      ),
    )
  }
  const k = Number(states)
  const most = dimension(sector)
  return Number.isInteger(k) && k >= 1 && k <= most
    ? E.right({ model: model.right, sites, states: k })
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

const resultTable = (r: ExactResult): string =>
  r.states === undefined
    ? table([
        { name: 'ground-state energy', value: showDecimals(r.energy, 10), unit: 'J' },
        { name: 'energy per site', value: showDecimals(r.energyPerSite, 10), unit: 'J' },
        { name: 'residual', value: showSmall(r.residual), unit: 'J' },
        ...(r.sector === null ? [] : [{ name: 'sector of symmetries', value: r.sector }]),
        { name: 'states in the sector', value: showCount(r.dimension) },
        { name: 'time', value: r.seconds.toFixed(2), unit: 's' },
      ])
    : levelTable(r.states)

/** Runs the command and gives the exit code. */
export const exactCommand = (
  args: ExactArguments,
  { stdout, stderr }: Pick<CommandContext, 'stdout' | 'stderr'>,
): number => {
  const asked = requested(args)
  if (E.isLeft(asked)) return reportFailure(stderr, asked.left)
  const { model, sites, states } = asked.right
  const title = `psigrad exact: ${showModel(model)}; ${showCount(dimension(szSector(sites)))} states`
  stderr.write(`${title}\n`)
  const result = E.tryCatch(() => diagonalise(model, states), problemOf)
  if (E.isLeft(result)) {
    const numerical = result.left.kind === 'NotConverged' || result.left.kind === 'NonFinite'
    const code = numerical ? exitCodes.failed : exitCodes.unusable
    return reportFailure(stderr, { code, message: showProblem(result.left) })
  }
  stdout.write(args.json ? `${JSON.stringify(result.right)}\n` : `\n${resultTable(result.right)}\n`)
  return exitCodes.done
}
