import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { either as E } from 'fp-ts'
import { loadJson, showFolderProblem } from '../run/index.ts'
import { usageExitCode } from '../settings/index.ts'
import { chart } from './chart.ts'
import { type Contender, javascript, onDevice, own, python } from './contenders.ts'
import { inserted } from './document.ts'
import { type Options, parseOptions } from './program.ts'
import { added, type Report, reportSchema } from './report.ts'
import { runBench } from './run.ts'
import { showReport } from './table.ts'

// This file is the process: arguments, files, streams.

const docs = join(dirname(fileURLToPath(import.meta.url)), '../../docs')
const say = (line: string): void => void process.stderr.write(`${line}\n`)
const wrong = (line: string): number => {
  say(`bench: ${line}`)
  return 2
}

const contendersFor = ({ threads, python: paths, gpu }: Options): E.Either<string, Contender[]> => {
  const fromNpm = javascript(threads)
  if (fromNpm.length === 0) say('No peers from npm; to have them: npm ci --prefix examples/bench')
  const fromPython = python(paths, threads)
  if (E.isLeft(fromPython)) return fromPython
  if (paths.length > 0 && fromPython.right.length === 0)
    say('No peers from Python: jax, torch, tachys and netket cannot be imported.')
  const devices = gpu === undefined ? [] : [onDevice(gpu)]
  return E.right([...own(threads), ...devices, ...fromNpm, ...fromPython.right])
}

const write = (out: string, report: Report): void => {
  mkdirSync(out, { recursive: true })
  const picture = chart(report)
  writeFileSync(join(out, 'bench.json'), `${JSON.stringify(report, null, 2)}\n`)
  writeFileSync(join(out, 'bench.md'), showReport(report))
  if (picture !== undefined) writeFileSync(join(out, 'bench.svg'), picture)
}

/** Reads the results of an earlier run, if there are any. Left: why they cannot be read. */
const resultsIn = (out: string): E.Either<string, Report | undefined> =>
  E.mapLeft(showFolderProblem)(
    loadJson(out, 'bench.json', reportSchema, 'remove it, and run the bench again.'),
  )

/** Puts the results of an earlier run into the documentation. */
const writeDocs = (out: string): number => {
  const results = resultsIn(out)
  if (E.isLeft(results)) return wrong(results.left)
  const report = results.right
  if (report === undefined) return wrong(`--docs: no results in ${out}; run the bench first.`)
  const page = join(docs, 'benchmarks.md')
  const text = inserted(readFileSync(page, 'utf8'), showReport(report))
  if (E.isLeft(text)) return wrong(`${page}: ${text.left}.`)
  writeFileSync(page, text.right)
  const picture = chart(report)
  if (picture !== undefined) writeFileSync(join(docs, 'images', 'benchmarks.svg'), picture)
  say(`docs/benchmarks.md has the run of ${report.date}.`)
  return 0
}

const main = async (words: readonly string[]): Promise<number> => {
  const options = parseOptions(words)
  if (options.docs) return writeDocs(options.out)
  const contenders = contendersFor(options)
  if (E.isLeft(contenders)) return wrong(contenders.left)
  const { out, add, docs: _, gpu: __, ...settings } = options
  // Results that cannot be added to are reported before hours of work.
  const earlier = add ? resultsIn(out) : E.right(undefined)
  if (E.isLeft(earlier)) return wrong(earlier.left)
  const found = await runBench(settings, contenders.right, say)
  const report = earlier.right === undefined ? found : added(found, earlier.right)
  write(out, report)
  process.stdout.write(showReport(report))
  say(`\nWritten: ${out}/bench.json, bench.md and bench.svg.`)
  return found.measured.length === 0 ? 1 : 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const code = usageExitCode(error)
  if (code === undefined) throw error
  process.exitCode = code
}
