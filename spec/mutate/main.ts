import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { styleText } from 'node:util'
import { countOf, scriptOf } from '../../examples/settings/usage.ts'
import { allMutants } from './mutations.ts'
import type { Mutant } from './rules.ts'
import { baseline, type Outcome, type Sandbox, sandbox, tryMutant } from './sandbox.ts'

// Makes the source wrong, one place at a time, in a copy of the tree; every time the specification
// must turn red.

const HELP = `
Exit codes: 0 all killed; 1 a mutant survives; 2 wrong usage, or specs red without a mutation.

Examples:
  npm run mutate -- --list
  npm run mutate -- --only tanh`

const values = scriptOf(
  'mutate',
  'Does the specification notice a source made wrong in one place?',
  HELP,
)
  .option('--only <part>', 'mutants whose names contain it', '')
  .addOption(countOf('--jobs', 'mutants tried at a time', 64).default(2))
  .option('--list', 'name the mutants and try none', false)
  .parse()
  .opts<{ readonly only: string; readonly jobs: number; readonly list: boolean }>()

const project = resolve(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(project, file), 'utf8')

const chosen = allMutants(read).filter(({ name }) => name.includes(values.only))

interface Row {
  readonly mutant: Mutant
  readonly outcome: Outcome
}

const show = ({ mutant, outcome: { verdict, by, seconds } }: Row): string => {
  const word = styleText(verdict === 'killed' ? 'green' : 'red', verdict.padEnd(8))
  return `${word} ${seconds.toFixed(1).padStart(5)} s  ${mutant.name.padEnd(46)}  ${by}`
}

/** Each worker takes the next mutant until none is left. */
const work = async (boxes: readonly Sandbox[]): Promise<Row[]> => {
  const queue = [...chosen]
  const rows: Row[] = []
  const worker = async (box: Sandbox): Promise<void> => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const row = { mutant, outcome: await tryMutant(box, mutant) }
      rows.push(row)
      console.log(show(row))
    }
  }
  await Promise.all(boxes.map(worker))
  return rows
}

const run = async (): Promise<number> => {
  const started = performance.now()
  const boxes = Array.from({ length: values.jobs }, () => sandbox(project))
  const clean = (): void => {
    for (const box of boxes) box.remove()
  }
  process.once('SIGINT', () => {
    clean()
    process.exit(130)
  })
  try {
    const red = await baseline(boxes[0]!, [...new Set(chosen.flatMap(({ specs }) => specs))])
    if (red.length > 0) {
      console.error(`the specs are not green without mutations: ${red.join('; ')}`)
      return 2
    }
    const rows = await work(boxes)
    const alive = rows.filter(({ outcome }) => outcome.verdict !== 'killed')
    const minutes = (performance.now() - started) / 60_000
    console.log(
      `\n${rows.length - alive.length} of ${rows.length} mutants killed in ${minutes.toFixed(1)} minutes`,
    )
    for (const row of alive) console.log(show(row))
    return alive.length === 0 ? 0 : 1
  } finally {
    clean()
  }
}

if (values.list) for (const { name, file } of chosen) console.log(`${file}  ${name}`)
else if (chosen.length === 0) {
  console.error(`no mutant's name contains '${values.only}'; --list shows them all`)
  process.exitCode = 2
} else process.exitCode = await run()
