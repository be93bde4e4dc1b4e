import { READY, type WorkerLike } from './host.ts'

// The workers of a pool: this file counts those that have started and removes those that ended.

export interface Crew {
  /** So many workers are starting or at work. */
  readonly size: () => number
  /** Sends a message to all; those that are still starting read it later. */
  readonly tell: (message: unknown) => void
  readonly ready: () => Promise<void>
  readonly close: () => void
}

/** Calls back at the first message, and when the worker ends or fails. */
const watch = (worker: WorkerLike, started: () => void, gone: () => void): void => {
  if (worker.on !== undefined) {
    worker.on('message', started)
    for (const event of ['error', 'exit'] as const) worker.on(event, gone)
  } else {
    worker.addEventListener?.('message', started)
    worker.addEventListener?.('error', gone)
  }
}

/** Starts workers in the background. They end with the process, which does not wait for them. */
export const newCrew = (count: number, start: () => WorkerLike | undefined): Crew => {
  const workers = new Set<WorkerLike>()
  const starting = new Set<WorkerLike>()
  const waiting = new Set<() => void>()
  const settled = (worker: WorkerLike): void => {
    starting.delete(worker)
    worker.unref?.()
    if (starting.size > 0) return
    for (const resolve of waiting) resolve()
    waiting.clear()
  }
  const gone = (worker: WorkerLike): void => {
    workers.delete(worker)
    settled(worker)
  }
  for (let i = 0; i < count; i += 1) {
    const worker = start()
    if (worker === undefined) break
    workers.add(worker)
    starting.add(worker)
    worker.unref?.()
    watch(
      worker,
      () => settled(worker),
      () => gone(worker),
    )
    worker.postMessage(READY)
  }
  return {
    size: () => workers.size,
    tell: (message) => {
      for (const worker of workers) worker.postMessage(message)
    },
    ready: () =>
      new Promise((resolve) => {
        if (starting.size === 0) return resolve()
        waiting.add(resolve)
        // Nothing else keeps the process alive while a caller awaits this.
        for (const worker of starting) worker.ref?.()
      }),
    close: () => {
      for (const worker of [...workers]) {
        gone(worker)
        void worker.terminate()
      }
    },
  }
}
