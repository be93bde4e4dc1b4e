import { setTimeout } from 'node:timers/promises'
import fc from 'fast-check'
import { type ThreadPool, threadPool } from '../../../../core/threads/pool.ts'
import { countOf, scriptOf } from '../../../../examples/settings/usage.ts'
import { optimisedFromNowOn } from '../../lowering/lanes/optimised.ts'
import { recipes } from './programs.ts'
import type { Recipe } from './recipe.ts'
import { faultOf } from './trial.ts'

// Random programs on both backends, with their derivatives.

const HELP = `
Stops at the first program that goes wrong, and prints the smallest one like it and the command that
runs it again.

Exit codes: 0 all right, as rounding allows; 1 a program goes wrong; 2 wrong usage.

Examples:
  npm run differential
  npm run differential -- --programs 1000 --seed 7 --threads 2`

interface Options {
  readonly programs: number
  readonly seed?: number
  readonly minutes: number
  readonly threads: number
  readonly path?: string
}

const values = scriptOf(
  'differential',
  'Do compiled programs compute what the reference computes?',
  HELP,
)
  .addOption(countOf('--programs', 'random programs').default(20_000))
  .addOption(countOf('--seed', 'of the generator; by default another every time'))
  .addOption(countOf('--minutes', 'stop after').default(60))
  .addOption(countOf('--threads', 'also on so many, which must give the same bits', 64).default(1))
  .option('--path <path>', 'the one program of this seed that a failure named')
  .parse()
  .opts<Options>()

const BATCH = 250
/** Long enough for workers to start. */
const START_MS = 1500

optimisedFromNowOn()
const { programs, threads } = values
const first = values.seed ?? 1 + (Date.now() % 1_000_000)
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
  for (let seed = first; done < programs && minutes() < values.minutes; seed += 1) {
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
