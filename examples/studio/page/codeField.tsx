import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { EditorState, type Text } from '@codemirror/state'
import {
  Decoration,
  EditorView,
  keymap,
  lineNumbers,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view'
import { classHighlighter } from '@lezer/highlight'
import { useEffect, useRef } from 'preact/hooks'
import type { Mark } from './state/codeMarks.ts'

// An editor of code, with marks at its lines. Tab leaves it, as every field.

export interface CodeFieldProps {
  readonly label: string
  readonly value: string
  readonly marks: readonly Mark[]
  readonly change: (value: string) => void
  /** What Control and Enter do. */
  readonly run: () => void
}

const values = new MatchDecorator({
  regexp: /\/\/ =>.*$/g,
  decoration: Decoration.mark({ class: 'code-value' }),
})

/** Values behind `// =>` stand out. */
const valuesOf = ViewPlugin.define(
  (view) => ({
    decorations: values.createDeco(view),
    update(update: ViewUpdate) {
      this.decorations = values.updateDeco(update, this.decorations)
    },
  }),
  { decorations: (plugin) => plugin.decorations },
)

/** Returns a mark as the editor has it: on its line, from the first letter on. */
const diagnosticOf = (doc: Text, { line, message }: Mark): Diagnostic => {
  const { from, to, text } = doc.line(Math.max(1, Math.min(line, doc.lines)))
  const start = from + (text.length - text.trimStart().length)
  return { from: start, to, severity: 'error', message }
}

/** An editor of several lines. */
export const CodeField = ({ label, value, marks, change, run }: CodeFieldProps) => {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | undefined>(undefined)
  const latest = useRef({ change, run })
  latest.current = { change, run }
  useEffect(() => {
    const start = (): boolean => {
      latest.current.run()
      return true
    }
    const editor = new EditorView({
      parent: place.current!,
      doc: value,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        bracketMatching(),
        indentOnInput(),
        javascript({ typescript: true }),
        syntaxHighlighting(classHighlighter),
        valuesOf,
        keymap.of([
          { key: 'Mod-Enter', run: start },
          { key: 'Ctrl-Enter', run: start },
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        EditorState.tabSize.of(2),
        EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) latest.current.change(update.state.doc.toString())
        }),
      ],
    })
    view.current = editor
    return () => editor.destroy()
  }, [])
  useEffect(() => {
    const editor = view.current
    if (editor === undefined || editor.state.doc.toString() === value) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
  }, [value])
  useEffect(() => {
    const editor = view.current
    if (editor === undefined) return
    const { doc } = editor.state
    const diagnostics = marks.map((mark) => diagnosticOf(doc, mark))
    editor.dispatch(setDiagnostics(editor.state, diagnostics))
  }, [marks])
  return <div ref={place} class="code-field" />
}
