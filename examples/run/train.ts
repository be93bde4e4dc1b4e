import { either as E } from 'fp-ts'
import { type Problem, showProblem, TensorError } from '../../core/index.ts'
import { keepForm } from '../forms/keep.ts'
import { knownEnergy } from '../known.ts'
import type { PlanTraining, StepRecord, TrainConfig, Training } from '../training.ts'
import { decodeCheckpoint, encodeCheckpoint, encodeParameters } from './checkpoint.ts'
import {
  createFolder,
  type FolderProblem,
  files,
  load,
  save,
  showFolderProblem,
  sweepTemporaries,
} from './folder.ts'
import { readLog, toLog } from './log.ts'
import { resultOf, type TrainResult } from './result.ts'
import { type Ending, type Progress, problemOf, type StopSignal, unfold } from './unfold.ts'

// One training run from configuration to results, with everything it leaves on disk.

export const exitCodes = { done: 0, unusable: 2, failed: 3, SIGINT: 130, SIGTERM: 143 } as const

/** Why a run gave no result: its exit code and what to tell the user. */
export interface Failure {
  readonly code: number
  readonly message: string
}

/** What a run shows while it goes on. */
export interface Screen {
  readonly planned: (training: Training, folder: string) => void
  /** The exact energy of the whole system, once it is known: after the first step. */
  readonly exact: (energy: number) => void
  readonly step: (record: StepRecord, progress: Progress) => void
  readonly note: (text: string) => void
  readonly end: () => void
}

export interface Finished {
  readonly config: TrainConfig
  readonly training: Training
  readonly progress: Progress
  readonly result: TrainResult
}

export interface TrainRequest {
  readonly plan: PlanTraining
  readonly config: TrainConfig
  /** New folder for the run; named after the time and the model when not given. */
  readonly out?: string | undefined
  /** Folder of a run to go on with, instead. */
  readonly resume?: string | undefined
  readonly screen: Screen
  readonly stopped: () => StopSignal | undefined
  readonly saveSeconds?: number
  /** Draws pictures and report of a finished run into its folder. */
  readonly draw?: (finished: Finished) => Promise<E.Either<FolderProblem, void>>
}

/** A killed process loses at most the steps of this time. */
const defaultSaveSeconds = 10

/** Exact energies of at most this many sites take well under a second: known after one step. */
const quickExactSites = 16

const unusable = (message: string): Failure => ({ code: exitCodes.unusable, message })

/** A disk that refuses in mid-run ends it like a folder that refuses at the start. */
class SaveError extends Error {}

const orStop = (result: E.Either<FolderProblem, void>): void => {
  if (E.isLeft(result)) throw new SaveError(showFolderProblem(result.left))
}

/** The log first: a checkpoint then never knows of a step that the log does not. */
const saveProgress = (folder: string, { state, records, seconds }: Progress): void => {
  orStop(save(folder, files.log, JSON.stringify(toLog(records))))
  orStop(
    save(folder, files.parameters, encodeParameters(state.params, { step: String(state.step) })),
  )
  orStop(save(folder, files.checkpoint, encodeCheckpoint(state, seconds)))
}

/** What a checkpoint and a log hold, when they fit the run. */
export const loadProgress = (folder: string, training: Training): E.Either<Failure, Progress> => {
  const bytes = load(folder, files.checkpoint)
  if (E.isLeft(bytes)) return E.left(unusable(`--resume ${showFolderProblem(bytes.left)}`))
  const checkpoint = decodeCheckpoint(bytes.right, training.initial())
  if (E.isLeft(checkpoint))
    return E.left(unusable(`--resume ${folder}/${files.checkpoint}: ${checkpoint.left}.`))
  const { state, seconds } = checkpoint.right
  const text = load(folder, files.log)
  if (E.isLeft(text)) return E.left(unusable(`--resume ${showFolderProblem(text.left)}`))
  const records = readLog(new TextDecoder().decode(text.right), state.step)
  if (E.isLeft(records))
    return E.left(unusable(`--resume ${folder}/${files.log}: ${records.left}.`))
  sweepTemporaries(folder)
  return E.right({ state, records: records.right, seconds })
}

const tooFar = ({ steps }: TrainConfig, { state }: Progress): Failure =>
  unusable(`--steps ${steps}: expected at least ${state.step}, the steps this run has done`)

interface Opened {
  readonly folder: string
  readonly progress: Progress
}

const openRun = (request: TrainRequest, training: Training): E.Either<Failure, Opened> => {
  const { config, out, resume } = request
  if (resume !== undefined) {
    const progress = loadProgress(resume, training)
    if (E.isLeft(progress)) return progress
    if (progress.right.state.step > config.steps) return E.left(tooFar(config, progress.right))
    return E.right({ folder: resume, progress: progress.right })
  }
  const folder = createFolder(out, config, new Date())
  return E.isLeft(folder)
    ? E.left(unusable(`--out ${showFolderProblem(folder.left)}`))
    : E.right({
        folder: folder.right,
        progress: { state: training.initial(), records: [], seconds: 0 },
      })
}

/** What has nothing to do with the numbers of a run, but with what computes them. */
const ofMachine: readonly Problem['kind'][] = ['DeviceError', 'WorkerError']

/** The one setting to try first, as a flag. */
const advice = (problem: Problem, { lr, diagShift }: TrainConfig): string =>
  problem.kind === 'NotPositiveDefinite'
    ? `--diag-shift ${Math.max(diagShift * 10, 1e-4)}`
    : `--lr ${lr / 10}`

