import { either as E, function as F } from 'fp-ts'
import { showProblem } from '../core/index.ts'
import {
  type Analysis,
  analyse,
  type CellRequest,
  type Compared,
  compare as compareRuns,
  type FormSummary,
  planComparison,
  summaries,
} from './compare/index.ts'
import {
  callerOfMany,
  type Failure,
  type Observed,
  openRun,
  type Progress,
  problemOf,
  type RunSources,
  runSettings,
  type SavedRun,
  type Screen,
  type Signals,
  type Trained,
  type TrainRequest,
  train as trainRun,
  unusable,
} from './run/index.ts'
import {
  type ExactResult,
  exactLevels,
  planExact,
  planTraining,
  type StepRecord,
  suitedTo,
} from './session/index.ts'
import {
  asFlags,
  type Configured,
  type Model,
  resolveConfig,
  showConfigProblems,
  type TrainConfig,
  type Wish,
} from './settings/index.ts'

// The commands of the command line as functions: settings are values instead of texts, and omitted
// settings have their defaults. Messages name settings by their flags.

/** Options that all trainings of a program share. */
interface Watching extends Partial<Signals> {
  /** Called after every step. */
  readonly onStep?: (record: StepRecord, progress: Progress) => void
  /** Draws pictures and a report into the folder of a finished run; default: it does not. */
  readonly pictures?: boolean
}

const screenOf = ({ onStep = () => {} }: Watching): Screen => ({
  planned: () => {},
  exact: () => {},
  step: onStep,
  note: () => {},
  end: () => {},
})

type Terminal = Pick<TrainRequest, 'screen' | 'stopped' | 'interruptibly' | 'draw'>

const terminalOf = ({ stopped = () => undefined, interruptibly, ...rest }: Watching): Terminal => ({
  screen: screenOf(rest),
  stopped,
  ...(interruptibly === undefined ? {} : { interruptibly }),
  ...(rest.pictures === true
    ? {
        draw: async (finished) => (await import('./pictures/runPictures.ts')).drawRun(finished),
      }
    : {}),
})

/**
 * Returns the configuration of some settings, with the defaults of the command line for all others.
 *
 * Left  all problems, such as settings without effect; `showConfigProblems` writes them as text.
 */
export const configOf = (settings: Partial<TrainConfig> = {}): Configured<TrainConfig> =>
  resolveConfig({ flags: asFlags(settings) })

/** The arguments of `train`. */
export interface TrainAsked extends Omit<RunSources, 'flags'>, Watching {
  /** Settings, over those of `config`, `from` or `resume`; the defaults for all others. */
  readonly settings?: Partial<TrainConfig>
  /** What a new run is to be as a whole: its effort, or its time in seconds. */
  readonly wish?: Wish
}

/**
 * Trains as `psigrad train` does: in a new folder `out`, or by continuing the run in the folder
 * `resume`, or from the parameters of the run in the folder `from`. The state is saved meanwhile.
 *
 * Left  the reason why there is no result, with the exit code of the command line.
 */
export const train = async (asked: TrainAsked = {}): Promise<E.Either<Failure, Trained>> => {
  const { settings = {}, wish = {}, config: file, out, resume, from } = asked
  const flags = asFlags(settings)
  const resolved = runSettings({ ...asked, flags })
  if (E.isLeft(resolved)) return E.left(unusable(showConfigProblems(resolved.left)))
  const fresh = (file ?? resume ?? from) === undefined
  if (!fresh && Object.keys(wish).length > 0)
    return E.left(unusable('wish: expected none with config, resume or from'))
  const suited = fresh
    ? suitedTo(resolved.right, Object.keys(flags), wish)
    : E.right({ config: resolved.right })
  if (E.isLeft(suited)) return E.left(unusable(showConfigProblems(suited.left)))
  const { config } = suited.right
  return trainRun({ ...terminalOf(asked), plan: planTraining, config, out, resume, from })
}

/** The arguments of `compare`. */
export interface CompareAsked extends Watching, Pick<CellRequest, 'out'> {
  readonly settings?: Omit<Partial<TrainConfig>, 'attention'>
  /** A file of settings to start from. */
  readonly config?: string
  /** Names, formulas, or files of attention forms. */
  readonly forms: readonly string[]
  /** Runs of each form; default: one. */
  readonly seeds?: number
  /** Called with the messages that the command line prints between the runs. */
  readonly note?: (text: string) => void
}

/** All runs of a comparison, and a row of a table for each form. */
export interface Comparison {
  readonly runs: readonly Compared[]
  readonly table: readonly FormSummary[]
}

/**
 * Trains several attention forms on the same settings and seeds, as `psigrad compare` does. Runs
 * that the folder `out` already holds are not repeated.
 *
 * Left  the reason why there is no comparison; another call continues from there.
 */
export const compare = async (asked: CompareAsked): Promise<E.Either<Failure, Comparison>> => {
  const { settings = {}, config, forms, seeds = 1, out, note = () => {} } = asked
  const planned = planComparison({
    flags: asFlags(settings),
    config,
    forms: forms.join(','),
    seeds: String(seeds),
  })
  if (E.isLeft(planned)) return E.left(unusable(planned.left.join('\n')))
  const terminal = terminalOf(asked)
  const runs = await compareRuns({
    ...planned.right,
    out,
    plan: planTraining,
    signals: terminal,
    note,
    contextOf: () => ({ ...terminal, caller: callerOfMany('compare') }),
  })
  return E.map((all: readonly Compared[]) => ({ runs: all, table: summaries(all) }))(runs)
}

const lookAt = <A>(folder: string, look: (saved: SavedRun) => A): E.Either<Failure, A> =>
  E.map((saved: SavedRun) => {
    try {
      return look(saved)
    } finally {
      saved.training.dispose()
    }
  })(openRun(folder, planTraining))

/**
 * Returns what `psigrad attention` prints of the run in a folder: for each head the attention
 * weights, and how much they depend on the input.
 */
export const attention = (folder: string): E.Either<Failure, Analysis> =>
  lookAt(folder, ({ training, progress }) => analyse(training, progress.state))

/**
 * Measures correlations, structure factor and orders of the last state in the folder of a run, from
 * `rounds` times the samples of a step; exact values of the ground state are there where known.
 */
export const observe = (folder: string, rounds = 1): E.Either<Failure, Observed> =>
  lookAt(folder, ({ training, progress: { state } }) => ({
    step: state.step,
    observables: training.observe(state, rounds),
    exact: training.observeExactly(),
  }))

/**
 * Finds the lowest states of a model by exact diagonalisation, as `psigrad exact` does; with
 * `sectors` the lowest state of every sector of symmetry.
 */
export const exact = (
  model: Partial<Model> = {},
  { states = 1, sectors = false }: { readonly states?: number; readonly sectors?: boolean } = {},
): E.Either<Failure, ExactResult> =>
  F.pipe(
    planExact(asFlags(model), String(states), sectors),
    E.mapLeft(unusable),
    E.chain((plan) =>
      E.tryCatch(
        () => exactLevels(plan),
        (error) => unusable(showProblem(problemOf(error))),
      ),
    ),
  )
