import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Option } from 'commander'
import { countOf, scriptOf } from '../../../examples/settings/usage.ts'
import { cells } from './cells.ts'
import { type Outcome, runCell } from './runCell.ts'
import { misleads, pageOf, summaryOf } from './table.ts'

// Runs the grid, cell by cell. What was done is kept, so that the command can be stopped and run
// again.

const HELP = `
The outcomes are kept in --out, one line of JSON each: run the command again to go on. The page has
the cells that were run so far, and says how many those are.

Exit codes: 0 no cell failed and no error bar misleads; 1 otherwise; 2 wrong usage.

Examples:
  npm run robust
  npm run robust -- --only "chain 16" --cells 5
  npm run robust -- --only nothing --page docs/robust.md`

const program = scriptOf('robust', 'Do runs need tuning whose flags name only the problem?', HELP)
  .addOption(countOf('--cells', 'at most so many cells that were not run yet'))
  .addOption(new Option('--only <text>', 'cells whose name contains this'))
  .addOption(new Option('--threads <n>', 'worker threads').argParser(Number))
  .addOption(new Option('--list', 'print the names of the cells, and run none'))
  .addOption(new Option('--out <dir>', 'folder of the outcomes').default('runs/robust'))
  .addOption(new Option('--page <file>', 'write the table as a page of markdown'))
  .parse()
const asked = program.opts<{
  readonly cells?: number
  readonly only?: string
  readonly threads?: number
  readonly list?: boolean
  readonly out: string
  readonly page?: string
}>()

const file = join(asked.out, 'outcomes.jsonl')

const kept = (): Map<string, Outcome> => {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  const outcomes = lines.map((line) => JSON.parse(line) as Outcome)
  return new Map(outcomes.map((outcome) => [outcome.name, outcome]))
}

const chosen = cells.filter(({ name }) => name.includes(asked.only ?? ''))
if (asked.list === true) for (const { name } of chosen) console.log(name)
else {
  mkdirSync(asked.out, { recursive: true })
  const done = kept()
  const todo = chosen.filter(({ name }) => !done.has(name)).slice(0, asked.cells)
  for (const cell of todo) {
    const outcome = runCell(cell, asked.threads === undefined ? {} : { threads: asked.threads })
    done.set(cell.name, outcome)
    writeFileSync(file, `${JSON.stringify(outcome)}\n`, { flag: 'a' })
    const { failure, relativeError, seconds, sigmas } = outcome
    console.log(
      failure ??
        `${relativeError?.toExponential(1) ?? '–'}  ${sigmas?.toFixed(1) ?? '–'} σ  ` +
          `${seconds.toFixed(0)} s  ${cell.name}`,
    )
  }
  const outcomes = cells.flatMap(({ name }) => done.get(name) ?? [])
  if (asked.page !== undefined) writeFileSync(asked.page, pageOf(outcomes, cells.length))
  for (const line of summaryOf(outcomes, cells.length)) console.log(line)
  if (outcomes.some((o) => o.failure !== null || misleads(o))) process.exitCode = 1
}
