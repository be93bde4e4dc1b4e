import { either as E } from 'fp-ts'
import type { ExactLevel, ExactResult } from '../../session/index.ts'
import {
  exitCodes,
  type Sources,
  showCount,
  showDecimals,
  showModel,
  showSmall,
} from '../../settings/index.ts'
import type { CliCommand } from '../cliCommand.ts'
import { table } from '../columns.ts'
import { type CommandContext, refuse, reportFailure } from '../context.ts'
import { jsonOption, modelOptions, option } from '../sharedOptions.ts'

// `psigrad exact` finds the lowest states of the Sz = 0 sector by exact diagonalisation.

/** The arguments of `psigrad exact`. */
export interface ExactArguments {
  readonly flags: Sources['flags']
  readonly states: string
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

/** Runs the command and returns the exit code. */
export const exactCommand = async (
  { flags, states, json }: ExactArguments,
  { stdout, stderr }: Pick<CommandContext, 'stdout' | 'stderr'>,
): Promise<number> => {
  const { exactLevels, planExact } = await import('../../session/index.ts')
  const planned = planExact(flags, states)
  if (E.isLeft(planned)) return refuse(stderr, planned.left)
  const { model, dimension } = planned.right
  stderr.write(`psigrad exact: ${showModel(model)}; ${showCount(dimension)} states\n`)
  const { problemOf } = await import('../../run/index.ts')
  const result = E.tryCatch(() => exactLevels(planned.right), problemOf)
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
  description: 'Lowest energies of a J1-J2 model by exact diagonalisation, up to 24 sites.',
  options: [
    ...modelOptions(),
    option('--states <k>', 'how many states').default('1'),
    jsonOption('print the results as one JSON object'),
  ],
  run: ({ flags, texts, switches }, context) =>
    exactCommand({ flags, states: texts.states ?? '1', json: switches.json === true }, context),
  help: `
--json prints one object: energy, energyPerSite, residual, sector, dimension, seconds; with --states
above 1 also states, a list of { energy, energyPerSite, residual, sector }. The sector is written as
train takes it in --sector; it is null where the state belongs to none. Energies are in units of J,
and all states have Sz = 0.

Examples:
  psigrad exact
  psigrad exact --lattice chain --size 12 --j2 0 --states 4
  psigrad exact --size 4x4 --j2 0.5 --json`,
}
