import type { DeviceRow } from '../../session/index.ts'
import { exitCodes } from '../../settings/index.ts'
import type { CliCommand } from '../parts/cliCommand.ts'
import type { CommandContext } from '../parts/context.ts'
import { jsonOption } from '../parts/sharedOptions.ts'

// `psigrad devices` lists the backends that can evaluate a wave function here, and their speed.

const kinds: Readonly<Record<DeviceRow['kind'], string>> = {
  psigrad: 'processor',
  card: 'graphics card',
  software: 'software renderer',
  processor: 'processor',
  absent: '–',
}

const showRate = (rate: number | null): string =>
  rate === null ? '–' : rate < 10 ? rate.toFixed(2) : rate.toFixed(0)

const showRows = (rows: readonly DeviceRow[]): string => {
  const cells = [
    ['--backend', 'runs on', 'GFLOP/s', ''],
    ...rows.map((r) => [r.backend, kinds[r.kind], showRate(r.gigaflops), r.about]),
  ]
  const widths = [0, 1, 2].map((k) =>
    cells.reduce((width, row) => Math.max(width, row[k]!.length), 0),
  )
  return cells
    .map(
      ([name, kind, rate, about]) =>
        `  ${name!.padEnd(widths[0]!)}  ${kind!.padEnd(widths[1]!)}  ${rate!.padStart(widths[2]!)}  ${about}`,
    )
    .map((line) => line.trimEnd())
    .join('\n')
}

/** Runs the command and returns the exit code. */
export const devicesCommand = async (
  { json }: { readonly json: boolean },
  { stdout }: Pick<CommandContext, 'stdout'>,
): Promise<number> => {
  const { measureDevices } = await import('../../session/index.ts')
  const rows = await measureDevices()
  const card = rows.some((r) => r.kind === 'card')
  const last = card ? '' : '\n\n  No graphics card: --backend wasm is the fastest here.'
  stdout.write(json ? `${JSON.stringify({ devices: rows })}\n` : `${showRows(rows)}${last}\n`)
  return exitCodes.done
}

/** The command `psigrad devices`. */
export const command: CliCommand = {
  name: 'devices',
  description: 'List the backends that can evaluate a wave function here, with measured speeds.',
  options: [jsonOption()],
  run: ({ switches }, context) => devicesCommand({ json: switches.json === true }, context),
  help: `
The rates are measured with 64 x 64 matrices times vectors of many samples, in float32. A missing
backend is listed with the reason. A software renderer is a program that emulates a graphics card.

--json prints { devices: [{ backend, kind, about, gigaflops }] }; kind is psigrad, card, software,
processor or absent.`,
}
