import { useEffect, useMemo, useState } from 'preact/hooks'
import { showCount } from '../../settings/index.ts'
import type { Pass, ProgramOf, Request, ShownProgram, Typed } from '../engine/index.ts'
import { ProgramDetail } from './figures/programDetail.tsx'
import { short } from './figures/programNumbers.tsx'
import { ProgramRows } from './figures/programRows.tsx'
import { Rail } from './rail.tsx'
import { current, type PageState } from './state/pageState.ts'
import {
  decadesOf,
  firstOpen,
  foldsOf,
  passNames,
  rowsOf,
  stepFrom,
  type Walk,
} from './state/programView.ts'

// The tab of the program: its equations with their values and cotangents, one step at a time.

export interface ProgramTabProps {
  readonly state: PageState
  readonly change: (settings: Typed) => void
  readonly send: (request: Request) => void
}

/** A choice of one of a few. */
const Choice = <A extends string>({
  name,
  options,
  value,
  change,
}: {
  readonly name: string
  readonly options: readonly (readonly [A, string])[]
  readonly value: A
  readonly change: (value: A) => void
}) => (
  <div class="choice" role="radiogroup" aria-label={name}>
    {options.map(([option, text]) => (
      <label key={option} class={option === value ? 'on' : ''}>
        <input
          type="radio"
          class="choice-input"
          name={name}
          checked={option === value}
          onChange={() => change(option)}
        />
        {text}
      </label>
    ))}
  </div>
)

const passList: readonly Pass[] = ['traced', 'inlined', 'simplified']

/** Returns a sentence about what is seen. */
const sentenceOf = ({ of, pass, at, equations, counts, flops }: ShownProgram): string => {
  const what = of === 'value' ? 'log ψ' : 'The gradient of log |ψ|'
  const going = equations.filter(({ fate }) => fate !== undefined).length
  const next = {
    traced: ` ${going} with a pullback of its own, which the next pass writes out.`,
    inlined: ` The next pass drops ${going} of them.`,
    simplified: ' The compiler makes loops of these.',
  }[pass]
  return (
    `${what} is ${counts[pass]} equations, ${showCount(flops)} FLOPs.` +
    `${going === 0 && pass !== 'simplified' ? '' : next} Evaluated ${at}.`
  )
}

/** Returns in words what the list shows. */
const titleOf = (walk: Walk, of: ProgramOf): string => {
  if (walk === 'forward') return 'Forward: each step computes one value from those above'
  if (walk === 'backward') return 'Backward: each step hands a cotangent on to the operands'
  return of === 'value'
    ? 'Values, and cotangents of log |ψ|'
    : 'Values, and cotangents of the sum of all entries of the gradient'
}

