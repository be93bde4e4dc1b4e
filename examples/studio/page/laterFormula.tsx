import type { ComponentType } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { FormulaFieldProps } from './formulaField.tsx'

// The formula is a plain field until its reader turns to it: the editor is a quarter of the page.

/** A plain field that becomes an editor when it is pointed at, focused, or wrong. */
export const LaterFormula = (props: FormulaFieldProps) => {
  const { id, value, problem, change } = props
  const input = useRef<HTMLInputElement>(null)
  const [loaded, setLoaded] = useState<
    { readonly Field: ComponentType<FormulaFieldProps>; readonly focused: boolean } | undefined
  >(undefined)
  const load = (): void => {
    import('./formulaField.tsx').then(
      ({ FormulaField: Field }) => {
        const focused = document.activeElement === input.current && input.current !== null
        setLoaded((before) => before ?? { Field, focused })
      },
      // Without its editor the plain field still works.
      () => {},
    )
  }
  useEffect(() => {
    if (problem !== undefined) load()
  }, [problem])
  if (loaded !== undefined) return <loaded.Field {...props} focused={loaded.focused} />
  return (
    <input
      id={id}
      ref={input}
      type="text"
      class="plain-formula"
      aria-label="Attention form"
      autocomplete="off"
      spellcheck={false}
      value={value}
      onFocus={load}
      onPointerEnter={load}
      onInput={(e) => change(e.currentTarget.value)}
    />
  )
}
