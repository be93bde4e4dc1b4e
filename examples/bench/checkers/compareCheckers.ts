import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type GradientReport, gradientReport } from '../../../autodiff/index.ts'
import { toNested } from '../../../core/index.ts'
import { scriptOf } from '../../settings/index.ts'
import { type Answers, pageOf, type Said } from './page.ts'
import { functionOf, operandsOf, wrongRules } from './wrongRules.ts'

// Gives the same twelve wrong rules to psigrad and to the gradient checks of other libraries.

const PAGE = 'docs/checkers.md'
const PEERS = join(dirname(fileURLToPath(import.meta.url)), 'peers.py')

const HELP = `
The libraries come from a Python environment of their own (about 6 GB, because PyPI has PyTorch only
with its libraries for graphics cards):

  python3 -m venv venv && venv/bin/pip install -r examples/bench/checkers/requirements.txt

minitorch is a course without a package: --minitorch names a checkout of its student suite, of which
only minitorch/tensor_functions.py is read. Peers that are not there are left out.

Exit codes: 0 printed; 2 wrong usage; 3 Python failed.

Examples:
  npm run checkers -- --python venv/bin/python
  npm run checkers -- --python venv/bin/python --minitorch minitorch --docs`

const options = scriptOf('checkers', 'What do gradient checks say of twelve wrong rules?', HELP)
  .option('--python <path>', 'a Python with the peers', 'python3')
  .option('--minitorch <folder>', 'a checkout of minitorch')
  .option('--docs', `put the comparison into ${PAGE}`)
  .parse()
  .opts<{ python: string; minitorch?: string; docs?: true }>()

/** Returns what psigrad says; null where it finds no fault. */
const sentence = ({ verdict, reason, blamed }: GradientReport): string | null => {
  if (verdict === 'right') return null
  const rules = blamed.map(
    ({ name, primitive, operand, rule, mistake }) =>
      `Blamed: ${name ?? primitive}.${rule}, operand ${operand + 1}. ${mistake?.words ?? ''}`,
  )
  return [`${verdict}: ${reason}`, ...rules].join('\n')
}

const own = (): Readonly<Record<string, Said>> =>
  Object.fromEntries(
    wrongRules.map((rule) => {
      const says = (pullback: typeof rule.right): string | null =>
        sentence(gradientReport(functionOf(rule, pullback))(operandsOf(rule)))
      return [rule.name, { right: says(rule.right), wrong: says(rule.wrong) }]
    }),
  )

const inputs = Object.fromEntries(
  wrongRules.map((rule) => [rule.name, operandsOf(rule).map((x) => toNested(x))]),
)
const asked = JSON.stringify({ inputs, minitorch: options.minitorch ?? null })
const { stdout, stderr, status } = spawnSync(options.python, [PEERS], {
  input: asked,
  encoding: 'utf8',
  maxBuffer: 2 ** 26,
})
if (status !== 0) {
  console.error(`${options.python} gave no answer:\n${stderr}`)
  process.exit(3)
}
const answers: Answers = {
  psigrad: { version: 'psigrad', rules: own() },
  ...(JSON.parse(stdout) as Answers),
}
const page = pageOf(answers)
console.log(page)
if (options.docs) {
  const begin = '<!-- the comparison of `npm run checkers -- --docs` -->'
  const text = readFileSync(PAGE, 'utf8').split(begin)[0]
  writeFileSync(PAGE, `${text}${begin}\n\n${page}\n`)
}
