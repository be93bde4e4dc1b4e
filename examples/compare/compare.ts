import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { showProblem } from '../../core/index.ts'
import {
  between,
  type Failure,
  type FolderProblem,
  files,
  isThere,
  loadJson,
  loadProgress,
  loadResult,
  type Signals,
  type StopSignal,
  save,
  settledProgress,
  showFolderProblem,
  sweepTemporaries,
  type Trained,
  type TrainRequest,
  type TrainResult,
  train,
  unusable,
} from '../run/index.ts'
import { exitCodes, type TrainConfig } from '../settings/index.ts'
import { type Analysis, analyse, analysisSchema } from './analysis.ts'
import { type Cell, cellsOf } from './cells.ts'
import type { Compared } from './comparePage.ts'
import { evaluationCosts } from './timing.ts'

// This file runs every cell of a comparison that is not done yet, and gathers the results of all.

/** The file of a run's analysis, beside its other files. */
export const ANALYSIS = 'analysis.json'

/** The needs of the runs of a comparison, beside their settings. */
export interface CellRequest {
  /** The folder of the whole comparison; runs in it are found again. */
  readonly out: string
  readonly plan: TrainRequest['plan']
  /** The further arguments of `train` for a run that is not done yet. */
  readonly contextOf: (
    cell: Cell,
  ) => Pick<
    TrainRequest,
    'screen' | 'stopped' | 'interruptibly' | 'caller' | 'draw' | 'saveSeconds'
  >
  /** How it learns of signals between the runs; default: not at all. */
  readonly signals?: Signals
  readonly note: (text: string) => void
}

export interface ComparisonRequest extends CellRequest {
  readonly config: TrainConfig
  readonly forms: readonly string[]
  readonly seeds: number
}

/** A run that is done, before its form is timed together with the others. */
type Finished = Omit<Compared, 'evaluationSeconds'>

const orFailure = E.mapLeft(
  (problem: FolderProblem): Failure => unusable(showFolderProblem(problem)),
)

/** Loads the analysis of a run from its folder, if it is there. */
export const loadAnalysis = (folder: string): E.Either<FolderProblem, Analysis | undefined> =>
  loadJson(folder, ANALYSIS, analysisSchema, 'remove it: it is then made again.')

/** The files that a process can leave when it is killed before its first checkpoint. */
const unstarted: readonly string[] = [files.config, files.log, files.parameters]

/** Clears a folder that holds nothing to continue from; any other folder stays unchanged. */
const clearUnstarted = (path: string): void => {
  if (!existsSync(path)) return
  sweepTemporaries(path)
  if (readdirSync(path).every((name) => unstarted.includes(name)))
    rmSync(path, { recursive: true, force: true })
}

/**
 * Returns the result of a cell: from its folder, or by training, from where an earlier run stopped.
 */
const resultOf = async (
  cell: Cell,
  { out, note, plan, contextOf }: CellRequest,
): Promise<E.Either<Failure, TrainResult>> => {
  const { config, folder } = cell
  const path = join(out, folder)
  const found = orFailure(loadResult(path))
  if (E.isLeft(found)) return found
  const done = found.right
  if (done !== undefined && done.steps === config.steps) {
    note(`${path}: done before`)
    return E.right(done)
  }
  const started = isThere(path, files.checkpoint)
  if (!started) clearUnstarted(path)
  const trained = await train({
    ...contextOf(cell),
    plan,
    config,
    ...(started ? { resume: path } : { out: path }),
  })
  if (E.isRight(trained) && E.isLeft(trained.right.report))
    note(`No report, or not all of it: ${showFolderProblem(trained.right.report.left)}`)
  return E.map(({ result }: Trained) => result)(trained)
}

const deaf: Signals = { stopped: () => undefined }

/**
 * Does work of a command of many runs, beside the runs. Left: a signal has ended it, or its own
 * failure.
 */
export const unlessStopped = async <A>(
  { signals = deaf }: Pick<CellRequest, 'signals'>,
  work: () => A,
): Promise<E.Either<Failure, A>> =>
  E.mapLeft(
    (signal: StopSignal): Failure => ({
      code: exitCodes[signal],
      message: 'stopped between the runs; all of them are saved. Run it again to continue.',
    }),
  )(await between(signals, work))

/** Returns everything else about a finished cell; the analysis is stored in its folder. */
const gathered = (
  cell: Cell,
  result: TrainResult,
  { out, plan }: CellRequest,
): E.Either<Failure, Finished> => {
  const path = join(out, cell.folder)
  const training = plan(cell.config)
  if (E.isLeft(training)) return E.left(unusable(showProblem(training.left)))
  try {
    const progress = loadProgress(path, training.right, cell.config)
    if (E.isLeft(progress)) return progress
    const { state, records } = settledProgress(training.right, progress.right)
    const known = orFailure(loadAnalysis(path))
    if (E.isLeft(known)) return known
    const analysis = known.right ?? analyse(training.right, state)
    if (known.right === undefined) {
      const saved = orFailure(save(path, ANALYSIS, JSON.stringify(analysis)))
      if (E.isLeft(saved)) return saved
    }
    return E.right({ form: cell.form, result, analysis, records, sites: training.right.sites })
  } finally {
    training.right.dispose()
  }
}

/** Returns one run with its analysis, from its folder or by continuing it. */
export const finished = async (
  cell: Cell,
  request: CellRequest,
): Promise<E.Either<Failure, Finished>> => {
  const result = await resultOf(cell, request)
  if (E.isLeft(result)) return result
  return E.flatten(await unlessStopped(request, () => gathered(cell, result.right, request)))
}

/**
 * Trains every form with every seed. Left: the first failure; call it again to continue from there.
 */
export const compare = async (
  request: ComparisonRequest,
): Promise<E.Either<Failure, readonly Compared[]>> => {
  const all: Finished[] = []
  const cells = cellsOf(request.config, request.forms, request.seeds)
  for (const cell of cells) {
    const compared = await finished(cell, request)
    if (E.isLeft(compared)) return compared
    all.push(compared.right)
  }
  const firsts = cells.slice(0, request.forms.length).map((cell) => cell.config)
  const costs = await unlessStopped(request, () => evaluationCosts(request.plan, firsts))
  if (E.isLeft(costs)) return costs
  return E.right(all.map((one) => ({ ...one, evaluationSeconds: costs.right[one.form]!.seconds })))
}
