import { render } from 'preact'
import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks'
import type { Files, Report, Request, Typed } from '../engine/index.ts'
import { openEngine } from './engineLink.ts'
import { LaterTab } from './laterTab.tsx'
import { ProgramTab } from './programTab.tsx'
import { type Folder, packed, servedFolder, servedFolders } from './runFolders.ts'
import { RunsTab } from './runsTab.tsx'
import { fragmentOf, settingsFrom, settingsOf } from './state/pageLink.ts'
import { type Action, initialState, problemOf, reduce, type Tab, tabs } from './state/pageState.ts'
import { saveBytes } from './state/saving.ts'
import { TrainTab } from './trainTab.tsx'

// The page: it holds the state, hears the engines, and shows the tabs.

/** Settings are looked at when typing pauses. */
const PAUSE_MS = 150

const themes = ['auto', 'light', 'dark'] as const

/** The run of a report that comes as a file. */
const save = (files: Files): void =>
  saveBytes('psigrad-run.zip', 'application/zip', packed('psigrad-run', files))

const useEngine = (dispatch: (action: Action) => void) =>
  useMemo(
    () =>
      openEngine((report: Report) => {
        if (report.kind === 'saved') save(report.files)
        dispatch({ kind: 'report', report })
      }),
    [],
  )

/** A run that the server offers is read again when its files have changed. */
const FOLLOW_MS = 2000

const useServedRuns = (open: (folder: Folder, id: number) => void, idOf: () => number): void => {
  useEffect(() => {
    const known = new Map<string, { readonly id: number; readonly seen: string }>()
    const look = async (): Promise<void> => {
      for (const [index, served] of (await servedFolders()).entries()) {
        const { name, files } = served
        const seen = JSON.stringify(files)
        const before = known.get(name)
        // A run that has just begun has no checkpoint yet.
        if (files['checkpoint.safetensors'] === undefined || before?.seen === seen) continue
        const id = before?.id ?? idOf()
        known.set(name, { id, seen })
        open(await servedFolder(index, served), id)
      }
    }
    // A server that has ended is no error of the page.
    const safely = (): void => void look().catch(() => {})
    safely()
    const timer = setInterval(safely, FOLLOW_MS)
    return () => clearInterval(timer)
  }, [])
}

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
  const number = (): number => {
    runs.current += 1
    return runs.current
  }
  const openFolder = ({ name, files }: Folder, id: number): void =>
    send({ kind: 'open', run: id, name, files })
  useServedRuns(openFolder, number)
  useEffect(() => {
    for (const { described: of } of state.opened)
      askExact(problemOf(of.config), settingsFrom(of.config))
  }, [state.opened])
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
      {state.tab === 'Runs' ? (
        <RunsTab
          state={state}
          open={(folders) => {
            for (const folder of folders) openFolder(folder, number())
          }}
          forget={(id) => dispatch({ kind: 'forget', id })}
          resume={(id) => {
            dispatch({ kind: 'continue', id })
            send({ kind: 'take', run: id })
          }}
        />
      ) : state.tab === 'Program' ? (
        <ProgramTab
          state={state}
          change={(next) => dispatch({ kind: 'set', settings: next })}
          send={send}
        />
      ) : state.tab === 'Train' ? (
        <TrainTab
          state={state}
          change={(next) => dispatch({ kind: 'set', settings: next })}
          send={send}
          start={(beside) => {
            if (described === undefined || problems.length > 0) return
            const id = number()
            dispatch({ kind: 'start', id, beside })
            send({ kind: 'start', run: id, settings })
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
      ) : null}
      <LaterTab
        shown={state.tab === 'Check'}
        load={() => import('./checkTab.tsx').then(({ CheckTab }) => CheckTab)}
      />
      <LaterTab
        shown={state.tab === 'Lessons'}
        load={() => import('./lessonsTab.tsx').then(({ LessonsTab }) => LessonsTab)}
      />
    </>
  )
}

render(<Studio />, document.getElementById('studio')!)