/** The tab. */
export const ProgramTab = ({ state, change, send }: ProgramTabProps) => {
  const { settings, described, problems, program } = state
  const [of, setOf] = useState<ProgramOf>('value')
  const [pass, setPass] = useState<Pass>('traced')
  const [walk, setWalk] = useState<Walk>('both')
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const [at, setAt] = useState(-1)
  const [compiled, setCompiled] = useState(false)
  const [lit, setLit] = useState<string | undefined>(undefined)
  const run = current(state)
  const waiting = program === undefined || program.of !== of || program.pass !== pass
  useEffect(() => {
    if (described !== undefined && problems.length === 0)
      send({ kind: 'program', run: -1, settings, of, pass, compiled })
  }, [described, of, pass, compiled, run?.phase])
  useEffect(() => {
    if (program !== undefined) setOpen(firstOpen(program))
    setAt(-1)
    setWalk('both')
  }, [program?.of, program?.pass, program?.equations.length])
  const rows = useMemo(() => (program === undefined ? [] : rowsOf(program, open)), [program, open])
  const decades = useMemo(
    (): readonly [number, number] => (program ? decadesOf(program) : [0, 0]),
    [program],
  )
  const last = rows.length - 1
  const go = (row: number): void => setAt(Math.max(0, Math.min(last, row)))
  const start = (next: Walk): void => {
    setWalk(next)
    setAt(next === 'both' ? -1 : stepFrom(rows, -1, next === 'forward'))
  }
  const move = (down: boolean): void => setAt(stepFrom(rows, at, down))
  /** A step on follows the pass; a step back undoes it. */
  const step = (on: boolean): void => move((walk === 'backward') !== on)
  const fold = (key: string): void => {
    const next = new Set(open)
    if (!next.delete(key)) next.add(key)
    setOpen(next)
  }
  const row = rows[at]
  const onKeyDown = (event: KeyboardEvent): void => {
    const folded = row?.kind === 'fold' ? row : undefined
    const actions: Readonly<Record<string, (() => void) | undefined>> = {
      ArrowDown: () => move(true),
      ArrowUp: () => move(false),
      Home: () => go(0),
      End: () => go(last),
      ArrowRight: folded?.open === false ? () => fold(folded.key) : undefined,
      ArrowLeft: folded?.open === true ? () => fold(folded.key) : undefined,
      Enter: folded === undefined ? undefined : () => fold(folded.key),
    }
    const action = actions[event.key]
    if (action === undefined) return
    event.preventDefault()
    action()
  }
  const shared = { rows, at, walk, decades, lit, choose: go }
  return (
    <div class="train">
      <aside>
        <Rail settings={settings} described={described} problems={problems} change={change} />
      </aside>
      <main class="program-tab">
        <div class="top">
          <p class="sentence" aria-live="polite">
            {problems.length > 0
              ? 'These settings do not fit together yet: see the marks.'
              : waiting
                ? 'The program is traced.'
                : sentenceOf(program)}
          </p>
        </div>
        <div class="choices">
          <Choice
            name="Function"
            options={[
              ['value', 'log ψ'],
              ['gradient', 'gradient'],
            ]}
            value={of}
            change={setOf}
          />
          <Choice
            name="Passes of the compiler"
            options={passList.map((p) => [
              p,
              program === undefined ? passNames[p] : `${passNames[p]} (${program.counts[p]})`,
            ])}
            value={pass}
            change={setPass}
          />
          <Choice
            name="Pass through the program"
            options={[
              ['both', 'both passes'],
              ['forward', 'forward'],
              ['backward', 'backward'],
            ]}
            value={walk}
            change={start}
          />
          <span class="controls">
            <button type="button" onClick={() => step(false)} disabled={rows.length === 0}>
              Back
            </button>
            <button
              type="button"
              class="main"
              onClick={() => step(true)}
              disabled={rows.length === 0}
            >
              Step
            </button>
          </span>
          <button
            type="button"
            class="quiet"
            onClick={() => program && setOpen(open.size === 0 ? foldsOf(program) : new Set())}
          >
            {open.size === 0 ? 'unfold all' : 'fold all'}
          </button>
        </div>
        {program === undefined ? null : (
          <>
            <div class="program">
              <figure class="figure">
                <figcaption>
                  <h2>{titleOf(walk, program.of)}</h2>
                  <span class="place">{at < 0 ? '' : `row ${at + 1} of ${rows.length}`}</span>
                </figcaption>
                <div class="equation heading" aria-hidden="true">
                  <span />
                  <span>name</span>
                  <span>shape</span>
                  <span>equation</span>
                  <span class="rule">pullback</span>
                  <span>value: entries, range</span>
                  <span>{`cotangent: rms, ${short(10 ** decades[0])} … ${short(10 ** decades[1])}`}</span>
                </div>
                <ProgramRows {...shared} light={setLit} fold={fold} onKeyDown={onKeyDown} />
              </figure>
              <section class="figure" aria-label="The current equation">
                <ProgramDetail {...shared} />
              </section>
            </div>
            <details class="compiled" onToggle={(e) => setCompiled(e.currentTarget.open)}>
              <summary>The compiled program: its loops and its memory</summary>
              <pre>{program.compiled?.join('\n') ?? 'It is compiled.'}</pre>
            </details>
          </>
        )}
      </main>
    </div>
  )
}
