import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { type ThreadPool, threadPool } from '../../../core/threads/pool.ts'
import { optimisedFromNowOn } from './optimised.ts'
import { recipes } from './programs.ts'
import type { Recipe } from './recipe.ts'
import { faultOf } from './trial.ts'

// npm run differential [-- --programs 20000] [--seed N] [--minutes M] [--threads 2] [--path P]
// Random programs on both backends, with their derivatives. Ends with 1 at the first program that
// goes wrong: the smallest one like it, and the command that runs it again.

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    minutes: { type: 'string', default: '60' },
    /** Also on a pool of threads, which must give the same bits. */
    threads: { type: 'string', default: '1' },
    path: { type: 'string' },
  },
})
const BATCH = 250
/** Long enough for workers to start. */
const START_MS = 1500

optimisedFromNowOn()
const programs = Number(values.programs)
const first = Number(values.seed)
const threads = Number(values.threads)
const started = performance.now()
const minutes = (): number => (performance.now() - started) / 60_000

/** Batch k has its own seed, and a pool of its own: a pool keeps every program it ever ran. */
const runBatch = async (seed: number, count: number): Promise<fc.RunDetails<[Recipe]>> => {
  const pool: ThreadPool | undefined = threads > 1 ? threadPool(threads) : undefined
  if (pool !== undefined) await setTimeout(START_MS)
  const property = fc.property(recipes, (recipe) => faultOf(recipe, pool?.runner) === undefined)
  const replayed = values.path === undefined ? {} : { path: values.path }
  const report = fc.check(property, { seed, numRuns: count, ...replayed })
  pool?.close()
  return report
}

const report = (seed: number, { counterexample, counterexamplePath, numShrinks }: Failure) => {
  console.error(`\nseed ${seed}: a program goes wrong; ${numShrinks} times made smaller:\n`)
  console.error(faultOf(counterexample![0]) ?? 'alone on one thread it is right')
  const more = threads > 1 ? ` --threads ${threads}` : ''
  console.error(
    `\nagain: npm run -s differential -- --seed ${seed} --path "${counterexamplePath}"${more}`,
  )
}
type Failure = fc.RunDetails<[Recipe]>

const run = async (): Promise<number> => {
  console.log(`seed ${first}, ${programs} programs, at most ${values.minutes} minutes`)
  let done = 0
  for (let seed = first; done < programs && minutes() < Number(values.minutes); seed += 1) {
    const details = await runBatch(seed, Math.min(BATCH, programs - done))
    if (details.failed) {
      report(seed, details)
      return 1
    }
    if (values.path !== undefined) break
    done += details.numRuns
    const rate = (minutes() * 60_000) / done
    console.log(
      `${String(done).padStart(6)} programs, ${minutes().toFixed(1)} min, ${rate.toFixed(0)} ms each`,
    )
  }
  console.log(values.path === undefined ? 'all as rounding allows' : 'this program is right')
  return 0
}

process.exitCode = await run()
