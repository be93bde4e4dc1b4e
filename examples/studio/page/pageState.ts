import type { Observables } from '../../../physics/estimates/index.ts'
import type { StepRecord } from '../../session/index.ts'
import type { TrainConfig } from '../../settings/index.ts'
import type { Described, Report, SettingProblem, Typed, View } from '../engine/index.ts'

// Everything that the page shows is a function of this state; it changes only by `reduce`.

export type Phase = 'planning' | 'running' | 'paused' | 'measuring' | 'done' | 'failed'

/** The result of a run, after its last measurement. */
export interface Outcome {
  readonly record: StepRecord
  readonly observables: Observables
  readonly evaluationsPerSecond: number
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
}

export const tabs = ['Train'] as const
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
}

export type Action =
  | { readonly kind: 'show'; readonly tab: Tab }
  | { readonly kind: 'set'; readonly settings: Typed }
  | { readonly kind: 'start'; readonly id: number; readonly beside: boolean }
  | { readonly kind: 'forget'; readonly id: number }
  | { readonly kind: 'phase'; readonly phase: Phase }
  | { readonly kind: 'report'; readonly report: Report; readonly problem?: string }

export const initialState = (settings: Typed): PageState => ({
  tab: 'Train',
  settings,
  asked: 0,
  problems: [],
  exact: {},
  runs: [],
})

/** Returns the text that names the problem of a configuration: equal texts, equal exact energies. */
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
    case 'failed':
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
    case 'forget':
      return { ...state, runs: state.runs.filter(({ id }) => id !== action.id) }
    case 'phase': {
      const run = current(state)
      return run === undefined ? state : onRun(state, run.id, () => ({ phase: action.phase }))
    }
    case 'report':
      return reported(state, action.report, action.problem)
  }
}
