import { either as E } from 'fp-ts'
import type { ExactLevel, ExactResult, LowestOfSector } from '../../session/index.ts'
import {
  exitCodes,
  type Sources,
  showCount,
  showDecimals,
  showModel,
  showSmall,
} from '../../settings/index.ts'
import type { CliCommand } from '../parts/cliCommand.ts'
import { table } from '../parts/columns.ts'
import { type CommandContext, refuse, reportFailure } from '../parts/context.ts'
import { exactProgress } from '../parts/exactProgress.ts'
import { jsonOption, modelOptions, option } from '../parts/sharedOptions.ts'

// `psigrad exact` finds the lowest energies of the sector of least S^z by exact diagonalisation.

/** The arguments of `psigrad exact`. */
export interface ExactArguments {
  readonly flags: Sources['flags']
  readonly states: string
  readonly sectors: boolean
  readonly json: boolean
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
    `  ${'energy (J)'.padStart(16)}${'per site (J)'.padStart(16)}${'residual'.padStart(10)}` +
      `${'states'.padStart(12)}${'alike'.padStart(6)}  sector`,
    ...levels.map(
      (l) =>
        `  ${showDecimals(l.energy, 10).padStart(16)}` +
        `${showDecimals(l.energyPerSite, 10).padStart(16)}${showSmall(l.residual).padStart(10)}` +
        `${showCount(l.dimension).padStart(12)}${String(l.alike).padStart(6)}  ${l.sector ?? '–'}`,
    ),
  ].join('\n')

const examined = ({ complete, looked }: ExactResult): string =>
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
    { name: 'examined', value: examined(r) },
    { name: 'states', value: showCount(r.dimension) },
    { name: 'time', value: r.seconds.toFixed(2), unit: 's' },
  ])

const resultTable = (r: ExactResult): string =>
  r.states !== undefined
    ? levelTable(r.states)
    : [groundTable(r), ...(r.sectors === undefined ? [] : [sectorTable(r.sectors)])].join('\n\n')

/** Runs the command and returns the exit code. */
export const exactCommand = async (
  { flags, states, sectors, json }: ExactArguments,
  { stdout, stderr }: Pick<CommandContext, 'stdout' | 'stderr'>,
): Promise<number> => {
  const { exactLevels, planExact } = await import('../../session/index.ts')
  const planned = planExact(flags, states, sectors)
  if (E.isLeft(planned)) return refuse(stderr, planned.left)
  const { model, dimension } = planned.right
  stderr.write(`psigrad exact: ${showModel(model)}; ${showCount(dimension)} states\n`)
  const { problemOf } = await import('../../run/index.ts')
  const kept = () => stderr.write('  kept from an earlier calculation\n')
  const reports = { progress: exactProgress(stderr), kept }
  const result = E.tryCatch(() => exactLevels(planned.right, reports), problemOf)
  if (E.isLeft(result)) {
    const { showProblem } = await import('../../../core/index.ts')
    const numerical = result.left.kind === 'NotConverged' || result.left.kind === 'NonFinite'
    const code = numerical ? exitCodes.failed : exitCodes.unusable
    return reportFailure(stderr, { code, message: showProblem(result.left) })
  }
  stdout.write(json ? `${JSON.stringify(result.right)}\n` : `\n${resultTable(result.right)}\n`)
  return exitCodes.done
}

/** The command `psigrad exact`. */
export const command: CliCommand = {
  name: 'exact',
  description: 'Lowest energies of a J1-J2 model by exact diagonalisation, by its symmetries.',
  options: [
    ...modelOptions(),
    option('--states <k>', 'how many states, up to 24 sites').default('1'),
    option('--sectors', 'the lowest state of every sector'),
    jsonOption('print the results as one JSON object'),
  ],
  run: ({ flags, texts, switches }, context) =>
    exactCommand(
      {
        flags,
        states: texts.states ?? '1',
        sectors: switches.sectors === true,
        json: switches.json === true,
      },
      context,
    ),
  help: `
The ground state is searched in every sector of translations and spin inversion. Where these have
too many states, it is searched in the one-dimensional sectors of all symmetries, and on lattices
such as 6x6, which takes about 6 GB and half an hour or more, in one of those, that of Marshall's
signs; complete is false then, and --sectors examines all of them. A result that took more than 3
seconds is kept in ~/.cache/psigrad (environment PSIGRAD_CACHE: another folder, or off).

--json prints one object: energy, energyPerSite, residual, sector, dimension, seconds, complete and
looked, the number of sectors; with --states above 1 also states, a list of { energy,
energyPerSite, residual, sector }; with --sectors also sectors, a list of the same with dimension
and alike, the number of sectors with these energies. The sector is written as train takes it in
--sector; it is null where the state belongs to none. Energies are in units of J; Sz is 0, or 1/2
for an odd number of sites.

Examples:
  psigrad exact
  psigrad exact --lattice chain --size 12 --j2 0 --states 4
  psigrad exact --size 6x4 --sectors
  psigrad exact --size 4x4 --j2 0.5 --json`,
}
