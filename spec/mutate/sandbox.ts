import { execFileSync, spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Mutant } from './rules.ts'

// A copy of the tree in which a file may be wrong; the tree itself is never touched.

/** All that git keeps: specs build the package, read its pages, and see where programs may lie. */
const kept = (project: string): string[] =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: project,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((name) => name !== '' && existsSync(join(project, name)))

/** A mutant may loop for ever; the longest spec file takes a minute or two on a loaded machine. */
const LIMIT_MS = 240_000

export type Verdict = 'killed' | 'survived' | 'broken'

export interface Outcome {
  readonly verdict: Verdict
  /** The first test that turned red, or why there is none. */
  readonly by: string
  readonly seconds: number
}

export interface Sandbox {
  readonly root: string
  readonly remove: () => void
}

export const sandbox = (project: string): Sandbox => {
  const root = mkdtempSync(join(tmpdir(), 'psigrad-mutate-'))
  for (const name of kept(project)) cpSync(join(project, name), join(root, name))
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'), 'dir')
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) }
}

interface Report {
  readonly numTotalTests: number
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/** Runs spec files inside the sandbox until the first failure. */
const runSpecs = (
  { root }: Sandbox,
  specs: readonly string[],
  tests: string | undefined,
): Promise<Report | undefined> =>
  new Promise((resolve) => {
    const file = join(root, 'report.json')
    rmSync(file, { force: true })
    const args = ['run', '--bail=1', '--no-file-parallelism', '--reporter=json']
    const filter = tests === undefined ? [] : ['-t', tests]
    const child = spawn(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', ...args, `--outputFile=${file}`, ...filter, ...specs],
      { cwd: root, stdio: 'ignore', timeout: LIMIT_MS * specs.length, killSignal: 'SIGKILL' },
    )
    child.on('close', () => {
      try {
        resolve(JSON.parse(readFileSync(file, 'utf8')) as Report)
      } catch {
        resolve(undefined)
      }
    })
  })

const judge = (report: Report | undefined): Omit<Outcome, 'seconds'> => {
  if (report === undefined) return { verdict: 'killed', by: 'ran out of time or memory' }
  const failed = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  )
  if (failed[0] !== undefined) return { verdict: 'killed', by: failed[0].fullName }
  // A file that does not even load shows nothing about its tests.
  const unloaded = report.testResults.find(({ message }) => message !== '')
  if (unloaded !== undefined) return { verdict: 'broken', by: unloaded.message.split('\n')[0]! }
  return { verdict: 'survived', by: `${report.numPassedTests} tests passed` }
}

/** Puts a mutant in place, runs its tests, and puts the right text back. */
export const tryMutant = async (box: Sandbox, mutant: Mutant): Promise<Outcome> => {
  const path = join(box.root, mutant.file)
  const right = readFileSync(path, 'utf8')
  const start = performance.now()
  writeFileSync(path, mutant.text)
  const quick = judge(await runSpecs(box, mutant.specs, mutant.tests))
  const found =
    quick.verdict === 'survived' && mutant.tests !== undefined
      ? judge(await runSpecs(box, mutant.specs, undefined))
      : quick
  writeFileSync(path, right)
  return { ...found, seconds: (performance.now() - start) / 1000 }
}

/** The specs must be green before they can turn red. */
export const baseline = async (box: Sandbox, specs: readonly string[]): Promise<string[]> => {
  const report = await runSpecs(box, specs, undefined)
  if (report === undefined) return ['no report from vitest']
  const { verdict, by } = judge(report)
  return verdict === 'survived' && report.numPassedTests > 0 ? [] : [by]
}
