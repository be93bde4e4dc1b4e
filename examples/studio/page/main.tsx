import { render } from 'preact'
import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks'
import type { Report, Request, Typed } from '../engine/index.ts'
import { openEngine } from './engineLink.ts'
import { fragmentOf, settingsOf } from './pageLink.ts'
import { type Action, initialState, problemOf, reduce, type Tab, tabs } from './pageState.ts'
import { TrainTab } from './trainTab.tsx'

// The page: it holds the state, hears the engines, and shows the tabs.

/** Settings are looked at when typing pauses. */
const PAUSE_MS = 150

const themes = ['auto', 'light', 'dark'] as const

const useEngine = (dispatch: (action: Action) => void) =>
  useMemo(() => openEngine((report: Report) => dispatch({ kind: 'report', report })), [])

/** The second engine starts when it is first asked. */
const useExactEngine = (dispatch: (action: Action) => void) => {
  const engine = useRef<((request: Request) => void) | undefined>(undefined)
  const problems = useRef<string[]>([])
  return (problem: string, settings: Typed): void => {
    if (problems.current.includes(problem)) return
    problems.current.push(problem)
    engine.current ??= openEngine((report) => {
      if (report.kind === 'exact')
        dispatch({ kind: 'report', report, problem: problems.current[report.run]! })
    })
    engine.current({ kind: 'exact', run: problems.current.length - 1, settings })
  }
}

const Studio = () => {
  const [state, dispatch] = useReducer(reduce, settingsOf(location.hash), initialState)
  const send = useEngine(dispatch)
  const askExact = useExactEngine(dispatch)
  const [theme, setTheme] = useState<(typeof themes)[number]>('auto')
  const [copied, setCopied] = useState(false)
  const runs = useRef(0)
  const { settings, asked, described, problems } = state

  useEffect(() => {
    document.documentElement.dataset.theme = theme
  }, [theme])
  useEffect(() => {
    history.replaceState(null, '', fragmentOf(settings) || location.pathname)
    const timer = setTimeout(
      () => send({ kind: 'describe', run: asked, settings }),
      asked === 0 ? 0 : PAUSE_MS,
    )
    return () => clearTimeout(timer)
  }, [settings, asked])
  useEffect(() => {
    if (described !== undefined) askExact(problemOf(described.config), settings)
  }, [described])
  const share = async (): Promise<void> => {
    await navigator.clipboard.writeText(location.href)
    setCopied(true)
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <>
      <header>
        <h1>psigrad</h1>
        <div role="tablist" aria-label="Parts of the studio">
          {tabs.map((tab: Tab) => (
            <button
              key={tab}
              type="button"
              role="tab"
              aria-selected={state.tab === tab}
              onClick={() => dispatch({ kind: 'show', tab })}
            >
              {tab}
            </button>
          ))}
        </div>
        <button type="button" class="quiet" onClick={() => void share()}>
          {copied ? 'copied' : 'copy link'}
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => setTheme(themes[(themes.indexOf(theme) + 1) % themes.length]!)}
        >
          {`theme: ${theme}`}
        </button>
      </header>
      <TrainTab
        state={state}
        change={(next) => dispatch({ kind: 'set', settings: next })}
        send={send}
        start={(beside) => {
          if (described === undefined || problems.length > 0) return
          runs.current += 1
          dispatch({ kind: 'start', id: runs.current, beside })
          send({ kind: 'start', run: runs.current, settings })
        }}
        pause={() => {
          send({ kind: 'pause' })
          dispatch({ kind: 'phase', phase: 'paused' })
        }}
        go={() => {
          send({ kind: 'go' })
          dispatch({ kind: 'phase', phase: 'running' })
        }}
        forget={(id) => dispatch({ kind: 'forget', id })}
      />
    </>
  )
}

render(<Studio />, document.getElementById('studio')!)
