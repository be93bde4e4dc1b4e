import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { type Problem, showProblem, TensorError } from '../../core/index.ts'
import { isExcited } from '../../physics/index.ts'
import { knownEnergy, type PlanTraining, type StepRecord, type Training } from '../session/index.ts'
import type { TrainConfig } from '../settings/index.ts'
import { afterFailure } from './afterFailure.ts'
import { type Caller, type Failure, trainCaller, unusable } from './caller.ts'
import { claim, release } from './claim.ts'
import { failure, interruption, refused } from './endings.ts'
import { createFolder, type FolderProblem, files, save, showFolderProblem } from './folder.ts'
import { between, type Signals } from './interrupt.ts'
import { toJson } from './json.ts'
import { keepForm } from './keepForm.ts'
import {
  loadProgress,
  orStop,
  SaveError,
  saveParameters,
  saveProgress,
  settledProgress,
} from './progress.ts'
import { type Finished, resultOf, type TrainResult } from './result.ts'
import { asStarted, keepStart, originOf, startingFrom } from './start.ts'
import { sweepTemporaries } from './temporaries.ts'
import { type Progress, problemOf, type StopSignal, unfold, yieldToEventLoop } from './unfold.ts'

// This file runs one training from configuration to results, and writes everything that it leaves
// on disk.

/** The display of a run while it continues. */
export interface Screen {
  readonly planned: (training: Training, folder: string) => void
  /** Receives the exact energy of the whole system after the first step. */
  readonly exact: (energy: number) => void
  readonly step: (record: StepRecord, progress: Progress) => void
  readonly note: (text: string) => void
  readonly end: () => void
}

/** A finished run, with its report. */
export interface Trained {
  readonly result: TrainResult
  /** Left: why the report is missing or incomplete; undefined: none was requested. */
  readonly report: E.Either<FolderProblem, string | undefined>
}

export interface TrainRequest extends Signals {
  readonly plan: PlanTraining
  readonly config: TrainConfig
  /** The folder for a new run; named after the time and the model when not given. */
  readonly out?: string | undefined
  /** The folder of a run to continue instead. */
  readonly resume?: string | undefined
  /** The folder of a run whose parameters a new one starts from. */
  readonly from?: string | undefined
  readonly screen: Screen
  /** The command that its messages name; default: `psigrad train`. */
  readonly caller?: Caller
  readonly saveSeconds?: number
  /** Draws pictures and report of a finished run into its folder. */
  readonly draw?: (finished: Finished) => Promise<E.Either<FolderProblem, void>>
}

/** A killed process loses at most the steps of this many seconds. */
const defaultSaveSeconds = 10

/**
 * Exact energies of at most this many sites take well under a second, so they are computed after
 * one step.
 */
const quickExactSites = 16

const tooFar = ({ steps }: TrainConfig, { state }: Progress): Failure =>
  unusable(`--steps ${steps}: expected at least ${state.step}, the steps this run has done`)

interface Opened {
  readonly folder: string
  readonly training: Training
  readonly progress: Progress
}

const reopened = (
  { config }: TrainRequest,
  folder: string,
  planned: Training,
): E.Either<Failure, Opened> => {
  const training = asStarted(folder, planned)
  if (E.isLeft(training)) return training
  const progress = loadProgress(folder, training.right, config)
  if (E.isLeft(progress)) return progress
  if (progress.right.state.step > config.steps) return E.left(tooFar(config, progress.right))
  sweepTemporaries(folder)
  return E.right({ folder, training: training.right, progress: progress.right })
}

const openFor = (request: TrainRequest, planned: Training): E.Either<Failure, Opened> => {
  const { config, out, resume, from } = request
  if (resume !== undefined)
    return E.mapLeft(({ code, message }: Failure) => ({ code, message: `--resume ${message}` }))(
      reopened(request, resume, planned),
    )
  const begun = from === undefined ? E.right(planned) : startingFrom(from, planned)
  if (E.isLeft(begun)) return begun
  const training = begun.right
  const folder = createFolder(out, config, new Date())
  if (E.isLeft(folder)) return E.left(unusable(`--out ${showFolderProblem(folder.left)}`))
  if (from !== undefined) keepStart(folder.right, training, from)
  const progress = { state: training.initial(), records: [], seconds: 0 }
  return E.right({ folder: folder.right, training, progress })
}

/**
 * Returns null, too, when the exact solver fails: a run does not fail because the comparison is
 * missing.
 */
const exactOf = (training: Training, screen: Screen): number | null => {
  try {
    return training.exact()
  } catch (error) {
    screen.note(`No exact energy: ${showProblem(problemOf(error))}`)
    return null
  }
}

const EXCITED =
  'This state is nearer to an excited one than to the ground state: its variance is below the ' +
  'square of its distance from the exact energy. Another --seed, --sector, --no-marshall or ' +
  '--patch may leave it.'

/** The progress with the state that stands at the end, and the energy of that state. */
interface Conclusion {
  readonly progress: Progress
  readonly measurement: StepRecord
}

