import { readFileSync, writeFileSync } from 'node:fs'
import { gradientReport } from '../../../autodiff/index.ts'
import { countOf, scriptOf } from '../../../examples/settings/usage.ts'
import { planted } from './planted.ts'
import { ruleTrials } from './ruleTrials.ts'
import { studentTrials } from './studentTrials.ts'
import { amiss, lineOf, tablesOf } from './tally.ts'
import { type Outcome, outcomeOf } from './trials.ts'

// Plants every mistake in every rule, and counts what the check of gradients makes of it.

const PAGE = 'docs/mistakes.md'
const BEGIN = '<!-- the tables of `npm run gradient-mistakes -- --docs` -->'
const END = '<!-- end of the tables -->'

const HELP = `
Prints two tables: what became of the mistakes by table of rules, and by mistake.

Exit codes: 0 printed; 2 wrong usage.

Examples:
  npm run gradient-mistakes
  npm run gradient-mistakes -- --every 10 --failures
  npm run gradient-mistakes -- --docs`

const { points, every, seed, failures, docs } = scriptOf(
  'gradient-mistakes',
  'Which mistakes does checkGradient find, blame on the guilty rule, and name?',
  HELP,
)
  .addOption(countOf('--points', 'random points for each rule').default(1))
  .addOption(countOf('--every', 'try only each n-th of them').default(1))
  .addOption(countOf('--seed', 'of the points').default(1))
  .option('--failures', 'print also every mistake that is missed, blamed or named wrongly')
  .option('--docs', `put the tables into ${PAGE}`)
  .parse()
  .opts<{ points: number; every: number; seed: number; failures?: true; docs?: true }>()

const trials = [...ruleTrials(points, seed), ...studentTrials(points, seed)].filter(
  (_, i) => i % every === 0,
)
const outcomes: readonly Outcome[] = trials.map((trial, i) => {
  if (i > 0 && i % 500 === 0) console.error(`${i} of ${trials.length}`)
  return outcomeOf(trial, gradientReport)
})
const tables = tablesOf(
  outcomes,
  planted.map(({ mistake }) => mistake),
)
console.log(tables)
if (failures) for (const o of outcomes.filter(amiss)) console.log(lineOf(o))
if (docs) {
  const text = readFileSync(PAGE, 'utf8')
  const [before, after] = [text.split(BEGIN)[0], text.split(END)[1]]
  writeFileSync(PAGE, `${before}${BEGIN}\n\n${tables}\n\n${END}${after}`)
}
