import { autocompletion, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { type Diagnostic, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { useEffect, useRef } from 'preact/hooks'
import type { SettingProblem } from '../engine/index.ts'

// The formula of an attention form, with completion, and its error underlined where it is.

/** The words of the algebra of forms, with what they mean. */
const words = [
  ['factored', 'weights of positions only: the paper’s form', 'constant'],
  ['t5', 'softmax(content + relative)', 'constant'],
  ['decoupled', 'softmax(content) + relative', 'constant'],
  ['spatial', 'relative * distanceDecay', 'constant'],
  ['dotProduct', 'softmax(content): plain attention', 'constant'],
  ['alibi', 'softmax(content + slopes)', 'constant'],
  ['content', 'queries times keys', 'variable'],
  ['positioned', 'queries times keys of tokens with positions', 'variable'],
  ['relative', 'a learned number for each displacement', 'variable'],
  ['absolute', 'a learned number for each pair of patches', 'variable'],
  ['distanceDecay', 'decay with the distance', 'variable'],
  ['slopes', 'minus the distance, times a slope of each head', 'variable'],
  ['loudness', 'a learned loudness of each token', 'variable'],
  ['softmax(', 'rows that add up to 1', 'function'],
  ['tanh(', 'between −1 and 1', 'function'],
  ['sigmoid(', 'between 0 and 1', 'function'],
  ['exp(', 'positive', 'function'],
  ['relu(', 'zero where negative', 'function'],
  ['gate(', 'gate(a, b): a learned mixture', 'function'],
  ['symmetrised(', 'the mean of α_ij and α_ji', 'function'],
  ['mask(', 'mask(r): 1 within distance r', 'function'],
  ['learned(', 'one learned number', 'function'],
] as const

const completions = autocompletion({
  override: [
    (context) => {
      const word = context.matchBefore(/[A-Za-z]+/)
      if (word === null && !context.explicit) return null
      return {
        from: word?.from ?? context.pos,
        options: words.map(([label, detail, type]) => ({ label, detail, type })),
        validFor: /^[A-Za-z]*$/,
      }
    },
  ],
  icons: false,
})

/** The editor in the colours of the page. */
const colours = EditorView.theme({
  '&': { font: '13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace', outline: 'none' },
  '.cm-content': { padding: '3px 0', caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-tooltip': {
    background: 'var(--panel)',
    color: 'var(--ink)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    background: 'var(--accent)',
    color: 'var(--on-accent)',
  },
})

/** A formula is one line: line breaks of a pasted text become spaces. */
const oneLine = EditorState.transactionFilter.of((tr) =>
  tr.newDoc.lines > 1
    ? [
        tr,
        {
          changes: {
            from: 0,
            to: tr.newDoc.length,
            insert: tr.newDoc.toString().replaceAll('\n', ' '),
          },
          sequential: true,
        },
      ]
    : tr,
)

export interface FormulaFieldProps {
  readonly id: string
  readonly value: string
  readonly problem: SettingProblem | undefined
  readonly change: (value: string) => void
  /** Takes the focus when it appears, with the cursor at the end. */
  readonly focused?: boolean
}

/** Returns the place that a problem underlines: the word at it, or the last character. */
const placeOf = (text: string, at: number | undefined): { from: number; to: number } => {
  if (at === undefined) return { from: 0, to: text.length }
  const from = Math.max(0, Math.min(at, text.length - 1))
  const length = /^[A-Za-z0-9.]+/.exec(text.slice(from))?.[0].length ?? 1
  return { from, to: Math.min(text.length, from + length) }
}

/** An editor of one line. */
export const FormulaField = ({ id, value, problem, change, focused }: FormulaFieldProps) => {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | undefined>(undefined)
  const changed = useRef(change)
  changed.current = change
  useEffect(() => {
    const editor = new EditorView({
      parent: place.current!,
      doc: value,
      extensions: [
        history(),
        colours,
        completions,
        oneLine,
        keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          id,
          'aria-label': 'Attention form',
          spellcheck: 'false',
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed.current(update.state.doc.toString())
        }),
      ],
    })
    view.current = editor
    if (focused === true) {
      editor.focus()
      editor.dispatch({ selection: { anchor: value.length } })
    }
    return () => editor.destroy()
  }, [])
  useEffect(() => {
    const editor = view.current
    if (editor === undefined || editor.state.doc.toString() === value) return
    if (editor.hasFocus) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
  }, [value])
  useEffect(() => {
    const editor = view.current
    if (editor === undefined) return
    const text = editor.state.doc.toString()
    const diagnostics: readonly Diagnostic[] =
      problem === undefined || text === ''
        ? []
        : [
            {
              ...placeOf(text, problem.at),
              severity: 'error',
              message: `expected ${problem.expected}`,
            },
          ]
    editor.dispatch(setDiagnostics(editor.state, diagnostics))
  }, [problem])
  return <div ref={place} class="formula" />
}
