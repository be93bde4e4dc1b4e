import { either as E, function as F } from 'fp-ts'
import {
  type DeviceBridge,
  type GpuMode,
  isProcessor,
  type WantedDevice,
} from '../../core/gpu/index.ts'
import type { Checked, CompileOptions, Problem } from '../../core/index.ts'
import { type ThreadPool, threadPool } from '../../core/threads/index.ts'
import type { Backend, TrainConfig } from '../settings/index.ts'

// The setting `backend` says what evaluates the wave function.

export interface ChosenBackend {
  readonly options: Pick<CompileOptions, 'backend' | 'runner' | 'wide'>
  /** Messages to the user about the choice. */
  readonly notes: readonly string[]
  readonly close: () => void
}

/** Opens a device through a bridge. */
export type OpenDevice = (mode: WantedDevice) => Checked<DeviceBridge>

/** Returns the device that a setting names; undefined where it names none. */
const wantedBy = (backend: Backend): WantedDevice | undefined => {
  if (backend === 'auto') return 'card'
  if (backend === 'gpu') return 'best'
  return backend.startsWith('gpu:') ? (backend.slice('gpu:'.length) as GpuMode) : undefined
}

const processorNote = (mode: GpuMode): string =>
  `  gpu.js mode ${mode} runs on the processor, not on a graphics card; --backend wasm is faster there`

const onBridge = (bridge: DeviceBridge): ChosenBackend => ({
  options: { backend: 'reference', runner: bridge.runner },
  notes: [
    isProcessor(bridge.mode) ? processorNote(bridge.mode) : `  runs on gpu.js mode ${bridge.mode}`,
  ],
  close: bridge.close,
})

const onThreads = (
  { runner, team: { wide = false } }: ThreadPool,
  backend: 'wasm' | 'reference',
  notes: readonly string[] = [],
): ChosenBackend => ({
  // `wasm` means the fastest of these threads; without SIMD it is the reference backend.
  options: { runner, wide, ...(backend === 'reference' ? { backend } : {}) },
  notes,
  close: () => {},
})

const fallback = (pool: ThreadPool, reason: string): ChosenBackend =>
  onThreads(pool, 'wasm', [`  --backend auto: no graphics card found (${reason}); using wasm`])

/**
 * Opens the backend of a configuration; `open` opens devices.
 *
 * Errors  DeviceError when the requested device is not there. `auto` uses wasm instead,
 *         and says so.
 */
export const chosenBackend = (
  { backend, precision }: Pick<TrainConfig, 'backend' | 'precision'>,
  pool: ThreadPool,
  open: OpenDevice,
): Checked<ChosenBackend> => {
  const wanted = wantedBy(backend)
  if (wanted === undefined)
    return E.right(onThreads(pool, backend === 'reference' ? 'reference' : 'wasm'))
  if (precision !== 'float32')
    return E.right(fallback(pool, 'graphics cards compute in float32, not in float64'))
  const opened = F.pipe(open(wanted), E.map(onBridge))
  if (backend === 'auto')
    return E.right(E.getOrElse(({ what }: Problem) => fallback(pool, what))(opened))
  return E.mapLeft((problem: Problem) => ({ ...problem, where: `--backend ${backend}` }))(opened)
}

/** The machine of a run: its threads and its backend. */
export interface Machine {
  readonly pool: ThreadPool
  readonly backend: ChosenBackend
}

/** Returns the threads and the backend of a configuration. */
export const machineOf = (config: TrainConfig, open: OpenDevice): Checked<Machine> => {
  // The process belongs to psigrad, so vectors may be joined for everything that runs in it.
  const pool = threadPool(config.threads, { wide: true })
  const backend = chosenBackend(config, pool, open)
  if (E.isLeft(backend)) pool.close()
  return E.map((chosen: ChosenBackend) => ({ pool, backend: chosen }))(backend)
}
