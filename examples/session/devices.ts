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
} from '../../core/gpu/index.ts'
import { compile, type Problem, showProblem } from '../../core/index.ts'
import { threadPool } from '../../core/threads/index.ts'
import { defaults } from '../settings/index.ts'

// The backends that can evaluate a wave function here, with their devices and speeds.

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

/** A mode that exists but fails is listed with its failure. */
const modeRows = async (): Promise<readonly DeviceRow[]> => {
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

/**
 * Measures everything that could evaluate a wave function here: psigrad's own backends first, then
 * every mode of gpu.js. What is not there has a row with the reason.
 */
export const measureDevices = async (
  threads: number = defaults.threads,
): Promise<readonly DeviceRow[]> => [
  await ownRow('wasm', threads),
  await ownRow('reference', 1),
  ...(await modeRows()),
]
