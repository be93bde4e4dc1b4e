import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { saveBytes, svgText, toCsv } from '../state/saving.ts'

// The frame of every figure: a title, the picture, and buttons that save picture and numbers.

export interface FigureProps {
  readonly title: string
  readonly hint?: string | undefined
  readonly rows: () => readonly (readonly (string | number)[])[]
  readonly picture: () => SVGSVGElement | null
  readonly children: ComponentChildren
  /** Further controls beside the title. */
  readonly controls?: ComponentChildren
}

const fileName = (title: string): string => title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')

/** A figure with its title; its buttons appear on hover and on focus. */
export const Figure = ({ title, hint, rows, picture, children, controls }: FigureProps) => {
  const [open, setOpen] = useState(false)
  const saveSvg = (): void => {
    const svg = picture()
    if (svg !== null) saveBytes(`${fileName(title)}.svg`, 'image/svg+xml', svgText(svg))
  }
  const saveCsv = (): void => saveBytes(`${fileName(title)}.csv`, 'text/csv', toCsv(rows()))
  return (
    <figure class="figure">
      <figcaption>
        <h2>{title}</h2>
        {controls}
        <span class="saves">
          <button type="button" class="quiet" onClick={saveSvg} title={`Save ${title} as SVG`}>
            SVG
          </button>
          <button type="button" class="quiet" onClick={saveCsv} title={`Save ${title} as CSV`}>
            CSV
          </button>
          {hint === undefined ? null : (
            <button
              type="button"
              class="quiet"
              aria-expanded={open}
              aria-label={`What is ${title}?`}
              onClick={() => setOpen(!open)}
            >
              ?
            </button>
          )}
        </span>
      </figcaption>
      {open && hint !== undefined ? <p class="hint">{hint}</p> : null}
      {children}
    </figure>
  )
}
