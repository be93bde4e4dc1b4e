import { TensorError } from '../../core/index.ts'
import { lineIn, loadModule, thrown } from '../forms/index.ts'
import { type Candidate, discover } from './discover.ts'
import type { Finding, Outcome } from './finding.ts'
import { type Judged, type Judgement, judge } from './judge.ts'
import { plain } from './points.ts'
import { reportLines } from './reportLines.ts'
import type { CheckMessage, CheckTask } from './threadMessages.ts'

// Checks what a file exports, one candidate after the other, and tells what it finds.

/** Returns the text of an error: where and what, then the lines below. */
const errorText = (path: string, error: unknown): readonly [string, ...string[]] => {
  if (!(error instanceof TensorError)) return [thrown(path, error)]
  const [first = '', ...rest] = error.message.split('\n')
  return [`${first}${lineIn(path, error)}`, ...rest]
}

/** The outcome of several reports: wrong if one is, right if one is right and none is wrong. */
const combined = (judged: readonly Judged[]): Outcome => {
  const verdicts = judged.map(({ report }) => report.verdict)
  const decisive = (['wrong', 'not deterministic', 'right'] as const).find((verdict) =>
    verdicts.includes(verdict),
  )
  return decisive ?? verdicts[0]!
}

const saysOf = (outcome: Outcome, judged: readonly Judged[], compared: number): string => {
  const shown = judged.find(({ report }) => report.verdict === outcome)!
  return outcome === 'right'
    ? `${compared} slopes at ${judged.map(({ at }) => at).join('; ')}`
    : `at ${shown.at}: ${shown.report.reason}`
}

/** Makes a finding of a judgement. */
const findingOf = (
  { name, kind }: Candidate,
  path: string,
  judgement: Judgement,
  seconds: number,
): Finding => {
  const none = { name, kind, block: [], compared: 0, seconds, reports: [] }
  if ('leftOut' in judgement) return { ...none, outcome: 'left out', says: judgement.leftOut }
  if ('refused' in judgement) {
    const [says, ...block] = errorText(path, judgement.refused)
    return { ...none, outcome: 'refused', says, block }
  }
  const { judged } = judgement
  const outcome = combined(judged)
  const compared = judged.reduce((total, { report }) => total + report.compared, 0)
  const shown = judged.find(({ report }) => report.verdict === outcome)!
  return {
    ...none,
    outcome,
    says: saysOf(outcome, judged, compared),
    block: outcome === 'right' ? [] : reportLines(shown.report, path),
    compared,
    reports: judged.map(({ at, report }) => ({ shapes: at, ...(plain(report) as object) })),
  }
}

/** Checks the candidates of a file that are not done yet. */
export const checkCandidates = async (
  { path, seed, done }: CheckTask,
  tell: (message: CheckMessage) => void,
): Promise<void> => {
  let candidates: readonly Candidate[]
  try {
    const found = discover(loadModule(path).exports)
    candidates = found.candidates
    const [unknown] = found.unknown
    if (unknown !== undefined)
      return void tell({
        kind: 'problem',
        says: `its inputs name ${unknown}, which it does not export`,
      })
    if (candidates.length === 0 && found.skipped.length === 0)
      return void tell({ kind: 'problem', says: 'it exports no function, layer or rule' })
  } catch (error) {
    return void tell({ kind: 'problem', says: thrown(path, error) })
  }
  tell({ kind: 'loaded', names: candidates.map(({ name }) => name) })
  for (const candidate of candidates) {
    if (done.includes(candidate.name)) continue
    tell({ kind: 'started', name: candidate.name, of: candidate.kind })
    const began = performance.now()
    const judgement = judge(candidate, seed)
    const seconds = (performance.now() - began) / 1000
    // Promises that nobody waits for are rejected by now, and end this thread.
    await new Promise(setImmediate)
    tell({ kind: 'found', finding: findingOf(candidate, path, judgement, seconds) })
  }
  tell({ kind: 'finished' })
}
