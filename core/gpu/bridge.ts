import { either as E } from 'fp-ts'
import { startModule, type WorkerLike, waitWhile } from '../threads/index.ts'
import type { Runner } from '../tiles/index.ts'
import { dataOf, type Problem, raise } from '../values/index.ts'
import { deviceProblem, type GpuMode, type WantedDevice } from './device.ts'
import {
  asShared,
  FAILED,
  isShared,
  LIFE,
  newAnswer,
  type Request,
  STATE,
  sharedCopy,
  sharedLike,
  textOf,
} from './link.ts'

// A device for code that does not wait in tasks. The device has its own thread, which is
// asynchronous; the calling thread passes it a job and sleeps until it is done. So all code that
// takes a runner, such as a step of variational Monte Carlo, can run on a device.

export interface DeviceBridge {
  readonly mode: GpuMode
  /**
   * The runner is for `compile`: every job goes to the device, in float32. It throws what the
   * device reports.
   */
  readonly runner: Runner
  readonly close: () => void
}

export interface BridgeOptions {
  /** This starts the thread with the device; by default one with gpu.js. */
  readonly worker?: () => WorkerLike | undefined
  /**
   * A device counts as lost after so many milliseconds without progress; default: 120,000.
   */
  readonly patience?: number
}

/** A device that makes no progress for so long while it opens counts as absent. */
const OPENING_MS = 30_000

const ownWorker = (): WorkerLike | undefined => {
  const here = import.meta.url
  const name = here.endsWith('.ts') ? './deviceWorker.ts' : './deviceWorker.js'
  return startModule(new URL(name, here).href)
}

/** Sleeps until there is an answer; undefined when there was no progress for too long. */
const awaited = (answer: Int32Array, patience: number): number | undefined => {
  for (;;) {
    const life = Atomics.load(answer, LIFE)
    const state = Atomics.load(answer, STATE)
    if (state !== 0) return state
    if (!waitWhile(answer, LIFE, life, patience)) return undefined
  }
}

/**
 * Opens a device behind a bridge (Node).
 *
 * Errors  DeviceError when there is none. Jobs: DeviceError when the device is lost, runs out of
 *         memory or refuses a kernel.
 */
export const openBridge = (
  mode: WantedDevice,
  { worker = ownWorker, patience = 120_000 }: BridgeOptions = {},
): E.Either<Problem, DeviceBridge> => {
  const started = worker()
  if (started === undefined)
    return E.left(deviceProblem(mode, 'absent', 'a bridge to a device needs threads of Node'))
  started.unref?.()
  // The end of a thread is noticed because it makes no more progress.
  started.on?.('error', () => undefined)
  const ask = (request: Request): void => started.postMessage(request)
  const close = (): void => void started.terminate()
  const problemIn = (answer: Int32Array, state: number | undefined): Problem | undefined => {
    if (state === undefined) return deviceProblem(mode, 'lost', 'its thread is silent')
    return state === FAILED ? (JSON.parse(textOf(answer)) as Problem) : undefined
  }

  const opening = newAnswer()
  ask({ kind: 'open', mode, answer: opening })
  const refused = problemIn(opening, awaited(opening, OPENING_MS))
  if (refused !== undefined) {
    close()
    return E.left(refused)
  }
  let programs = 0
  const runner: Runner = ({ program, perSample, summed }) => {
    const id = programs
    programs += 1
    ask({ kind: 'learn', id, program, perSample, summed })
    return ({ shared, rows, out, samples }) => {
      const answer = newAnswer()
      const results = out.map((x) => (isShared(x) ? x : sharedLike(x)))
      ask({
        kind: 'run',
        id,
        shared: shared.map((x) => asShared(x, dataOf(x))),
        rows: rows.map(sharedCopy),
        out: results,
        samples,
        answer,
      })
      const problem = problemIn(answer, awaited(answer, patience))
      if (problem !== undefined) raise(problem)
      out.forEach((x, i) => {
        if (!isShared(x)) x.set(results[i]!)
      })
    }
  }
  return E.right({ mode: textOf(opening) as GpuMode, runner, close })
}
