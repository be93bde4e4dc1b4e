import { TensorError, threadPool, type WorkerLike } from '../../core/index.ts'
import type { Luck } from '../core/threads/crashWorker.ts'
import { failureOf, works } from '../core/threads/poolWork.ts'

// What pool.spec.ts does with pools in a page.

declare const Worker: new (script: string, options: { readonly type: 'module' }) => WorkerLike
const starting = (script: string) => (): WorkerLike => new Worker(script, { type: 'module' })

const sameBits = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length && a.every((x, i) => Object.is(x, b[i]))

/** A pool whose worker is unlucky once: what comes of it, and whether it and another go on. */
export const unlucky = async (luck: Luck, name: keyof typeof works, patience: number) => {
  const worker = starting(`./crash.js?${encodeURIComponent(luck)}`)
  const pool = threadPool(2, { worker, patience })
  await pool.ready()
  const before = pool.threads()
  const work = works[name]!(pool)
  const { error, seconds } = failureOf(work)
  const after = pool.threads()
  const wanted = works[name]!(threadPool(1))()
  const goesOn = sameBits(work(), wanted)
  pool.close()
  const another = threadPool(2)
  await another.ready()
  const anotherHas = another.threads()
  const startsAgain = sameBits(works[name]!(another)(), wanted)
  another.close()
  const problem = error instanceof TensorError ? error.problem : String(error)
  return { before, problem, seconds, after, goesOn, anotherHas, startsAgain }
}

/** A pool of workers from a script, or of the usual ones. */
export const poolFrom = async (script?: string) => {
  const pool = threadPool(3, script === undefined ? {} : { worker: starting(script) })
  const atOnce = pool.threads()
  await pool.ready()
  const threads = pool.threads()
  const right = Object.values(works).every((of) => sameBits(of(pool)(), of(threadPool(1))()))
  pool.close()
  return { atOnce, threads, right, closed: pool.threads() }
}
