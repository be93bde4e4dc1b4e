import type * as Plot from '@observablehq/plot'
import { plot } from '@observablehq/plot'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Figure } from './figure.tsx'

// A figure that Observable Plot draws, as wide as its place.

export interface PlotFigureProps {
  readonly title: string
  /** Says what the figure shows now, for readers who cannot see it. */
  readonly says: string
  /** Rows of the numbers that are drawn, for a file. */
  readonly rows: () => readonly (readonly (string | number)[])[]
  readonly options: (width: number) => Plot.PlotOptions
  /** Draws again when one of these changes. */
  readonly on: readonly unknown[]
  readonly hint?: string
}

/** Draws a plot, and again when its numbers or its width change. */
export const PlotFigure = ({ title, says, rows, options, on, hint }: PlotFigureProps) => {
  const place = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const watched = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)))
    watched.observe(place.current!)
    return () => watched.disconnect()
  }, [])
  useEffect(() => {
    if (width === 0) return
    const svg = plot({ ...options(width), width, className: 'plot' })
    svg.setAttribute('role', 'img')
    svg.setAttribute('aria-label', says)
    place.current!.replaceChildren(svg)
  }, [width, ...on])
  return (
    <Figure
      title={title}
      hint={hint}
      rows={rows}
      picture={() => place.current!.querySelector('svg')}
    >
      <div ref={place} class="plot-place" />
    </Figure>
  )
}
