import { useEffect, useRef, useState } from 'preact/hooks'
import type { CellProblem, LessonText } from '../engine/index.ts'
import { CodeField } from './codeField.tsx'
import { runCells } from './runnerLink.ts'
import type { Mark } from './state/codeMarks.ts'

// The lessons: texts with formulas, and cells whose code can be changed and run.

/** The lessons as HTML and code, which the build puts here. */
declare const LESSONS: readonly LessonText[]

/** A text of this repository, made into HTML when the page was built. */
const Prose = ({ html }: { readonly html: string }) => {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    place.current!.innerHTML = html
  }, [html])
  return <div ref={place} class="prose" />
}

interface CellProps {
  readonly number: number
  readonly code: string
  readonly busy: boolean
  readonly problem: CellProblem | undefined
  readonly change: (code: string) => void
  readonly run: () => void
}

const none: readonly Mark[] = []

const Cell = ({ number, code, busy, problem, change, run }: CellProps) => {
  const [marks, setMarks] = useState(none)
  useEffect(() => {
    const { line, says } = problem ?? {}
    setMarks(line === undefined || says === undefined ? none : [{ line, message: says }])
  }, [problem])
  return (
    <div class="cell">
      <CodeField label={`Cell ${number}`} value={code} marks={marks} change={change} run={run} />
      <button
        type="button"
        class="chip"
        aria-label={`Run cell ${number}`}
        title="Runs the cells up to this one: Control and Enter"
        disabled={busy}
        onClick={run}
      >
        {busy ? 'running …' : 'Run'}
      </button>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {`${problem.line === undefined ? '' : `Line ${problem.line}: `}${problem.says}`}
        </p>
      )}
    </div>
  )
}

const cellsIn = (lesson: LessonText): readonly string[] =>
  lesson.parts.flatMap((part) => ('code' in part ? [part.code] : []))

/** A lesson whose cells its reader changes. */
const Lesson = ({ lesson }: { readonly lesson: LessonText }) => {
  const printed = cellsIn(lesson)
  const [cells, setCells] = useState(printed)
  const [running, setRunning] = useState<number | undefined>(undefined)
  const [problem, setProblem] = useState<CellProblem | undefined>(undefined)
  const run = async (upTo: number): Promise<void> => {
    if (running !== undefined) return
    setRunning(upTo)
    setProblem(undefined)
    const asked = cells.slice(0, upTo + 1)
    const ran = await runCells(asked)
    // What was typed meanwhile stays.
    setCells((now) => now.map((code, k) => (code === asked[k] ? ran.cells[k]! : code)))
    setProblem(ran.problem)
    setRunning(undefined)
  }
  let next = 0
  return (
    <article class="lesson">
      <h2>{lesson.title}</h2>
      {lesson.parts.map((part) => {
        if ('html' in part) return <Prose key={part.html} html={part.html} />
        const k = next
        next += 1
        return (
          <Cell
            key={`cell ${k}`}
            number={k + 1}
            code={cells[k]!}
            busy={running !== undefined && k <= running}
            problem={problem?.cell === k ? problem : undefined}
            change={(code) => setCells((now) => now.map((old, j) => (j === k ? code : old)))}
            run={() => void run(k)}
          />
        )
      })}
      {cells.some((code, k) => code !== printed[k]) && (
        <button type="button" class="quiet" onClick={() => setCells(printed)}>
          Cells as printed
        </button>
      )}
    </article>
  )
}

export const LessonsTab = () => {
  const [chosen, setChosen] = useState(0)
  const [opened, setOpened] = useState<readonly number[]>([0])
  const place = useRef<HTMLElement>(null)
  const show = (k: number): void => {
    setChosen(k)
    setOpened((before) => (before.includes(k) ? before : [...before, k]))
    place.current?.scrollIntoView({ block: 'start' })
  }
  /** Links between lessons are part of their texts. */
  const follow = (event: MouseEvent): void => {
    const link = (event.target as Element).closest<HTMLElement>('[data-lesson]')
    if (link === null) return
    event.preventDefault()
    show(Number(link.dataset.lesson))
  }
  return (
    <main class="lessons" ref={place}>
      <nav aria-label="Lessons">
        <ol>
          {LESSONS.map(({ title }, k) => (
            <li key={title}>
              <button
                type="button"
                class="quiet"
                aria-current={k === chosen ? 'page' : undefined}
                onClick={() => show(k)}
              >
                {title}
              </button>
            </li>
          ))}
        </ol>
      </nav>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: links inside take the keys */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: links inside take the keys */}
      <div onClick={follow}>
        {opened.map((k) => (
          <div key={k} hidden={k !== chosen}>
            <Lesson lesson={LESSONS[k]!} />
          </div>
        ))}
      </div>
    </main>
  )
}
