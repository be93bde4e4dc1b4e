import type { GradientReport } from '../../autodiff/index.ts'
import { TensorError } from '../../core/index.ts'
import { counted } from '../../core/values/index.ts'
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

/** Says in a few words what the numbers are. */
const briefOf = ({ verdict, worst, blamed, problem }: GradientReport): string => {
  if (verdict !== 'wrong') return verdict
  if (worst === undefined) return problem?.what ?? 'the pullback is wrong'
  const likely = blamed.find(({ mistake }) => mistake !== undefined)?.mistake
  const numbers = `gives ${worst.claimed.toPrecision(4)}, not ${worst.reference.toPrecision(4)}`
  return likely === undefined ? numbers : `${numbers}: ${likely.kind}`
}

/** Makes a finding of a judgement. */
const findingOf = (
  { name, kind }: Candidate,
  path: string,
  judgement: Judgement,
  seconds: number,
): Finding => {
  const none = { name, kind, block: [], compared: 0, seconds, reports: [] }
  if ('leftOut' in judgement)
    return { ...none, outcome: 'left out', brief: judgement.leftOut, says: judgement.leftOut }
  if ('refused' in judgement) {
    const { refused, atShapes } = judgement
    const [first, ...block] = errorText(path, refused)
    if (atShapes === undefined)
      return { ...none, outcome: 'refused', brief: first, says: first, block }
    const brief = `its pullback fails at ${atShapes}`
    const says = `${brief}, where its forward does not: ${first}`
    return { ...none, outcome: 'wrong', brief, says, block }
  }
  if ('claim' in judgement) {
    const { holds, reason = holds ? 'it holds' : 'it does not hold' } = judgement.claim
    const [brief = '', ...block] = reason.split('\n')
    const outcome = holds ? 'right' : 'wrong'
    return { ...none, outcome, brief, says: brief, block }
  }
  const { judged } = judgement
  const outcome = combined(judged)
  const { at, report } = judged.find((one) => one.report.verdict === outcome)!
  const compared = judged.reduce((total, one) => total + one.report.compared, 0)
  const reports = judged.map((one) => {
    const { at: _, ...rest } = one.report
    return { shapes: one.at, ...(plain(rest) as object) }
  })
  const shared = { ...none, outcome, compared, reports }
  if (outcome === 'right') {
    const says = `${counted(compared, 'slope')} at ${judged.map((one) => one.at).join('; ')}`
    return { ...shared, brief: says, says }
  }
  const brief = briefOf(report)
  return { ...shared, brief, says: `at ${at}: ${brief}.`, block: reportLines(report, path, kind) }
}

/** Checks the candidates of a file that are not done yet. */
export const checkCandidates = async (
  { path, text, seed, done }: CheckTask,
  tell: (message: CheckMessage) => void,
): Promise<void> => {
  tell({ kind: 'ready' })
  let candidates: readonly Candidate[]
  try {
    const found = discover(loadModule(path, text).exports)
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
    // Promises without a handler are rejected by now, and end this thread.
    await new Promise((resolve) => setTimeout(resolve, 0))
    tell({ kind: 'found', finding: findingOf(candidate, path, judgement, seconds) })
  }
  tell({ kind: 'finished' })
}
