import { type ThreadPool, threadPool } from '../../core/index.ts'
import { startModule } from '../../core/threads/index.ts'

/** The built package starts orbitWorker.js, the checkout orbitWorker.ts. */
const script = (): string => {
  const here = import.meta.url
  return new URL(here.endsWith('.ts') ? './orbitWorker.ts' : './orbitWorker.js', here).href
}

/**
 * Threads that know the work of exact diagonalisation; its `team` is what `groundLevels` takes. In
 * a page it is the calling thread alone. Results do not depend on how many there are.
 */
export const orbitThreads = (threads: number): ThreadPool =>
  threadPool(threads, { worker: () => startModule(script()) })
