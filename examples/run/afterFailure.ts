import { either as E } from 'fp-ts'
import {
  type Concrete,
  dataOf,
  isConcrete,
  leavesWithPaths,
  showPath,
  type Tensor,
  type Tree,
} from '../../core/index.ts'
import { largest } from '../../core/values/index.ts'
import type { PlanTraining, Training } from '../session/index.ts'
import { resolveConfig, shellWord, showSmall, type TrainConfig } from '../settings/index.ts'
import { attemptAfter } from './advice.ts'
import { type FolderProblem, files, showFolderProblem } from './folder.ts'
import { invalidStep } from './health.ts'
import { type Finished, resultOf } from './result.ts'
import { type Ending, problemOf } from './unfold.ts'

// This file makes what a failed run leaves besides its state: its curves, the part of the wave
// function that grew most, and a command that was tried on that state.

type Failed = Extract<Ending, { kind: 'failed' }>

/** The parts of a request that are needed after a failure. */
interface FailedRequest {
  readonly plan: PlanTraining
  readonly config: TrainConfig
  readonly draw?: (finished: Finished) => Promise<E.Either<FolderProblem, void>>
}

/** The steps that a command is tried for. */
const TRIED = 3

const largestEntry = (leaf: Concrete): number =>
  largest([0, ...Array.from(dataOf(leaf), (x) => Math.abs(x))])

/** Returns the parameters whose largest entry grew most, with that entry before and after. */
const grownMost = (before: Tree<Tensor>, after: Tree<Tensor>): readonly string[] => {
  const starts = leavesWithPaths(before)
  const grown = leavesWithPaths(after).flatMap(({ path, leaf }, k) => {
    const first = starts[k]?.leaf
    if (!isConcrete(leaf) || first === undefined || !isConcrete(first)) return []
    const [from, to] = [largestEntry(first), largestEntry(leaf)]
    return [{ name: showPath(path), from, to }]
  })
  const most = grown.toSorted((a, b) => b.to - b.from - (a.to - a.from))[0]
  return most === undefined || most.to <= most.from
    ? []
    : [
        `The parameters that grew most are ${most.name}: their largest entry went from ` +
          `${showSmall(most.from)} to ${showSmall(most.to)}.`,
      ]
}

/** Takes a few steps with other settings from the parameters of a state; undefined: they failed. */
const triedEnergy = (
  { plan }: FailedRequest,
  config: TrainConfig,
  params: Tree<Tensor>,
): number | undefined => {
  const planned = plan(config)
  if (E.isLeft(planned)) return undefined
  const training = planned.right
  try {
    let state = { ...training.initial(), params }
    let energy = Number.NaN
    for (let k = 0; k < TRIED; k += 1) {
      const next = training.step(state)
      if (invalidStep(next.state, next.record) !== undefined) return undefined
      state = next.state
      energy = next.record.energy / training.sites
    }
    return energy
  } catch (error) {
    problemOf(error)
    return undefined
  } finally {
    training.dispose()
  }
}

/** Returns a command that goes on from the last good state, and whether its first steps worked. */
const triedCommand = (
  request: FailedRequest,
  folder: string,
  { problem, progress }: Failed,
): readonly string[] => {
  const attempt = attemptAfter(problem, request.config)
  if (attempt === undefined) return []
  const file = { name: files.config, values: { ...request.config }, ofRun: true }
  const flags = Object.fromEntries(attempt.settings)
  const changed = resolveConfig({ flags, file })
  if (E.isLeft(changed)) return []
  const energy = triedEnergy(request, changed.right, progress.state.params)
  return energy === undefined
    ? [`From the last good state, ${attempt.flags} fails within ${TRIED} steps, too.`]
    : [
        `From the last good state, ${TRIED} steps with ${attempt.flags} worked (energy per site ` +
          `${energy.toFixed(6)} J):`,
        `  psigrad train --from ${shellWord(folder)} ${attempt.flags}`,
      ]
}

/** Draws the curves up to the end; nothing where no step was made, or they cannot be drawn. */
const drawnCurves = async (
  { config, draw }: FailedRequest,
  training: Training,
  folder: string,
  { problem, progress }: Failed,
  exact: number | null,
): Promise<readonly string[]> => {
  const last = progress.records.at(-1)
  if (draw === undefined || last === undefined) return []
  const failed = `failed in step ${last.step + 1} of ${config.steps}: ${problem.what}`
  const result = resultOf(training, config, progress, last, exact, folder)
  const finished: Finished = { config, training, progress, result, failed }
  try {
    const drawn = await draw(finished)
    return [
      E.isRight(drawn)
        ? `Curves up to there: ${folder}/${files.report}`
        : `There are no curves: ${showFolderProblem(drawn.left)}`,
    ]
  } catch (error) {
    return [`There are no curves: ${problemOf(error).what}`]
  }
}

/** Returns the lines that follow the message about a failure. */
export const afterFailure = async (
  request: FailedRequest,
  { folder, training }: { readonly folder: string; readonly training: Training },
  failed: Failed,
  exact: number | null,
): Promise<readonly string[]> => [
  ...grownMost(training.initial().params, failed.progress.state.params),
  ...triedCommand(request, folder, failed),
  ...(await drawnCurves(request, training, folder, failed, exact)),
]
