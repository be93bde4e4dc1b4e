import type { Observables } from '../../../../physics/estimates/index.ts'
import type { StepRecord } from '../../../session/index.ts'
import type { TrainConfig } from '../../../settings/index.ts'
import type {
  Described,
  OpenedRun,
  Report,
  SettingProblem,
  ShownProgram,
  Typed,
  View,
} from '../../engine/index.ts'
import { settingsFrom } from './pageLink.ts'

// Everything that the page shows is a function of this state; it changes only by `reduce`.

export type Phase = 'planning' | 'running' | 'paused' | 'measuring' | 'done' | 'failed'

/** The result of a run, after its last measurement; folders do not keep all of it. */
export interface Outcome {
  readonly record: Pick<
    StepRecord,
    'energy' | 'energyError' | 'vScore' | 'acceptance' | 'rHat' | 'rHatLimit'
  >
  readonly observables?: Observables
  readonly evaluationsPerSecond?: number
  readonly seconds: number
}

/** A run as the page knows it. */
export interface ShownRun {
  readonly id: number
  readonly settings: Typed
  readonly described: Described
  readonly phase: Phase
  readonly threads: number
  readonly records: readonly StepRecord[]
  readonly view?: View
  readonly outcome?: Outcome
  readonly message?: string
  /** The folder that it came from. */
  readonly name?: string
}

export const tabs = ['Train', 'Program', 'Check', 'Lessons', 'Runs'] as const
export type Tab = (typeof tabs)[number]

export interface PageState {
  readonly tab: Tab
  /** What the person typed, where it differs from the defaults. */
  readonly settings: Typed
  /** Numbers the last question about the settings: answers to older ones are late. */
  readonly asked: number
  readonly described?: Described
  readonly problems: readonly SettingProblem[]
  /** Exact energies of whole systems by what names the problem; null: out of reach. */
  readonly exact: Readonly<Record<string, number | null>>
  /** The runs that are compared, the last one being the one in the engine. */
  readonly runs: readonly ShownRun[]
  /** Runs of folders, by their numbers. */
  readonly opened: readonly ShownRun[]
  /** The last program that was traced. */
  readonly program?: ShownProgram
  /** Why a folder could not be read. */
  readonly refused?: string
}

export type Action =
  | { readonly kind: 'show'; readonly tab: Tab }
  | { readonly kind: 'set'; readonly settings: Typed }
  | { readonly kind: 'start'; readonly id: number; readonly beside: boolean }
  | { readonly kind: 'forget'; readonly id: number }
  | { readonly kind: 'phase'; readonly phase: Phase }
  /** Continues a run of a folder in the tab that trains. */
  | { readonly kind: 'continue'; readonly id: number }
  | { readonly kind: 'report'; readonly report: Report; readonly problem?: string }

export const initialState = (settings: Typed): PageState => ({
  tab: 'Train',
  settings,
  asked: 0,
  problems: [],
  exact: {},
  runs: [],
  opened: [],
})

/** Returns the text that names a problem: equal texts have equal exact energies. */
export const problemOf = ({ lattice, size, boundary, j1, j2 }: TrainConfig): string =>
  JSON.stringify([lattice, size, boundary, j1, j2])

/** The run that the engine holds. */
export const current = ({ runs }: PageState): ShownRun | undefined => runs.at(-1)

export const isBusy = (run: ShownRun | undefined): boolean =>
  run !== undefined && ['planning', 'running', 'measuring'].includes(run.phase)

const onRun = (
  state: PageState,
  id: number,
  change: (run: ShownRun) => Partial<ShownRun>,
): PageState => ({
  ...state,
  runs: state.runs.map((run) => (run.id === id ? { ...run, ...change(run) } : run)),
})

/** Returns a run of a folder as the page shows it. */
const shownRun = (id: number, run: OpenedRun): ShownRun => {
  const { described, records, view, name, seconds, result } = run
  const sites = described.drawing.sites.length
  return {
    id,
    settings: {},
    described,
    name,
    phase: result === undefined ? 'paused' : 'done',
    threads: 1,
    records,
    view,
    ...(result === undefined
      ? {}
      : {
          outcome: {
            record: {
              ...result,
              energy: result.energyPerSite * sites,
              energyError: result.energyError * sites,
            },
            seconds,
          },
        }),
  }
}

const withOpened = (state: PageState, run: ShownRun): PageState => {
  const { refused: _, ...rest } = state
  const known = state.opened.some(({ id }) => id === run.id)
  const opened = known
    ? state.opened.map((old) => (old.id === run.id ? run : old))
    : [...state.opened, run]
  return { ...rest, opened }
}

const reported = (state: PageState, report: Report, problem?: string): PageState => {
  switch (report.kind) {
    case 'described':
      return report.run === state.asked
        ? { ...state, described: report.described, problems: [] }
        : state
    case 'unusable':
      return report.run === state.asked
        ? { ...state, problems: report.problems }
        : onRun(state, report.run, () => ({
            phase: 'failed',
            message: report.problems.map((p) => `${p.where}: ${p.expected}`).join('\n'),
          }))
    case 'exact':
      return { ...state, exact: { ...state.exact, [problem!]: report.energy } }
    case 'started':
      return onRun(state, report.run, () => ({ phase: 'running', threads: report.threads }))
    case 'steps':
      return onRun(state, report.run, ({ records }) => ({
        records: [...records, ...report.records],
      }))
    case 'view':
      return onRun(state, report.run, () => ({ view: report.view }))
    case 'measuring':
      return onRun(state, report.run, () => ({ phase: 'measuring' }))
    case 'finished': {
      const { record, observables, evaluationsPerSecond, seconds, view } = report
      return onRun(state, report.run, () => ({
        phase: 'done',
        view,
        outcome: { record, observables, evaluationsPerSecond, seconds },
      }))
    }
    case 'opened':
      return withOpened(state, shownRun(report.run, report.opened))
    case 'taken':
      return onRun(state, report.run, () => ({ phase: 'paused', threads: report.threads }))
    case 'saved':
      return state
    case 'program':
      return { ...state, program: report.program }
    case 'failed':
      if (state.runs.every(({ id }) => id !== report.run))
        return { ...state, refused: report.message }
      return onRun(state, report.run, () => ({ phase: 'failed', message: report.message }))
  }
}

/** Returns the state after an action. */
export const reduce = (state: PageState, action: Action): PageState => {
  switch (action.kind) {
    case 'show':
      return { ...state, tab: action.tab }
    case 'set':
      return { ...state, settings: action.settings, asked: state.asked - 1 }
    case 'start': {
      const { described, settings, runs } = state
      if (described === undefined) return state
      const run: ShownRun = {
        id: action.id,
        settings,
        described,
        phase: 'planning',
        threads: 1,
        records: [],
      }
      return { ...state, runs: [...(action.beside ? runs : []), run] }
    }
    case 'forget': {
      const others = (runs: readonly ShownRun[]) => runs.filter(({ id }) => id !== action.id)
      return { ...state, runs: others(state.runs), opened: others(state.opened) }
    }
    case 'phase': {
      const run = current(state)
      return run === undefined ? state : onRun(state, run.id, () => ({ phase: action.phase }))
    }
    case 'continue': {
      const run = state.opened.find(({ id }) => id === action.id)
      if (run === undefined) return state
      const { outcome: _, ...unfinished } = run
      const { config } = run.described
      return {
        ...state,
        tab: 'Train',
        settings: settingsFrom(config),
        described: run.described,
        problems: [],
        runs: [{ ...unfinished, phase: 'planning' }],
      }
    }
    case 'report':
      return reported(state, action.report, action.problem)
  }
}
