import { useState } from 'preact/hooks'
import type { CheckedFile, Finding } from '../../check/index.ts'
import type { ExerciseText } from '../engine/index.ts'
import { CodeField } from './codeField.tsx'
import { checkCode } from './runnerLink.ts'
import {
  blamedIn,
  fileSentence,
  findingSentence,
  isGood,
  type Mark,
  marksOf,
  type PlainBlamed,
} from './state/codeMarks.ts'
import { mistakes } from './state/wrongExamples.ts'

// The tab that checks a derivative: code at the left, what is wrong with it at the right.

/** The exercises of the lessons, which the build puts here. */
declare const EXERCISES: readonly ExerciseText[]

const examples = [
  { group: 'Examples of mistakes', of: mistakes },
  { group: 'Exercises of the lessons', of: EXERCISES },
] as const

/** So many entries of a cotangent are shown. */
const MOST_ENTRIES = 6

const shown = (x: number | undefined): string =>
  x === undefined ? '' : x.toPrecision(5).replace('-', '−')

/** Returns the indices of the k-th entry of a tensor. */
const indicesOf = (shape: readonly number[], k: number): string => {
  let rest = k
  const indices = shape.toReversed().map((length) => {
    const index = rest % length
    rest = (rest - index) / length
    return index
  })
  return indices.length === 0 ? 'the number' : `[${indices.toReversed().join(', ')}]`
}

/** Expected and obtained numbers of a rule, entry by entry. */
const Numbers = ({ blamed }: { readonly blamed: PlainBlamed }) => {
  const { expected, obtained, rule, operand } = blamed
  const what = rule === 'vjp' ? 'Cotangent' : 'Tangent'
  const all = expected.data.length
  return (
    <div class="table">
      <table>
        <caption>{`${what} ${rule === 'vjp' ? 'of' : 'along'} operand ${operand + 1}`}</caption>
        <thead>
          <tr>
            <th scope="col">entry</th>
            <th scope="col" class="number">
              expected
            </th>
            <th scope="col" class="number">
              obtained
            </th>
            <th scope="col" class="number">
              ratio
            </th>
          </tr>
        </thead>
        <tbody>
          {expected.data.slice(0, MOST_ENTRIES).map((x, k) => {
            const ratio = (obtained.data[k] ?? Number.NaN) / x
            return (
              <tr key={indicesOf(expected.shape, k)}>
                <th scope="row">{indicesOf(expected.shape, k)}</th>
                <td class="number">{shown(x)}</td>
                <td class="number">{shown(obtained.data[k])}</td>
                <td class="number">{Number.isFinite(ratio) ? shown(ratio) : '–'}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {all > MOST_ENTRIES && <p class="hint">{`and ${all - MOST_ENTRIES} more entries`}</p>}
    </div>
  )
}

const Found = ({ finding }: { readonly finding: Finding }) => {
  if (isGood(finding) || finding.outcome === 'left out')
    return <p class="found good">{findingSentence(finding)}</p>
  const blamed = blamedIn(finding)
  const report = finding.outcome === 'refused' ? [] : [finding.says]
  return (
    <article class="found bad figure">
      <h2 class="verdict">{findingSentence(finding)}</h2>
      {blamed.slice(0, 3).map((one) => (
        <Numbers key={`${one.rule} ${one.operand}`} blamed={one} />
      ))}
      {finding.block.length > 0 && (
        <details open={blamed.length === 0}>
          <summary>The report</summary>
          <pre>{[...report, ...finding.block].join('\n')}</pre>
        </details>
      )}
    </article>
  )
}

interface Checked {
  readonly file: CheckedFile
  readonly marks: readonly Mark[]
  readonly seconds: number
}

const none: readonly Mark[] = []

export const CheckTab = () => {
  const [text, setText] = useState(mistakes[0]!.text)
  const [checked, setChecked] = useState<Checked | undefined>(undefined)
  /** The export that is checked now, '' while the code loads; undefined while nothing runs. */
  const [at, setAt] = useState<string | undefined>(undefined)
  const [edited, setEdited] = useState(false)
  const busy = at !== undefined
  const check = async (): Promise<void> => {
    if (busy) return
    setAt('')
    const began = performance.now()
    const file = await checkCode(text, setAt)
    setChecked({ file, marks: marksOf(text, file), seconds: (performance.now() - began) / 1000 })
    setEdited(false)
    setAt(undefined)
  }
  const fill = (title: string): void => {
    const chosen = examples.flatMap(({ of }) => [...of]).find((one) => one.title === title)
    if (chosen === undefined) return
    setText(chosen.text)
    setChecked(undefined)
  }
  return (
    <main class="code-tab">
      <section aria-label="Code">
        <div class="controls">
          <select
            class="example"
            aria-label="Example"
            disabled={busy}
            onChange={({ currentTarget }) => fill(currentTarget.value)}
          >
            {examples.map(({ group, of }) => (
              <optgroup key={group} label={group}>
                {of.map(({ title }) => (
                  <option key={title}>{title}</option>
                ))}
              </optgroup>
            ))}
          </select>
          <button
            type="button"
            class="main"
            disabled={busy}
            title="Control and Enter"
            onClick={() => void check()}
          >
            {busy ? 'Checking …' : 'Check'}
          </button>
        </div>
        <CodeField
          label="Code to check"
          value={text}
          marks={checked?.marks ?? none}
          change={(next) => {
            setText(next)
            setEdited(true)
          }}
          run={() => void check()}
        />
        <p class="hint">
          Whatever this code exports is tried at small shapes, and its derivative compared with
          differences and with forward mode. Nothing runs before you press Check.
        </p>
      </section>
      <section aria-label="Report" aria-busy={busy}>
        <p class="sentence" role="status">
          {busy
            ? `Checking ${at === '' ? 'the code' : at} …`
            : checked === undefined
              ? 'Is this derivative right? Press Check.'
              : fileSentence(checked.file)}
        </p>
        {checked !== undefined && (
          <>
            <p class="hint">
              {edited
                ? 'The code was edited since.'
                : `Checked in ${checked.seconds.toFixed(1)} s.`}
            </p>
            {checked.file.findings.map((finding) => (
              <Found key={`${finding.kind} ${finding.name}`} finding={finding} />
            ))}
          </>
        )}
      </section>
    </main>
  )
}
