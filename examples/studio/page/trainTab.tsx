import { showCount, showFixed, showSmall } from '../../settings/index.ts'
import type { Request, Typed } from '../engine/index.ts'
import { EnergyFigure, ErrorFigure } from './figures/curvesOfRuns.tsx'
import { HeadsFigure } from './figures/heads.tsx'
import { OrdersFigure } from './figures/orders.tsx'
import { SpinsFigure } from './figures/spins.tsx'
import { Rail } from './rail.tsx'
import { current, isBusy, type PageState, problemOf, type ShownRun } from './state/pageState.ts'
import { digitsOf, exactOf, minus, nameOf, sentenceOf } from './state/words.ts'

// The tab that trains: settings at the left, what happens at the right.

export interface TrainTabProps {
  readonly state: PageState
  readonly change: (settings: Typed) => void
  readonly start: (beside: boolean) => void
  readonly send: (request: Request) => void
  readonly pause: () => void
  readonly go: () => void
  readonly forget: (id: number) => void
}

/** The numbers of the last step, with what they mean. */
const Facts = ({
  run,
  state,
}: {
  readonly run: ShownRun | undefined
  readonly state: PageState
}) => {
  const described = run?.described ?? state.described
  if (described === undefined) return null
  const record = run?.outcome?.record ?? run?.records.at(-1)
  const exact = run === undefined ? undefined : exactOf(state, run)
  const digits = record === undefined ? null : digitsOf(record.energy, exact)
  const rate = run?.outcome?.evaluationsPerSecond
  const facts: readonly (readonly [string, string, string])[] = [
    ['Correct digits', digits === null ? '–' : digits.toFixed(1), '−log₁₀ of the relative error'],
    [
      'V-score',
      record === undefined ? '–' : minus(showSmall(record.vScore)),
      'N Var(E) / E²: zero for an eigenstate',
    ],
    ['Acceptance', showFixed(record?.acceptance ?? null, 2), 'the share of proposals accepted'],
    [
      'R-hat',
      showFixed(record?.rHat ?? null, 3),
      record?.rHatLimit == null
        ? 'near 1 where the chains agree'
        : `the chains agree up to ${record.rHatLimit.toFixed(3)}`,
    ],
    ['Parameters', showCount(described.parameters), 'real numbers to learn'],
    ['FLOPs', showCount(described.flops), 'floating-point operations of one log ψ'],
    [
      'log ψ per second',
      rate === undefined ? '–' : showCount(Number(rate.toPrecision(3))),
      'on one thread, measured at the end',
    ],
    [
      'Steps taken back',
      String(run?.records.at(-1)?.refusals ?? '–'),
      'steps that raised the energy',
    ],
  ]
  return (
    <section class="figure facts" aria-label="Facts">
      <dl>
        {facts.map(([name, value, says]) => (
          <div key={name} title={says}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** Start, pause, go on, one step, end. */
const Controls = ({ state, start, send, pause, go }: TrainTabProps) => {
  const run = current(state)
  const ready = state.described !== undefined && state.problems.length === 0
  const [running, paused] = [run?.phase === 'running', run?.phase === 'paused']
  return (
    <div class="controls">
      {running ? (
        <button type="button" class="main" onClick={pause}>
          Pause
        </button>
      ) : paused ? (
        <button type="button" class="main" onClick={go}>
          Go on
        </button>
      ) : (
        <button
          type="button"
          class="main"
          disabled={!ready || isBusy(run)}
          onClick={() => start(false)}
        >
          Train
        </button>
      )}
      {paused ? (
        <button type="button" onClick={() => send({ kind: 'step' })}>
          One step
        </button>
      ) : null}
      {running || paused ? (
        <label class="rate" title="Goes on from the state that stands, with this learning rate">
          learning rate
          <input
            type="number"
            class="rate-value"
            min="0.0001"
            max="1"
            step="any"
            value={run!.described.config.lr}
            onChange={({ currentTarget: { valueAsNumber: lr } }) => {
              if (lr > 0) send({ kind: 'rate', lr })
            }}
          />
        </label>
      ) : null}
      {running || paused ? (
        <button type="button" onClick={() => send({ kind: 'finish' })}>
          End and measure
        </button>
      ) : null}
      {paused ? (
        <button type="button" onClick={() => start(false)}>
          Start again
        </button>
      ) : null}
      {run?.phase === 'done' || paused ? (
        <button
          type="button"
          title="A folder as psigrad train writes it: it can be continued there, to the same numbers"
          onClick={() => send({ kind: 'save', exact: exactOf(state, run!) })}
        >
          Save run
        </button>
      ) : null}
      {run?.phase === 'done' ? (
        <button
          type="button"
          disabled={!ready}
          title="Train what the settings name now, beside the runs that are there"
          onClick={() => start(true)}
        >
          Train beside
        </button>
      ) : null}
    </div>
  )
}

/** The tab. */
export const TrainTab = (props: TrainTabProps) => {
  const { state, change, forget } = props
  const run = current(state)
  const { described } = state
  const shown = run?.described ?? described
  const curves = state.runs.map((r) => ({
    run: r,
    name: nameOf(r, state.runs),
    exact: exactOf(state, r),
  }))
  const exact = shown === undefined ? undefined : state.exact[problemOf(shown.config)]
  const sites = shown?.drawing.sites.length ?? 1
  return (
    <div class="train">
      <aside>
        <Rail
          settings={state.settings}
          described={described}
          problems={state.problems}
          change={change}
        />
      </aside>
      <main>
        <div class="top">
          <p class="sentence" aria-live="polite">
            {sentenceOf(state)}
          </p>
          <Controls {...props} />
        </div>
        {run?.message === undefined ? null : (
          <pre class="message" role="alert">
            {run.message}
          </pre>
        )}
        {state.runs.length < 2 ? null : (
          <ul class="runs">
            {state.runs.map((r) => (
              <li key={r.id}>
                {nameOf(r, state.runs)}
                <button
                  type="button"
                  class="quiet"
                  aria-label={`Forget ${nameOf(r, state.runs)}`}
                  disabled={r === run && isBusy(r)}
                  onClick={() => forget(r.id)}
                >
                  ×
                </button>
              </li>
            ))}
          </ul>
        )}
        <div class="figures">
          <div class="stack">
            <EnergyFigure
              curves={curves}
              exact={exact == null ? exact : exact / sites}
              steps={shown?.config.steps ?? 80}
            />
            <ErrorFigure curves={curves} />
            {shown === undefined ? null : (
              <SpinsFigure drawing={shown.drawing} spins={run?.view?.spins ?? []} />
            )}
          </div>
          <div class="stack">
            <HeadsFigure maps={run?.view?.maps ?? []} grid={shown?.patchGrid ?? [1, 1]} />
            <Facts run={run} state={state} />
            <OrdersFigure observables={run?.outcome?.observables} />
          </div>
        </div>
        {shown === undefined ? null : (
          <p class="command">
            The same on the command line: <code>{shown.command}</code>
          </p>
        )}
      </main>
    </div>
  )
}