const measured = (training: Training, done: Progress): E.Either<Problem, Conclusion> =>
  E.tryCatch(() => {
    const progress = settledProgress(training, done)
    return { progress, measurement: training.measure(progress.state) }
  }, problemOf)

const conclude = async (
  request: TrainRequest,
  { folder, training }: Opened,
  done: Progress,
  known: number | null,
): Promise<E.Either<Failure, Trained>> => {
  const { config, screen, draw, caller = trainCaller } = request
  const stop = (signal: StopSignal, where: string) =>
    E.left(interruption(signal, where, folder, caller))
  const after = `after step ${done.state.step} of ${config.steps}`
  const final = await between(request, () => measured(training, done))
  if (E.isLeft(final)) return stop(final.left, `in the last measurement, ${after}`)
  if (E.isLeft(final.right)) {
    const problem = final.right.left
    const where = `the final measurement, ${problem.where}`
    const ending = { kind: 'failed' as const, problem: { ...problem, where }, progress: done }
    return E.left(failure(ending, config, folder, caller))
  }
  const exact = await between(request, () => known ?? exactOf(training, screen))
  if (E.isLeft(exact)) return stop(exact.left, `before the exact energy was there, ${after}`)
  const { progress, measurement } = final.right.right
  if (exact.right !== null && isExcited(measurement, exact.right)) screen.note(EXCITED)
  if (progress.state !== done.state) orStop(saveParameters(folder, progress.state))
  const result = resultOf(training, config, progress, measurement, exact.right, folder)
  orStop(save(folder, files.result, `${toJson(result, 2)}\n`))
  if (draw === undefined) return E.right({ result, report: E.right(undefined) })
  await yieldToEventLoop()
  const signal = request.stopped()
  if (signal !== undefined) return stop(signal, `before the pictures; ${files.result} is there`)
  const drawn = await draw({ config, training, progress, result, from: originOf(folder) })
  return E.right({ result, report: E.map(() => join(folder, files.report))(drawn) })
}

const runIn = async (
  request: TrainRequest,
  opened: Opened,
): Promise<E.Either<Failure, Trained>> => {
  const { folder, training, progress: start } = opened
  const {
    config,
    screen,
    stopped,
    saveSeconds = defaultSaveSeconds,
    caller = trainCaller,
  } = request
  const kept = keepForm(config, folder)
  if (E.isLeft(kept)) throw new SaveError(showFolderProblem(kept.left))
  orStop(save(folder, files.config, `${JSON.stringify(kept.right, null, 2)}\n`))
  saveProgress(folder, start, kept.right)
  // A user waits for the first energy, so the comparison with the exact one follows it directly.
  let exact: number | null = null
  const compare = (): void => {
    exact = knownEnergy(config)
    if (exact === null && training.sites <= quickExactSites) exact = exactOf(training, screen)
    if (exact !== null) screen.exact(exact)
  }
  for (const note of training.notes ?? []) screen.note(note)
  if (start.state.step < config.steps) for (const note of training.cost?.() ?? []) screen.note(note)
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
    save: (progress) => saveProgress(folder, progress, kept.right),
  })
  screen.end()
  const { progress } = ending
  saveProgress(folder, progress, kept.right)
  if (ending.kind === 'failed') {
    const { code, message } = failure(ending, config, folder, caller)
    const more = await afterFailure(request, opened, ending, exact)
    return E.left({ code, message: [message, ...more].join('\n') })
  }
  if (ending.kind === 'stopped') {
    const where = `after step ${progress.state.step} of ${config.steps}`
    return E.left(interruption(ending.signal, where, folder, caller))
  }
  return conclude(request, opened, progress, exact)
}

/** Returns the plan; an exception counts as Left. */
const planned = ({ plan, config }: TrainRequest): E.Either<Failure, Training> => {
  const result = E.flatten(
    E.tryCatch(
      () => plan(config),
      (error) => problemOf(error),
    ),
  )
  return E.mapLeft((problem: Problem) => unusable(showProblem(problem)))(result)
}

/** Runs or continues a training. Left: exit code and message. */
export const train = async (request: TrainRequest): Promise<E.Either<Failure, Trained>> => {
  const training = planned(request)
  if (E.isLeft(training)) return training
  let folder: string | undefined
  try {
    const opened = openFor(request, training.right)
    if (E.isLeft(opened)) return opened
    const claimed = claim(opened.right.folder)
    if (E.isLeft(claimed)) return E.left(unusable(showFolderProblem(claimed.left)))
    folder = opened.right.folder
    return await runIn(request, opened.right)
  } catch (error) {
    if (error instanceof SaveError)
      return E.left(
        folder === undefined
          ? unusable(error.message)
          : refused(error, folder, request.caller ?? trainCaller),
      )
    if (error instanceof TensorError) return E.left(unusable(showProblem(error.problem)))
    throw error
  } finally {
    request.screen.end()
    if (folder !== undefined) release(folder)
    training.right.dispose()
  }
}
