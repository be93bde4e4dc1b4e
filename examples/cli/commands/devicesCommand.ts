import { either as E, function as F, taskEither as TE } from 'fp-ts'
import {
  example,
  type FoundMode,
  findModes,
  gigaflops,
  layers,
  measureDevice,
  openDevice,
  operands,
} from '../../../core/gpu/index.ts'
import { compile, type Problem, showProblem } from '../../../core/index.ts'
import { threadPool } from '../../../core/threads/index.ts'
import { largest } from '../../../core/values/index.ts'
import { exitCodes } from '../../run/index.ts'
import { defaults } from '../../settings/index.ts'
import type { CommandContext } from '../context.ts'

// `psigrad devices`: what could evaluate a wave function here, what it is, and how fast.

/** One way to run, as `--backend` names it. */
export interface DeviceRow {
  readonly backend: string
  readonly kind: 'psigrad' | FoundMode['kind']
  readonly about: string
  /** 10⁹ operations per second; null where nothing runs. */
  readonly gigaflops: number | null
}

const ownRow = async (backend: 'wasm' | 'reference', threads: number): Promise<DeviceRow> => {
  const pool = threadPool(threads)
  try {
    await pool.ready()
    const marks = ['shared', 'perSample'] as const
    const precision = 'float32'
    const options = { backend, precision, summed: true, runner: pool.runner } as const
    const { run } = compile(layers, marks, options)(...example())
    const rate = await gigaflops(async (samples) => run(...operands(samples)))
    const about =
      backend === 'wasm'
        ? `psigrad's own, on ${threads} thread(s)`
        : `the interpreter, on ${threads} thread(s)`
    return { backend, kind: 'psigrad', about, gigaflops: rate }
  } finally {
    pool.close()
  }
}

const measured = ({ mode, kind, about }: FoundMode): TE.TaskEither<Problem, DeviceRow> => {
  const row = { backend: `gpu:${mode}`, kind, about }
  if (kind === 'absent') return TE.right({ ...row, gigaflops: null })
  return F.pipe(
    openDevice(mode),
    TE.chain((device) =>
      F.pipe(
        measureDevice(device),
        TE.map((rate) => {
          device.close()
          return { ...row, gigaflops: rate }
        }),
      ),
    ),
  )
}

/** A mode that is there but fails is told with its failure. */
const deviceRows = async (): Promise<readonly DeviceRow[]> => {
  const found = await findModes()
  if (E.isLeft(found))
    return [{ backend: 'gpu', kind: 'absent', about: showProblem(found.left), gigaflops: null }]
  const rows: DeviceRow[] = []
  for (const mode of found.right) {
    const row = await measured(mode)()
    rows.push(
      E.isRight(row)
        ? row.right
        : { backend: `gpu:${mode.mode}`, kind: 'absent', about: row.left.what, gigaflops: null },
    )
  }
  return rows
}

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
  const widths = [0, 1, 2].map((k) => largest(cells.map((row) => row[k]!.length)))
  return cells
    .map(
      ([name, kind, rate, about]) =>
        `  ${name!.padEnd(widths[0]!)}  ${kind!.padEnd(widths[1]!)}  ${rate!.padStart(widths[2]!)}  ${about}`,
    )
    .map((line) => line.trimEnd())
    .join('\n')
}

/** Runs the command and gives the exit code. */
export const devicesCommand = async (
  args: { readonly json: boolean },
  { stdout }: Pick<CommandContext, 'stdout'>,
): Promise<number> => {
  const rows = [
    await ownRow('wasm', defaults.threads),
    await ownRow('reference', 1),
    ...(await deviceRows()),
  ]
  const card = rows.some((r) => r.kind === 'card')
  const last = card ? '' : '\n\n  No graphics card: --backend wasm is the fastest here.'
  stdout.write(args.json ? `${JSON.stringify({ devices: rows })}\n` : `${showRows(rows)}${last}\n`)
  return exitCodes.done
}
