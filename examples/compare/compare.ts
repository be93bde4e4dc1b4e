import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { files, load, save, showFolderProblem } from '../run/folder.ts'
import type { TrainResult } from '../run/result.ts'
import { type Failure, loadProgress, type TrainRequest, train } from '../run/train.ts'
import type { TrainConfig } from '../training.ts'
import { type Analysis, analyse } from './analysis.ts'
import { type Cell, cellsOf } from './cells.ts'
import type { Compared } from './page.ts'
import { evaluationCosts } from './timing.ts'

// Runs every cell of a comparison that is not done yet, and gathers what all of them found.

/** The file of a run's analysis, beside its others. */
export const ANALYSIS = 'analysis.json'

/** What runs of a comparison need beside their settings. */
export interface CellRequest {
  /** Folder of the whole comparison; runs in it are found again. */
  readonly out: string
  readonly plan: TrainRequest['plan']
  /** What else `train` needs for a run that is not done yet. */
  readonly surroundings: (
    cell: Cell,
  ) => Pick<TrainRequest, 'screen' | 'stopped' | 'draw' | 'saveSeconds'>
  readonly note: (text: string) => void
}

export interface ComparisonRequest extends CellRequest {
  readonly config: TrainConfig
  readonly forms: readonly string[]
  readonly seeds: number
}

/** A run that is done, before its form is timed beside the others. */
type Finished = Omit<Compared, 'evaluationSeconds'>

const readJson = <A>(folder: string, name: string): A | undefined => {
  const bytes = load(folder, name)
  return E.isRight(bytes) ? (JSON.parse(new TextDecoder().decode(bytes.right)) as A) : undefined
}

const unusable = (message: string): E.Either<Failure, never> => E.left({ code: 2, message })

/** The cell's result: from its folder, or by training, from where an earlier run stopped. */
const resultOf = async (
  cell: Cell,
  { out, note, plan, surroundings }: CellRequest,
): Promise<E.Either<Failure, TrainResult>> => {
  const { config, folder } = cell
  const path = join(out, folder)
  const done = readJson<TrainResult>(path, files.result)
  if (done !== undefined) {
    note(`${path}: done before`)
    return E.right(done)
  }
  const started = existsSync(join(path, files.checkpoint))
  // A process killed before its first checkpoint leaves a folder that holds nothing yet.
  if (!started) rmSync(path, { recursive: true, force: true })
  return train({
    ...surroundings(cell),
    plan,
    config,
    ...(started ? { resume: path } : { out: path }),
  })
}

/** Everything else that is known of a finished cell; the analysis is kept in its folder. */
const gathered = (
  cell: Cell,
  result: TrainResult,
  { out, plan }: CellRequest,
): E.Either<Failure, Finished> => {
  const path = join(out, cell.folder)
  const training = plan(cell.config)
  if (E.isLeft(training)) return unusable(training.left.what)
  try {
    const progress = loadProgress(path, training.right)
    if (E.isLeft(progress)) return progress
    const { state, records } = progress.right
    const known = readJson<Analysis>(path, ANALYSIS)
    const analysis = known ?? analyse(training.right, state)
    if (known === undefined) {
      const saved = save(path, ANALYSIS, JSON.stringify(analysis))
      if (E.isLeft(saved)) return unusable(showFolderProblem(saved.left))
    }
    return E.right({ form: cell.form, result, analysis, records, sites: training.right.sites })
  } finally {
    training.right.dispose()
  }
}

/** One run with its analysis, from its folder or by going on with it. */
export const finished = async (
  cell: Cell,
  request: CellRequest,
): Promise<E.Either<Failure, Finished>> => {
  const result = await resultOf(cell, request)
  return E.isLeft(result) ? result : gathered(cell, result.right, request)
}

/** Trains every form with every seed. Left: the first failure; run it again to go on from there. */
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
  const costs = evaluationCosts(request.plan, firsts)
  return E.right(all.map((one) => ({ ...one, evaluationSeconds: costs[one.form]!.seconds })))
}
