import fc from 'fast-check'
import type { Verdict } from '../../../autodiff/index.ts'
import { countOf, scriptOf } from '../../../examples/settings/usage.ts'
import { recipes } from '../../core/wasm/differential/programs.ts'
import { falseAlarmOf } from './randomPrograms.ts'

// Random programs, whose rules are right: does a check ever say that one is wrong?

const HELP = `
Stops at the first program that is called wrong, and prints the smallest one like it and the command
that runs it again.

Exit codes: 0 none is called wrong; 1 one is; 2 wrong usage.

Examples:
  npm run gradients
  npm run gradients -- --programs 1000 --seed 7`

interface Options {
  readonly programs: number
  readonly seed?: number
  readonly minutes: number
  readonly path?: string
}

const values = scriptOf('gradients', 'Does a gradient check ever blame a rule that is right?', HELP)
  .addOption(countOf('--programs', 'random programs').default(20_000))
  .addOption(countOf('--seed', 'of the generator; by default another every time'))
  .addOption(countOf('--minutes', 'stop after').default(120))
  .option('--path <path>', 'the one program of this seed that a failure named')
  .parse()
  .opts<Options>()

const BATCH = 250
const first = values.seed ?? 1 + (Date.now() % 1_000_000)
const started = performance.now()
const minutes = (): number => (performance.now() - started) / 60_000
const verdicts = new Map<Verdict, number>()
const counts = (): string => [...verdicts].map(([verdict, n]) => `${verdict} ${n}`).join(', ')

const run = (): number => {
  console.log(`seed ${first}, ${values.programs} programs, at most ${values.minutes} minutes`)
  let done = 0
  for (let seed = first; done < values.programs && minutes() < values.minutes; seed += 1) {
    const property = fc.property(recipes, (r) => falseAlarmOf(r, verdicts) === undefined)
    const replayed = values.path === undefined ? {} : { path: values.path }
    const numRuns = Math.min(BATCH, values.programs - done)
    const details = fc.check(property, { seed, numRuns, ...replayed })
    if (details.failed) {
      console.error(`\nseed ${seed}: a right gradient is called wrong:\n`)
      console.error(falseAlarmOf(details.counterexample![0]))
      console.error(
        `\nagain: npm run -s gradients -- --seed ${seed} --path "${details.counterexamplePath}"`,
      )
      return 1
    }
    if (values.path !== undefined) break
    done += details.numRuns
    const rate = (minutes() * 60_000) / done
    console.log(`${String(done).padStart(6)} programs, ${rate.toFixed(0)} ms each: ${counts()}`)
  }
  console.log('none is called wrong')
  return 0
}

process.exitCode = run()