const failure = (
  { problem, progress }: Extract<Ending, { kind: 'failed' }>,
  config: TrainConfig,
  folder: string,
): Failure => {
  const good = progress.state.step
  const last = good === 0 ? 'the initial one' : `after step ${good}`
  if (ofMachine.includes(problem.kind))
    return {
      code: exitCodes.failed,
      message: [
        `failure in step ${good + 1} of ${config.steps}`,
        showProblem(problem),
        `The state, ${last}, is saved. Go on with`,
        `  psigrad train --resume ${folder} ${problem.kind === 'DeviceError' ? '--backend wasm' : '--threads 1'}`,
      ].join('\n'),
    }
  return {
    code: exitCodes.failed,
    message: [
      `numerical failure in step ${good + 1} of ${config.steps}`,
      showProblem(problem),
      `The last good state, ${last}, is in ${folder}/${files.checkpoint}.`,
      `Try (now --lr ${config.lr} --diag-shift ${config.diagShift}):`,
      `  psigrad train --config ${folder}/${files.config} ${advice(problem, config)}`,
    ].join('\n'),
  }
}

const interruption = (
  { signal, progress }: Extract<Ending, { kind: 'stopped' }>,
  { steps }: TrainConfig,
  folder: string,
): Failure => ({
  code: exitCodes[signal],
  message:
    `stopped after step ${progress.state.step} of ${steps}; the state is saved. Go on with\n` +
    `  psigrad train --resume ${folder}`,
})

/** null as well when the exact solver fails: a run does not fail for want of a comparison. */
const exactOf = (training: Training, screen: Screen): number | null => {
  try {
    return training.exact()
  } catch (error) {
    screen.note(`No exact energy: ${showProblem(problemOf(error))}`)
    return null
  }
}

const measured = (training: Training, progress: Progress): E.Either<Problem, StepRecord> =>
  E.tryCatch(() => training.measure(progress.state), problemOf)

const conclude = async (
  request: TrainRequest,
  training: Training,
  folder: string,
  progress: Progress,
  known: number | null,
): Promise<E.Either<Failure, TrainResult>> => {
  const { config, screen, draw } = request
  const final = measured(training, progress)
  if (E.isLeft(final)) {
    const problem = { ...final.left, where: `the final measurement, ${final.left.where}` }
    return E.left(failure({ kind: 'failed', problem, progress }, config, folder))
  }
  const exact = known ?? exactOf(training, screen)
  const result = resultOf(training, config, progress, final.right, exact, folder)
  orStop(save(folder, files.result, `${JSON.stringify(result, null, 2)}\n`))
  const drawn = (await draw?.({ config, training, progress, result })) ?? E.right(undefined)
  if (E.isLeft(drawn)) screen.note(`No report: ${showFolderProblem(drawn.left)}`)
  return E.right(result)
}

const runIn = async (
  request: TrainRequest,
  training: Training,
  { folder, progress: start }: Opened,
): Promise<E.Either<Failure, TrainResult>> => {
  const { config, screen, stopped, saveSeconds = defaultSaveSeconds } = request
  const kept = keepForm(config, folder)
  if (E.isLeft(kept)) throw new SaveError(showFolderProblem(kept.left))
  orStop(save(folder, files.config, `${JSON.stringify(kept.right, null, 2)}\n`))
  saveProgress(folder, start)
  // The first energy is what a user waits for: the comparison comes right behind it.
  let exact: number | null = null
  const compare = (): void => {
    exact = knownEnergy(config)
    if (exact === null && training.sites <= quickExactSites) exact = exactOf(training, screen)
    if (exact !== null) screen.exact(exact)
  }
  for (const note of training.notes ?? []) screen.note(note)
  screen.planned(training, folder)
  const first = start.state.step + 1
  const ending = await unfold(training, start, {
    steps: config.steps,
    stopped,
    saveSeconds,
    onStep: (record, progress) => {
      screen.step(record, progress)
      if (record.step === first) compare()
    },
    save: (progress) => saveProgress(folder, progress),
  })
  screen.end()
  saveProgress(folder, ending.progress)
  if (ending.kind === 'failed') return E.left(failure(ending, config, folder))
  if (ending.kind === 'stopped') return E.left(interruption(ending, config, folder))
  return conclude(request, training, folder, ending.progress, exact)
}

/** A plan that throws says the same as one that returns Left. */
const planned = ({ plan, config }: TrainRequest): E.Either<Failure, Training> => {
  const result = E.flatten(
    E.tryCatch(
      () => plan(config),
      (error) => problemOf(error),
    ),
  )
  return E.mapLeft((problem: Problem) => unusable(showProblem(problem)))(result)
}

/** Runs, or goes on with, a training. Left: exit code and message. */
export const train = async (request: TrainRequest): Promise<E.Either<Failure, TrainResult>> => {
  const training = planned(request)
  if (E.isLeft(training)) return training
  try {
    const opened = openRun(request, training.right)
    return E.isLeft(opened) ? opened : await runIn(request, training.right, opened.right)
  } catch (error) {
    if (error instanceof SaveError) return E.left(unusable(error.message))
    if (error instanceof TensorError) return E.left(unusable(showProblem(error.problem)))
    throw error
  } finally {
    request.screen.end()
    training.right.dispose()
  }
}
